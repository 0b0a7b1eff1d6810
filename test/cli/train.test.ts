// SPDX-License-Identifier: Apache-2.0
/** egru train as a process: folders, flags, interruption, resumption, features. About ten seconds. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { CHIRPS, writeChirps } from './chirps.ts';
import { egru, inWork, json, refusal, write } from './egru.ts';

const DATA = inWork('chirps');
const configs = new Map<string, string>();

/** A configuration file. */
function config(changes: object = {}): string {
  const text = JSON.stringify({ ...CHIRPS, ...changes });
  const known = configs.get(text) ?? write(`config${configs.size}.json`, text);
  configs.set(text, known);
  return known;
}

const weights = (model: string) => readFileSync(inWork(model, 'weights.safetensors'));
const documentOf = (model: string, file: string) => JSON.parse(readFileSync(inWork(model, file), 'utf8'));
const train = (model: string, ...more: string[]) => ['train', DATA, '-o', inWork(model), ...more];

beforeAll(() => {
  writeChirps(DATA, 20);
});

it('makes a model of a folder per label, the same one from the same seed, and prints what it did', async () => {
  const report = await json(train('first', '--config', config()));
  const files = ['model.json', 'weights.safetensors', 'training.json'].map((name) => inWork('first', name));
  expect(report).toMatchObject({
    model: inWork('first'),
    end: 'finished',
    epochs: 20,
    best: { quantized: true },
    labels: ['down', 'flat', 'up'],
    clips: { training: 45, validation: 15, test: 0 },
    unusable: [],
    files,
    test: null,
    checkpoint: null,
  });
  expect(readdirSync(inWork()).filter((name) => name.includes('checkpoint'))).toEqual([]);
  expect(documentOf('first', 'model.json')).toMatchObject({ name: 'first', labels: ['down', 'flat', 'up'] });
  expect(documentOf('first', 'training.json').dataset).toMatchObject({
    test: 0,
    configuration: { split: { by: 'rank', validation: 0.25 } },
  });

  const again = await egru(train('again', '--config', config(), '--threads', '1', '--every', '10'));
  expect(again.code).toBe(0);
  expect(again.stderr).toMatch(
    /^epoch 10\/20 float loss .*\nepoch 20\/20 QAT loss \d.\d{3} validation .*\n$/,
  );
  expect(weights('again').equals(weights('first'))).toBe(true);
  const { epoch, validationAccuracy } = report.best as { epoch: number; validationAccuracy: number };
  expect(again.stdout).toContain(`best epoch      ${epoch + 1}, quantization-aware`);
  expect(again.stdout).toContain(`(${Math.round(15 * validationAccuracy)} of 15)`);
  expect(again.stdout).toContain(`next: egru compile ${inWork('again')} -o build/again`);
  expect(again.stdout.split('\n').filter((line) => line.length > 80 && !line.includes(inWork()))).toEqual([]);

  const other = await egru(train('other', '--config', config(), '--seed', '2', '--threads', '1'));
  expect(other.code).toBe(0);
  expect(weights('other').equals(weights('first'))).toBe(false);
  expect((await json(['eval', inWork('first'), DATA])).clips).toBe(60);
});

it('starts from the weights of a model, and reports it', async () => {
  const short = { phases: [{ epochs: 1, quantize: true, rate: 1e-9, schedule: 'constant' }] };
  const options = ['--config', config(short), '--threads', '1'];
  const from = ['--start', inWork('first')];
  expect((await egru(train('begun', ...options, ...from))).code).toBe(0);
  expect((await egru(train('fresh', ...options))).code).toBe(0);
  const accuracy = (name: string) =>
    (documentOf(name, 'training.json').best as { validationAccuracy: number }).validationAccuracy;
  expect(accuracy('begun')).toBe(accuracy('first'));
  expect(documentOf('begun', 'training.json').start).toMatch(/^[0-9a-f]{64}$/);
  expect(documentOf('fresh', 'training.json').start).toBeUndefined();
  const { code, stderr } = await egru(train('none', ...options, '--start', inWork('nowhere')));
  expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 2, lines: 2 });
  expect(stderr).toContain('weights.safetensors: no such file');
  const wide = await egru(train('wide', '--config', config({ ...short, recurrent: [5, 4] }), ...from));
  expect(wide.code).toBe(2);
  expect(wide.stderr).toContain('needs shape');
});

