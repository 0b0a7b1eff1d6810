// SPDX-License-Identifier: Apache-2.0
/** egru data speak, and training with what it writes. About half a minute. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { inWork, json, noise, refusal, work, write } from '../cli/egru.ts';

const WORDS = inWork('words');
const speak = (folder: string, ...more: string[]) => [
  ...['data', 'speak', 'hey lamp', '-o', folder, '--engine', 'flite', ...more],
];

it('writes keywords, other words and a table of all of them', async () => {
  const made = await json(speak(WORDS, '--count', '12', '--negatives', '24'));
  expect(made).toMatchObject({
    labels: [
      { label: 'hey_lamp', recordings: 12 },
      { label: 'other', recordings: 24 },
    ],
    engines: [{ name: 'flite', voices: 4, recordings: 36 }],
  });
  expect(readdirSync(WORDS).sort()).toEqual(['hey_lamp', 'other', 'synthetic.tsv']);
  const rows = readFileSync(`${WORDS}/synthetic.tsv`, 'utf8').trim().split('\n');
  expect(rows[0]).toMatch(
    /^file\tlabel\tstart\tend\tkind\ttext\tengine\tvoice\tseed\trate\tpitch\ttract\tlevel/,
  );
  expect(rows).toHaveLength(37);
  for (const row of rows.slice(1)) expect(existsSync(`${WORDS}/${row.split('\t')[0]}`)).toBe(true);
});

it('writes the same bytes for the same seed, and others for another', async () => {
  const bytes = (folder: string) =>
    ['synthetic.tsv', ...readdirSync(`${folder}/hey_lamp`).map((name) => `hey_lamp/${name}`)].map((name) =>
      readFileSync(`${folder}/${name}`).toString('base64'),
    );
  const [again, other] = [inWork('again'), inWork('other-seed')];
  await json(speak(again, '--count', '12', '--negatives', '24'));
  expect(bytes(again)).toEqual(bytes(WORDS));
  await json(speak(other, '--count', '12', '--negatives', '0', '--seed', '2'));
  expect(bytes(other)).not.toEqual(bytes(WORDS));
  expect(readdirSync(other).sort()).toEqual(['hey_lamp', 'synthetic.tsv']);
});

it('trains with them: people count four times, and validate where there are enough', async () => {
  for (let i = 0; i < 40; i++) {
    writeFileSync(`${WORDS}/hey_lamp/person-${i}.wav`, makeWav(pcm16(noise(0.6, i))));
  }
  mkdirSync(`${WORDS}/other/street`);
  writeFileSync(`${WORDS}/other/street/a.wav`, makeWav(pcm16(noise(20, 99))));
  const config = write(
    'spoken.json',
    JSON.stringify({ recurrent: [8], phases: [{ epochs: 1, quantize: true, rate: 0.01 }] }),
  );
  const report = await json(['train', WORDS, '-o', inWork('model'), '--config', config]);
  // A fifth of 40 people validates, and none of the 12 synthetic keywords; a fifth of the 24 other words does.
  expect(report.clips).toEqual({ training: 4 * 32 + 12 + 19, validation: 8 + 5, test: 0 });
  const training = JSON.parse(readFileSync(inWork('model', 'training.json'), 'utf8'));
  expect(training.dataset.synthetic).toEqual({ training: 12 + 19, validation: 5 });
  // The last fifth of the one recording of the street; none of the 24 synthetic ones.
  expect((report.thresholds as { hours: number }).hours).toBeCloseTo(4 / 3600, 3);
});

it.each([
  ['nothing', [''], /^the text to speak: is empty/],
  ['digits', ['lamp 5'], /^lamp 5: cannot be spoken: "5"; write numbers as words, such as "five"$/],
  ['a text twice', ['lamp', 'Lamp'], /^lamp: is listed twice$/],
  ['the folder of what is no keyword', ['other'], /^other: is the folder of what is not a keyword/],
])('refuses %s', async (_, texts, message) => {
  expect(await refusal(['data', 'speak', ...texts, '-o', inWork('none')])).toMatch(message);
  expect(existsSync(inWork('none'))).toBe(false);
});

it('refuses a synthesizer that is missing, a folder that is in use, and leaves nothing behind', async () => {
  const missing = ['data', 'speak', 'lamp', '-o', inWork('none'), '--engine', 'say'];
  expect(await refusal(missing, { PATH: '/nowhere' })).toMatch(/^say: say is not on the PATH/);
  expect(await refusal(speak(WORDS))).toMatch(/WORK\/words: is in the way/);
  expect(readdirSync(work).filter((name) => name.startsWith('.egru'))).toEqual([]);
});
