// SPDX-License-Identifier: Apache-2.0
/**
 * Words and hours of background in PyTorch: what egru train exports, with the figures of its own trainer, in one process
 * and in two. About 30 s.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { safetensorsHeader } from '../../compiler/core/weights/safetensors-header.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { egru, inWork, json, refusal, write } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';
import { pythonWithTorch, twoProcesses } from '../support/torch.ts';
import { tone } from './tone.ts';

const SCRIPT = packagePath('models', 'training', 'pytorch', 'train.py');
const DATA = inWork('spoken');
const PART = inWork('part');
const CONFIG = {
  ...{ recurrent: [8], dense: [6], steps: 40, readout: { steps: 30, rule: 'sum' }, batch: 16 },
  phases: [
    { epochs: 2, quantize: false, rate: 0.02 },
    { epochs: 3, quantize: true, rate: 0.02 },
  ],
  augment: { shift: true, noise: { level: [-4, -3] } },
  loss: { scale: 4, smoothing: 0.01, classWeights: [1, 1.5] },
  labels: { background: 'other', from: 0.8, hold: 0.3, hardNegatives: 0.3, adjust: 1.5, clip: 0.5 },
  background: { path: 'other', every: 2 },
};

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function python(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
    const child = execFile(pythonWithTorch() ?? 'python3', [...args], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

interface Judged {
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

interface Record extends Judged {
  readonly loss: number;
  readonly accuracy: number;
}

const epochsOf = (model: string): Record[] =>
  (JSON.parse(readFileSync(`${inWork(model)}/training.json`, 'utf8')) as { epochs: Record[] }).epochs;

describe.skipIf(lacking('torch', 'build'))(
  'background in PyTorch (needs python3 with torch and numpy)',
  () => {
    const exported = ['train', DATA, '-o', PART, '--config', inWork('c.json'), '--export'];
    let mined: { readonly hard: number; readonly eventsPerHour: number };
    let judged: Outcome;
    let one: Outcome;
    let two: Outcome;

    beforeAll(async () => {
      const random = new Random(5);
      for (const label of ['up', 'other']) mkdirSync(`${DATA}/${label}`, { recursive: true });
      for (let i = 0; i < 40; i++)
        writeFileSync(`${DATA}/up/${i}.wav`, makeWav(pcm16(tone(2400, 1, random))));
      for (let i = 0; i < 3; i++) {
        const sound = Array.from({ length: 8 }, () => [...tone(8000, random.below(2) - 1, random)]).flat();
        writeFileSync(`${DATA}/other/${i}.wav`, makeWav(pcm16(Int16Array.from(sound))));
      }
      const config = write('c.json', JSON.stringify(CONFIG));
      expect((await egru(['train', DATA, '-o', inWork('own'), '--config', config])).code).toBe(0);
      mined = (await json([...exported, '--start', inWork('own')])).mining as typeof mined;
      const launcher = await twoProcesses(inWork('logs'));
      const common = [SCRIPT, PART, '--device', 'cpu'];
      [judged, one, two] = await Promise.all([
        python([...common, '--evaluate', '--start', inWork('own')]),
        python([...common, '-o', inWork('one'), '--until', '2']).then(() =>
          python([...common, '-o', inWork('one'), '--resume']),
        ),
        python([...launcher, ...common, '-o', inWork('two')]),
      ]);
    });

    it('finds the loss and the accuracy of the trainer of egru for the same weights', () => {
      expect(judged.code, judged.stderr).toBe(0);
      const found = JSON.parse(judged.stdout) as Judged;
      const { best } = JSON.parse(readFileSync(`${inWork('own')}/training.json`, 'utf8')) as { best: Judged };
      expect(found.validationLoss).toBeCloseTo(best.validationLoss, 4);
      expect(found.validationAccuracy).toBeCloseTo(best.validationAccuracy, 3);
    });

    it('finds them with a feature extractor whose level follows what was heard before a window', async () => {
      const frontend = {
        ...{ sampleRate: 8000, frame: 128, hop: 128, window: 'hann', bins: 32, scale: 'log2', gain: 4096 },
        ...{ divisor: 18, bands: { scale: 'mel', from: 60, to: 4000 } },
        normalize: { over: 'frame', rise: 0, fall: 4, floor: 11468, center: 16384, gain: 2 },
      };
      const config = write('level.json', JSON.stringify({ ...CONFIG, frontend }));
      const options = [DATA, '--config', config, '--threads', '1'];
      expect((await egru(['train', ...options, '-o', inWork('level')])).code).toBe(0);
      const place = inWork('level-part');
      expect((await egru(['train', ...options, '-o', place, '--export'])).code).toBe(0);
      const found = await python([
        SCRIPT,
        place,
        '--device',
        'cpu',
        '--evaluate',
        '--start',
        inWork('level'),
      ]);
      expect(found.code, found.stderr).toBe(0);
      const { best } = JSON.parse(readFileSync(`${inWork('level')}/training.json`, 'utf8')) as {
        best: Judged;
      };
      expect((JSON.parse(found.stdout) as Judged).validationLoss).toBeCloseTo(best.validationLoss, 4);
    });

    it('trains in two processes as in one, which went on from a checkpoint', () => {
      expect(one.code, one.stderr).toBe(0);
      expect(two.code, two.stderr).toBe(0);
      const [alone, together] = [epochsOf('one'), epochsOf('two')];
      expect(alone).toHaveLength(5);
      together.forEach(({ loss, validationLoss, accuracy }, epoch) => {
        expect(loss).toBeCloseTo(alone[epoch]?.loss ?? Number.NaN, 4);
        expect(validationLoss).toBeCloseTo(alone[epoch]?.validationLoss ?? Number.NaN, 4);
        expect(accuracy).toBeCloseTo(alone[epoch]?.accuracy ?? Number.NaN, 3);
      });
      expect(alone.at(-1)?.validationLoss).toBeLessThan(alone[0]?.validationLoss ?? 0);
    });

    it('is mined with the weights of PyTorch, and compiles', async () => {
      expect(mined.hard).toBeGreaterThan(0);
      const again = await json([...exported, '--start', inWork('two'), '--round', '1']);
      expect(again.mining).toMatchObject({ hours: expect.closeTo((24 * 0.8) / 3600, 3) });
      expect((await egru(['inspect', inWork('two')])).code).toBe(0);
    });

    it('refuses a cache of another feature extractor, and an export that lacks a part, in one line', async () => {
      const frontend = { sampleRate: 8000, frame: 128, hop: 128, window: 'hann', bins: 32, scale: 'log2' };
      const other = { ...CONFIG, frontend: { ...frontend, gain: 8, divisor: 9 } };
      const config = write('other.json', JSON.stringify(other));
      const away = ['train', DATA, '-o', inWork('away'), '--config', config, '--export'];
      expect((await egru(away)).code).toBe(0);
      cpSync(PART, inWork('mixed'), { recursive: true });
      cpSync(`${inWork('away')}/background.safetensors`, `${inWork('mixed')}/background.safetensors`);
      const mixed = await python([SCRIPT, inWork('mixed'), '-o', inWork('never')]);
      expect([mixed.code, mixed.stderr.split('\n').length]).toEqual([2, 2]);
      expect(mixed.stderr).toContain('holds features of another feature extractor or of other recordings');
      const empty = await python([SCRIPT, inWork('own'), '-o', inWork('never')]);
      expect(empty.stderr).toContain('no file is named, and');
      expect(await refusal(['train', DATA, '-o', PART, '--round', '1'])).toContain('--round');
    });

    it('takes windows of a cache that is larger than the memory', async () => {
      const frames = 60_000_000; // 266 hours, 7.7 GB
      const { frontendDigest } = headerOf(`${PART}.background`);
      const header = safetensorsHeader(
        [
          { name: 'features', dtype: 'I16', shape: [frames, 64] },
          { name: 'energy', dtype: 'I32', shape: [frames] },
          { name: 'starts', dtype: 'I32', shape: [2] },
        ],
        { format: '1', frontendDigest: String(frontendDigest), list: 'x' },
        4096,
      );
      writeFileSync(inWork('huge'), header);
      truncateSync(inWork('huge'), 4096 + frames * 132 + 8);
      const program = `
import json, resource, sys
sys.path.insert(0, sys.argv[1])
import numpy
from background import Background, Frames
from tensors import read_safetensors
model = json.load(open(sys.argv[2] + "/model.json"))
background = Background(sys.argv[2] + "/background.safetensors", model, {"windows": 1.5, "mined": 0.5, "gain": [-1, 0]})
store, _ = read_safetensors(sys.argv[3])
background.train = Frames(store["features"], numpy.array([[0, 50_000_000], [50_000_100, 60_000_000]]))
starts, gains = background.draw(300, 40, 1)
for start, gain in zip(starts, gains):
    assert background.louder(background.train.read(int(start), 40), gain).shape == (40, 64)
print(int(starts.max()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
`;
      const { stdout, stderr } = await python([
        '-c',
        program,
        packagePath('models', 'training', 'pytorch'),
        PART,
        inWork('huge'),
      ]);
      const [last = 0, kilobytes = Number.NaN] = stdout.split(' ').map(Number);
      expect(last, stderr).toBeGreaterThan(50_000_000);
      expect(kilobytes).toBeLessThan(600_000);
    });
  },
);

/** Texts beside the tensors of a cache. */
function headerOf(path: string): globalThis.Record<string, unknown> {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  return JSON.parse(bytes.subarray(8, 8 + length).toString()).__metadata__;
}