it('evaluates the test split with integers, and leaves model.json the means to do it again', async () => {
  const folder = writeChirps(inWork('named'), 10, (label, i) => `${label}/${label}_ann_${i}.wav`);
  const split = { by: 'field', field: 'index', test: '0-2', validation: '3-5' };
  const names = { up: 'rises', flat: 'stays', down: 'falls' };
  const path = config({ dataset: { split, names }, labels: 'steps' });
  const args = ['train', folder, '-o', inWork('fields'), '--config', path];
  const pattern = '{label}_{speaker}_{index}.wav';
  const report = await json([...args, '--pattern', pattern, '--test']);
  expect(report).toMatchObject({ labels: ['rises', 'stays', 'falls'], test: { clips: 9 } });
  expect(documentOf('fields', 'model.json')).toMatchObject({
    labels: ['rises', 'stays', 'falls'],
    splits: { pattern, test: { index: '0-2' }, validation: { index: '3-5' } },
  });
  expect(documentOf('fields', 'training.json').configuration.labels).toBe('steps');

  const plain = [...args.slice(0, 3), inWork('plain'), '--config', config({ dataset: { split } })];
  const { correct } = (await json([...plain, '--pattern', pattern, '--test'])).test as { correct: number };
  const evaluated = await json(['eval', inWork('plain'), folder, '--split', 'test']);
  expect(evaluated).toMatchObject({ clips: 9, correct });
});

/** Starts a training and waits for a line on its stderr. */
async function startUntil(pattern: RegExp, args: readonly string[]): Promise<ChildProcess> {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, ['compiler/bin/egru.js', ...args], { cwd: packagePath(), stdio });
  let seen = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (pattern.test(seen)) resolve();
    });
    child.on('close', () => reject(new Error(`ended before ${pattern}: ${seen}`)));
  });
  return child;
}

function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string }> {
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout })));
}

