// SPDX-License-Identifier: Apache-2.0
/** Checkpoints are whole or refused: a digest over every byte, and counters that can be counters. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../compiler/training/train/checkpoint.ts';
import { newRunState, type RunState } from '../../compiler/training/train/run.ts';
import { safetensorsBytes } from '../../compiler/training/train/safetensors.ts';
import { Random } from '../support/random.ts';
import { stack } from './networks.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'ck');
const network = stack('egru');
const configuration = { seed: 1 };
const record = {
  ...{ phase: 0, quantized: false, loss: 1, accuracy: 0.5, validationLoss: 1, validationAccuracy: 0.5 },
  ...{ rate: 0.01, gradientNorm: 1, zeroShare: 0, seconds: 1 },
};

function state(change: Partial<RunState> = {}): RunState {
  const fresh = newRunState(network, 1);
  const best = {
    ...{ parameters: fresh.parameters, epoch: 1, quantized: false },
    ...{ validationLoss: 1, validationAccuracy: 0.5 },
  };
  const records = [0, 1, 2].map((epoch) => ({ epoch, ...record }));
  return { ...fresh, epoch: 3, best, records, adam: { ...fresh.adam, steps: 12 }, ...change };
}

/** What comes of writing a state and reading it again. */
function back(change: Partial<RunState>): () => RunState {
  writeCheckpoint(path, configuration, state(change));
  return () => readCheckpoint(path, configuration, network);
}

describe('a checkpoint', () => {
  it('comes back as it was written', () => {
    expect(back({})()).toEqual(state());
  });

  it('is one safetensors file whose digest covers every byte but its own digits', () => {
    back({});
    const bytes = readFileSync(path);
    const text = bytes.toString('latin1');
    const digits = /"sha256":"([0-9a-f]{64})"/.exec(text)?.[1] ?? '';
    const blank = Buffer.from(text.replace(digits, '0'.repeat(64)), 'latin1');
    expect(createHash('sha256').update(blank).digest('hex')).toBe(digits);
  });

  it('is refused where any bit changed, or bytes are missing or more', () => {
    back({});
    const good = readFileSync(path);
    const random = new Random(1);
    const refused = (bytes: Uint8Array) => {
      writeFileSync(path, bytes);
      expect(() => readCheckpoint(path, configuration, network)).toThrow(
        /ck: (is damaged: its SHA-256 is wrong; remove it and start again|is not a checkpoint|is a checkpoint of format)/,
      );
    };
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(good);
      const at = i < 150 ? random.between(0, 200) : random.between(0, bytes.length - 1);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.between(0, 7));
      refused(bytes);
    }
    refused(good.subarray(0, good.length - 1));
    refused(Buffer.concat([good, Buffer.alloc(8)]));
    refused(Buffer.alloc(0));
  });

  it('of format 1 is refused with what to do', () => {
    const metadata = { format: '1', configuration: '{}' };
    const values = Float64Array.of(7.2e-313, 0);
    writeFileSync(path, safetensorsBytes([{ name: 'place', shape: [2], values }], metadata));
    expect(() => readCheckpoint(path, configuration, network)).toThrow(
      'ck: is a checkpoint of format 1, not 2; remove it and start again without --resume',
    );
  });

  const late = (best = state().best) => best && { ...best, epoch: 3 };
  it.each<[string, Partial<RunState>, string]>([
    [
      'a part of an epoch',
      { epoch: 7.2e-313 },
      'must be a whole number from 0 to 2147483647, found 7.2e-313 (place[0])',
    ],
    ['a negative epoch', { epoch: -1 }, 'found -1 (place[0])'],
    ['an epoch of 2^53', { epoch: 2 ** 53 }, 'found 9007199254740992 (place[0])'],
    ['half a step', { adam: { ...state().adam, steps: 0.5 } }, 'found 0.5 (place[1])'],
    ['more epochs than records', { epoch: 4 }, 'has 3 records of 4 epochs (records)'],
    ['records out of order', { records: state().records.reverse() }, 'must be 0 (records[0].epoch)'],
    ['a best epoch to come', { best: late() }, 'from 0 to 2, found 3 (best.place[0])'],
  ])('is refused with %s', (_, change, message) => {
    expect(back(change)).toThrow(message);
  });

  it('of a run whose configuration has the old name of hard negatives can be continued', () => {
    const rules = (key: string, share: number) => ({ labels: { hold: 1, [key]: share, clip: 0 } });
    writeCheckpoint(path, rules('decoys', 0.3), state());
    expect(readCheckpoint(path, rules('hardNegatives', 0.3), network)).toEqual(state());
    expect(() => readCheckpoint(path, rules('hardNegatives', 0.2), network)).toThrow('hardNegatives');
  });
});
