// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cutClip } from '../../compiler/core/audio/crop.ts';
import { Frontend } from '../../compiler/core/frontend/features.ts';
import { frontendDigest } from '../../compiler/core/program/digest.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { inWork, json, MODEL, refusal, write, writeNoise } from './egru.ts';

const { frontend } = loadProgram(packagePath(MODEL));
if (frontend === null) throw new Error('the bundled model has a feature extractor');
const clips = [1, 2, 3].map((seed) => writeNoise(`${seed}_ann_${seed}.wav`, seed, 0.2 * seed));
const STEPS = 64;
const BINS = 64;

/** What the feature extractor gives, frame by frame. */
function expected(file: string): number[] {
  const machine = new Frontend(frontend ?? expect.fail());
  const pcm = cutClip(readWav(file).samples, 128, 128, STEPS);
  return Array.from({ length: STEPS }, (_, step) => {
    const features = new Int16Array(BINS);
    machine.frame(pcm, step * 128, features);
    return [...features];
  }).flat();
}

function int16(bytes: Buffer): number[] {
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i));
}

const metadata = {
  format: 1,
  frontend: frontend.definition,
  frontendDigest: frontendDigest(frontend.definition),
  steps: STEPS,
  bins: BINS,
};

it('writes NumPy arrays: clips x steps x bins, or steps x bins for one clip', async () => {
  expect(await json(['features', MODEL, ...clips, '-o', inWork('three.npy')])).toEqual({
    file: inWork('three.npy'),
    clips: 3,
    steps: STEPS,
    bins: BINS,
  });
  const bytes = readFileSync(inWork('three.npy'));
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x93NUMPY\x01\x00', 'latin1'));
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  const header = bytes.subarray(10, start).toString('latin1');
  expect(header.trimEnd()).toBe("{'descr': '<i2', 'fortran_order': False, 'shape': (3, 64, 64), }");
  expect(header.endsWith('\n')).toBe(true);
  expect(int16(bytes.subarray(start))).toEqual(clips.flatMap(expected));
  expect(JSON.parse(readFileSync(inWork('three.npy.json'), 'utf8'))).toEqual({
    ...metadata,
    clips: clips.map((file, i) => ({ file, label: ['one', 'two', 'three'][i] })),
  });

  await json(['features', MODEL, clips[0] ?? '', '-o', inWork('one.npy')]);
  expect(readFileSync(inWork('one.npy')).toString('latin1')).toContain("'shape': (64, 64), }");
});

it('writes safetensors with labels', async () => {
  const unknown = writeNoise('unknown.wav', 9);
  await json(['features', MODEL, ...clips, unknown, '-o', inWork('f.safetensors')]);
  const bytes = readFileSync(inWork('f.safetensors'));
  const length = Number(bytes.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<
    string,
    Record<string, string>
  >;
  const size = 4 * STEPS * BINS * 2;
  expect(header.features).toEqual({ dtype: 'I16', shape: [4, STEPS, BINS], data_offsets: [0, size] });
  expect(header.labels).toEqual({ dtype: 'I32', shape: [4], data_offsets: [size, size + 16] });
  const data = bytes.subarray(8 + length);
  expect(int16(data.subarray(0, size))).toEqual([...clips, unknown].flatMap(expected));
  expect([0, 1, 2, 3].map((i) => data.readInt32LE(size + 4 * i))).toEqual([1, 2, 3, -1]);
  expect(data.length).toBe(size + 16);
  const text = header.__metadata__ ?? {};
  expect(text.frontendDigest).toBe(metadata.frontendDigest);
  expect(JSON.parse(text.frontend ?? '')).toEqual(metadata.frontend);
  expect(JSON.parse(text.clips ?? '')).toHaveLength(4);
  expect([text.format, text.steps, text.bins]).toEqual(['1', '64', '64']);
});

it('leaves nothing where a clip is bad', async () => {
  const bad = write('bad.wav', 'no sound');
  expect(await refusal(['features', MODEL, ...clips, bad, '-o', inWork('never.npy')])).toContain(
    'WORK/bad.wav: not a',
  );
  expect(existsSync(inWork('never.npy'))).toBe(false);
  expect(readdirSync(inWork()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(await refusal(['features', MODEL, ...clips, '-o', inWork('x.csv')])).toContain(
    'must end in .npy or .safetens',
  );
});