describe('a training that is interrupted', () => {
  const long = { batch: 64, renew: 100, phases: [{ epochs: 200, quantize: true, rate: 0.01 }] };

  it('leaves the best model so far and a checkpoint, from which it goes on with the same bits', async () => {
    const path = config(long);
    const whole = json(train('whole', '--config', path));
    const child = await startUntil(/epoch 5\//, train('part', '--config', path, '--every', '1'));
    const end = ended(child);
    child.kill('SIGINT');
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toMatch(/\nend {13}interrupted, \d+ epochs/);
    expect(stdout).toContain(`--resume continues from ${inWork('part.checkpoint')}`);
    expect(readdirSync(inWork('part')).sort()).toEqual([
      'model.json',
      'training.json',
      'weights.safetensors',
    ]);
    const { end: reason, epochs } = documentOf('part', 'training.json');
    expect(reason).toBe('interrupted');
    expect(epochs.length).toBeLessThan(200);
    expect((await egru(['inspect', inWork('part')])).code).toBe(0);

    const again = train('part', '--config', path);
    expect(await refusal(again)).toBe(
      'WORK/part.checkpoint: belongs to an unfinished training; continue it with --resume, or remove the file',
    );
    expect(await refusal([...again, '--resume', '--seed', '7'])).toBe(
      'WORK/part.checkpoint: the run started with 1, the configuration has 7; continue with the old one or remove the checkpoint (seed)',
    );
    const wider = train('part', '--config', config({ ...long, recurrent: [9] }), '--resume');
    expect(await refusal(wider)).toContain('started with 8, the configuration has 9');
    const good = readFileSync(inWork('part.checkpoint'));
    const bad = Uint8Array.from(good, (byte, i) => (i === good.length - 9 ? byte ^ 1 : byte));
    const damaged = ['train', DATA, '-o', inWork('never'), '--resume', '--checkpoint', write('bad', bad)];
    expect(await refusal(damaged)).toBe(
      'WORK/bad: is damaged: its SHA-256 is wrong; remove it and start again without --resume',
    );
    expect(existsSync(inWork('never'))).toBe(false);
    expect(readFileSync(inWork('bad')).equals(bad)).toBe(true);
    const resumed = await egru([...again, '--resume', '--every', '1']);
    expect(resumed.code).toBe(0);
    expect(resumed.stderr.split('/')[0]).toBe(`epoch ${epochs.length + 1}`);
    expect(documentOf('part', 'training.json').epochs).toHaveLength(200);
    const { best } = (await whole) as { best: { validationAccuracy: number } };
    expect(best.validationAccuracy).toBeGreaterThan(0.6); // 1/3 by chance
    expect(weights('part').equals(weights('whole'))).toBe(true);
    expect(existsSync(inWork('part.checkpoint'))).toBe(false);
    expect(await refusal([...again, '--resume'])).toBe(
      'WORK/part.checkpoint: there is no checkpoint to continue from (--resume)',
    );
  });

  it('by SIGTERM shows in its exit code', async () => {
    const args = train('term', '--config', config(long), '--every', '1', '--checkpoint', inWork('term.ck'));
    const child = await startUntil(/epoch 2\//, args);
    const end = ended(child);
    child.kill('SIGTERM');
    expect((await end).code).toBe(143);
    expect(existsSync(inWork('term.ck'))).toBe(true);
    expect(existsSync(inWork('term', 'model.json'))).toBe(true);
  });
});

describe('features instead of recordings', () => {
  it('give the same bits, or are refused', async () => {
    const still = config({ augment: null });
    expect((await egru(train('still', '--config', still))).code).toBe(0);
    for (const name of ['f.npy', 'f.safetensors']) {
      const file = inWork(name);
      expect((await egru(['features', inWork('still'), DATA, '-o', file])).code).toBe(0);
      const report = await json(['train', file, '-o', inWork(`from-${name}`), '--config', still]);
      expect(report.clips).toEqual({ training: 45, validation: 15, test: 0 });
      expect(weights(`from-${name}`).equals(weights('still'))).toBe(true);
    }
    const refused = (changes: object, ...more: string[]) =>
      refusal([
        ...['train', inWork('f.npy'), '-o', inWork('x'), ...more],
        ...['--config', config({ augment: null, ...changes })],
      ]);
    const { frontend } = documentOf('still', 'model.json');
    expect(await refused({ frontend: { ...frontend, gain: 7 } })).toMatch(
      /^WORK\/f.npy: the features come from feature extractor [0-9a-f]{12}, the configuration describes [0-9a-f]{12} \(frontendDigest\)$/,
    );
    expect(await refused({ readout: { steps: 15, rule: 'sum' } })).toContain('has 16 steps per clip');
    expect(await refused({ augment: { shift: true } })).toContain('features cannot be augmented');
    expect(await refused({ dataset: { trim: 1 } })).toContain('"trim" cannot be used (dataset)');
    expect(await refused({ dataset: { extra: [{ path: 'a', label: 'b' }] } })).toContain(
      '"extra" cannot be used',
    );
    expect(await refused({}, '--test')).toContain('--test: evaluates recordings');
    writeFileSync(inWork('f.npy'), readFileSync(inWork('f.npy')).subarray(0, -2));
    expect(await refused({})).toContain('for 60 clips x 16 steps x 64 bins');
    expect(existsSync(inWork('x'))).toBe(false);
  });
});

describe('bad input', () => {
  /** An hour and a second of 8-bit silence. */
  function longWav(): Buffer {
    const seconds = 3601;
    const wav = Buffer.alloc(44 + 8000 * seconds, 0x80);
    wav.write('RIFF', 0);
    wav.writeUInt32LE(wav.length - 8, 4);
    wav.write('WAVEfmt ', 8);
    wav.set([16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0], 16);
    wav.write('data', 36);
    wav.writeUInt32LE(wav.length - 44, 40);
    return wav;
  }

  it('files that cannot be used are named and left out, or end it with "strict"', async () => {
    const folder = writeChirps(inWork('mixed'), 6);
    writeFileSync(inWork('mixed', 'up', '7.wav'), 'no sound');
    writeFileSync(inWork('mixed', 'flat', '8.wav'), longWav());
    const short = { phases: [{ epochs: 1, quantize: true, rate: 0.01 }] };
    const args = ['train', folder, '-o', inWork('mixed-model'), '--config'];
    const { code, stderr } = await egru([...args, config(short)]);
    expect(code).toBe(0);
    expect(stderr.split('\n').sort().slice(1)).toEqual([
      expect.stringMatching(/^egru: .*flat\/8.wav: .*3601 s long; at most 3600 s are read.*; left out$/),
      expect.stringMatching(/^egru: .*up\/7.wav: .*; left out$/),
    ]);
    const report = await json([...args, config(short)]);
    expect((report.unusable as { file: string }[]).map(({ file }) => file).sort()).toEqual([
      inWork('mixed', 'flat', '8.wav'),
      inWork('mixed', 'up', '7.wav'),
    ]);
    expect(documentOf('mixed-model', 'training.json').dataset.unusable).toHaveLength(2);
    expect(await refusal([...args, config({ ...short, dataset: { strict: true } })])).toMatch(/(8|7).wav: /);
  });

  it.concurrent.each<[string, string[], object, string]>([
    ['no dataset', ['nowhere'], {}, 'nowhere: no such file or folder'],
    ['an empty one', ['empty'], {}, 'WORK/empty: no recordings are in this folder'],
    ['a single class', ['single'], {}, 'at least two labels are needed'],
    ['a label with a path', ['sep.csv'], {}, 'the label "a/b" holds a path separator; rename it'],
    ['a label with a bell', ['bell.csv'], {}, 'the label "a\\u0007" holds a control character; rename it'],
    ['no sound at all', ['broken'], {}, 'broken/'],
    ['a label without sound', ['half'], {}, 'none of the recordings of "b" to train on can be used'],
    ['an unknown key', ['chirps'], { epochs: 3 }, 'unknown key "epochs"'],
    ['an unknown key of the dataset', ['chirps'], { dataset: { spilt: 1 } }, 'nearest known one is "split"'],
    ['no list', ['chirps'], { recurrent: 8 }, 'must be a list, found 8 (at recurrent)'],
    [
      'a split of everything',
      ['chirps'],
      { dataset: { split: { by: 'hash', test: 0.99, validation: 0.5 } } },
      'leave nothing to train on',
    ],
    [
      'a folder of backgrounds that is not there',
      ['chirps'],
      { dataset: { backgrounds: 'no' } },
      'no: no such file or folder',
    ],
    [
      'backgrounds without a rule',
      ['chirps'],
      { dataset: { backgrounds: 'flat' } },
      '"dataset.backgrounds" also needs "augment.background"',
    ],
    [
      'a rule without backgrounds',
      ['chirps'],
      { augment: { background: { snr: [0, 9] } } },
      '"augment.background" also needs "dataset.backgrounds"',
    ],
    ['a GRU with levels', ['chirps'], { cell: 'gru' }, 'a GRU is trained in float only'],
    ['a bad seed', ['chirps', '--seed', '-1'], {}, 'It must be a whole number of at least 0.'],
    ['a bad number of threads', ['chirps', '--threads', '0'], {}, 'It must be a whole number of at least 1.'],
    ['a file in the way', ['chirps', '-o', 'empty/../sep.csv'], {}, 'sep.csv: a file is in the way'],
    ['no place for the checkpoint', ['chirps', '--checkpoint', 'no/ck'], {}, 'ck: its folder does not exist'],
  ])('%s', async (title, [dataset = '', ...flags], changes, message) => {
    // A name of its own: they run at once, and the place is tried out.
    const never = `never ${title}`;
    const args = [dataset, ...flags].map((arg, i) => (i === 0 || /[/]/.test(arg) ? inWork(arg) : arg));
    const output = flags.includes('-o') ? [] : ['-o', inWork(never)];
    const said = await refusal(['train', ...args, ...output, '--config', config(changes)]);
    expect(said).toContain(message);
    const left = (name: string) =>
      name === never || name.startsWith(`${never}.`) || name.startsWith('sep.csv.checkpoint');
    expect(readdirSync(inWork()).filter(left)).toEqual([]);
  });

  beforeAll(() => {
    for (const name of ['empty', 'broken/a', 'broken/b']) mkdirSync(inWork(name), { recursive: true });
    for (const i of [1, 2, 3]) {
      write(`broken/a/${i}.wav`, 'x');
      write(`broken/b/${i}.wav`, 'x');
    }
    writeChirps(inWork('single'), 1, () => 'up/0.wav');
    write('sep.csv', 'file,label\na.wav,a/b\nb.wav,c\n');
    write('bell.csv', 'file,label\na.wav,"a\u0007"\nb.wav,c\n');
    writeChirps(inWork('half'), 4, (_, i) => `a/${i}.wav`);
    mkdirSync(inWork('half', 'b'));
    for (let i = 0; i < 4; i++) write(`half/b/${i}.wav`, 'x');
  });

  it('no JSON', async () => {
    const path = write('broken.json', '{"seed": }');
    expect(await refusal(train('never', '--config', path))).toBe(
      'WORK/broken.json: is not JSON (line 1, column 10)',
    );
  });
});
