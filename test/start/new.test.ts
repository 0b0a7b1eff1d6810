// SPDX-License-Identifier: Apache-2.0
/** egru new: by flags, by questions, and by what its commands do afterwards. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { labelOf, projectFiles, readLanguage, readWords } from '../../compiler/cli/start/project.ts';
import { ask, type Given } from '../../compiler/cli/start/questions.ts';
import { writeChirps } from '../cli/chirps.ts';
import { egru, inWork, json, refusal, write } from '../cli/egru.ts';

const FLAGS = ['--words', 'Hey Lamp, off', '--board', 'feather_m0'];

describe('by flags', () => {
  it('writes a project and prints what to type in it', async () => {
    const { code, stdout, stderr } = await egru(['new', inWork('lamp'), ...FLAGS]);
    expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(inWork('lamp')).sort()).toEqual([
      '.gitignore',
      'README.md',
      'RECORDINGS.md',
      'train.json',
    ]);
    expect(stdout.match(/^ {2}egru .*?(?= {2}|$)/gm)).toEqual([
      '  egru record --pc -o words --label hey_lamp --count 20',
      '  egru train words --config train.json -o model',
      '  egru play model',
      '  egru flash model --board feather_m0',
    ]);
    const plan = readFileSync(inWork('lamp/RECORDINGS.md'), 'utf8');
    expect(plan).toContain('| "Hey Lamp" | words/hey_lamp | 200 | 10 people, 20 times each |');
    expect(plan).toContain("egru data speak 'Hey Lamp' off -o spoken");
    const readme = readFileSync(inWork('lamp/README.md'), 'utf8');
    expect(readme).toContain('for the Adafruit Feather M0: "Hey Lamp", "off" (English).');
    for (const line of `${plan}${readme}`.split('\n').filter((each) => !each.startsWith('|')))
      expect(line.length).toBeLessThanOrEqual(120);
  });

  it('names a microphone that is not the first, and no voices for other languages', async () => {
    const args = ['--words', 'lampe', '--board', 'feather_m0', '--mic', 'adc', '--language', 'de-at'];
    const { commands } = await json(['new', inWork('lampe'), ...args]);
    expect((commands as string[]).at(-1)).toBe('egru flash model --board feather_m0 --mic adc');
    const plan = readFileSync(inWork('lampe/RECORDINGS.md'), 'utf8');
    expect(plan).toContain('The words are Austrian German:');
    expect(plan).not.toContain('-o spoken');
  });

  it.each<[string, string[], RegExp]>([
    ['no words', ['--board', 'feather_m0'], /^new: needs --words where there is no terminal to ask in$/],
    ['nothing', [], /^new: needs --words and --board where/],
    ['an empty list', ['--words', ' , ', '--board', 'feather_m0'], /^--words: names no word/],
    ['a word twice', ['--words', 'a b,A  b', '--board', 'feather_m0'], /^--words: "a_b" is listed twice$/],
    ['a word that is a path', ['--words', '../x', '--board', 'feather_m0'], /^--words: .* path separator/],
    ['the name of the background', ['--words', 'Other', '--board', 'feather_m0'], /^--words: "other" is/],
    ['an unknown board', ['--words', 'x', '--board', 'uno'], /^uno: no such board/],
    [
      'a microphone of another board',
      ['--words', 'x', '--board', 'feather_m0', '--mic', 'pdm'],
      /^pdm: no mic/,
    ],
    [
      'a language that is none',
      ['--words', 'x', '--board', 'feather_m0', '--language', '!'],
      /^--language: "!"/,
    ],
  ])('refuses %s', async (_, args, message) => {
    expect(await refusal(['new', inWork('refused'), ...args])).toMatch(message);
    expect(existsSync(inWork('refused'))).toBe(false);
  });

  it('refuses a folder that holds something, and a file', async () => {
    mkdirSync(inWork('full'));
    const file = write('full/x', 'x');
    expect(await refusal(['new', inWork('full'), ...FLAGS])).toMatch(/exists already and is not empty/);
    expect(await refusal(['new', file, ...FLAGS])).toMatch(/a file is in the way$/);
    expect(readdirSync(inWork('full'))).toEqual(['x']);
  });
});

/** Types keys when the text that they answer has been drawn. */
async function typed(given: Given, keys: readonly (readonly [after: string, keys: string])[]) {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: false });
  let drawn = '';
  let next = 0;
  output.on('data', (piece: Buffer) => {
    drawn += piece.toString();
    const [after, answer] = keys[next] ?? [];
    if (after === undefined || !drawn.includes(after)) return;
    next++;
    drawn = '';
    // Behind the drawing: the question listens only then.
    setTimeout(() => input.write(answer), 50);
  });
  const answers = await ask('egru new lamp', given, { input, output });
  return { answers, asked: next };
}

describe('by questions', () => {
  it('asks for words, language, board and microphone', async () => {
    const { answers, asked } = await typed({}, [
      ['Which words?', 'lamp, off\r'],
      ['In which language?', '\r'],
      ['For which board?', '\u001b[B\u001b[B\r'],
      ['With which microphone?', '\u001b[B\r'],
    ]);
    expect(asked).toBe(4);
    expect(answers).toMatchObject({ words: ['lamp', 'off'], language: 'en' });
    expect(answers?.board).toBe(boards.feather_m0);
    expect(answers?.microphone.name).toBe('adc');
  });

  it('asks again where an answer is of no use, and for nothing that a flag has answered', async () => {
    const given = { board: 'feather_m0', mic: 'i2s', language: 'de' };
    const { answers, asked } = await typed(given, [
      ['Which words?', ',\r'],
      ['names no word', 'an\r'],
    ]);
    expect([asked, answers?.language]).toEqual([2, 'de']);
    // What was typed first is still there.
    expect(answers?.words).toEqual(['an']);
  });

  it('leaves with Ctrl-C', async () => {
    expect((await typed({}, [['Which words?', '\u0003']])).answers).toBeNull();
  });

  it('refuses a wrong flag before it asks', async () => {
    await expect(ask('x', { board: 'uno' })).rejects.toThrow('uno: no such board');
  });
});

it('the configuration trains, under the name of the project', async () => {
  const project = {
    ...{ name: 'chirps', words: ['up'], language: 'en' },
    ...{ board: boards.feather_m0, microphone: boards.feather_m0.microphones[0] },
  };
  const config = projectFiles(project).find(({ path }) => path === 'train.json');
  expect(JSON.parse(String(config?.data))).toEqual({ name: 'chirps', seed: 1 });
  const phases = [{ epochs: 1, quantize: true, rate: 0.001 }];
  const file = write('train.json', JSON.stringify({ ...JSON.parse(String(config?.data)), phases }));
  const words = writeChirps(inWork('words'), 8, (label, i) => `${label}/${i}.wav`);
  const outcome = await egru(['train', words, '--config', file, '-o', inWork('model'), '--threads', '1']);
  expect([outcome.code, outcome.stderr]).toEqual([0, '']);
  expect(JSON.parse(readFileSync(inWork('model/model.json'), 'utf8')).name).toBe('chirps');
});

it('words become labels', () => {
  expect(labelOf('  Hey   Lamp ')).toBe('hey_lamp');
  expect(readWords('a,  b  c ,')).toEqual(['a', 'b c']);
  expect(readLanguage('pt-br')).toBe('pt-BR');
});
