// SPDX-License-Identifier: Apache-2.0
/** Generated C on the host against the reference, layer by layer; about 20 s, most of it compilation. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Program } from '../../compiler/core/program/program.ts';
import { traceLayout } from '../../compiler/core/program/trace.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import type { ClipResult } from '../../compiler/machines/execute/executor.ts';
import { HostExecutor, type HostOptions } from '../../compiler/machines/execute/host.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { Random } from '../support/random.ts';
import { featuresOf, programOf, specs } from '../support/random-program.ts';
import { toyProgram } from '../support/toy.ts';

const compilers = compilersAmong(['gcc', 'clang']);
const open: HostExecutor[] = [];
afterEach(async () => {
  for (const executor of open.splice(0)) await executor.close();
});

async function host(program: Program, options: Partial<HostOptions> = {}): Promise<HostExecutor> {
  const executor = await HostExecutor.create(program, { kernel: 'packed', ...options });
  open.push(executor);
  return executor;
}

/** Runs clips on both; returns both results. */
async function both(program: Program, clips: Int16Array[], options: Partial<HostOptions> = {}) {
  const expected = await new ReferenceExecutor(program).run(clips, true);
  const got = await (await host(program, options)).run(clips, true);
  return { expected, got };
}

describe.each(compilers)('host executor, %s', (compiler) => {
  test.each([false, true])('random programs, every layer at every step (sanitizers %s)', async (sanitize) => {
    for (const spec of specs(3, 7)) {
      const program = programOf(spec);
      const clip = featuresOf(spec);
      const { expected, got } = await both(
        program,
        [clip, clip.subarray(0, spec.inputs), new Int16Array(0)],
        {
          compiler: [compiler],
          sanitize,
        },
      );
      expect(got).toEqual(expected);
      expect(got[0]?.steps).toBe(spec.steps);
    }
  });
});

test('without a trace: the same logits, scores and labels, and clips are reported in order', async () => {
  const program = toyProgram();
  const random = new Random(3);
  const clips = Array.from({ length: 40 }, (_, i) =>
    Int16Array.from({ length: 2 * i + (i % 2) }, () => random.between(-32768, 32767)),
  );
  const seen: number[] = [];
  const results = await (await host(program)).run(clips, false, (index) => seen.push(index));
  expect(results).toEqual(await new ReferenceExecutor(program).run(clips, false));
  expect(seen).toEqual(clips.map((_, i) => i));
});

test('a model for streams only has no scores and no label', async () => {
  const program = toyProgram({ readout: null });
  const { expected, got } = await both(program, [Int16Array.of(1000, -2000, 3000, -32768)]);
  expect(got).toEqual(expected);
  expect(got[0]).toMatchObject({ label: -1, scores: new Int32Array(0) });
});

test('one flipped bit of a weight changes the integers', async () => {
  const program = toyProgram();
  const clip = Int16Array.from({ length: 20 }, (_, i) => 20000 - 1999 * i);
  const { expected, got } = await both(program, [clip], {
    alter: (files) =>
      files.map(({ path, text }) => ({ path, text: text.replace('0xf06d36e8', '0xf06d36ec') })), // z[0][0]: +1 -> -1
  });
  expect(got).not.toEqual(expected);
});

test('a program that stops early is an error with its message', async () => {
  const executor = await host(toyProgram(), {
    alter: (files) =>
      files.map(({ path, text }) => ({
        path,
        text: text.replace('.state_words = MODEL_STATE_WORDS', '.state_words = 60000'),
      })),
  });
  await expect(executor.run([new Int16Array(4)], true)).rejects.toThrow('egru_init refuses the model');
});

test('C that does not compile is an error with the compiler’s message', async () => {
  const alter: HostOptions['alter'] = (files) =>
    files.map(({ path, text }) => ({ path, text: `${text}\nint unused(int x) { return y; }\n` }));
  await expect(host(toyProgram(), { alter })).rejects.toThrow(/error:.*y/);
});

interface Vectors {
  readonly clips: readonly { readonly features: number[][]; readonly steps: Record<string, number[]>[] }[];
}

test('spoken digits: the independent implementation’s integers, every layer and step', async () => {
  const folder = packagePath('test', 'vectors', 'spoken-digits');
  const program: Program = { ...loadProgram(folder), frontend: null };
  const vectors = JSON.parse(
    readFileSync(packagePath('test', 'vectors', 'spoken-digits.json'), 'utf8'),
  ) as Vectors;
  const clips = vectors.clips.map(({ features }) => Int16Array.from(features.flat()));
  const { expected, got } = await both(program, clips, { sanitize: true });
  expect(got).toEqual(expected);
  const layout = traceLayout(program);
  vectors.clips.forEach((clip, i) => {
    const { trace, steps } = got[i] as ClipResult;
    expect(steps).toBe(64);
    clip.steps.forEach((layers, step) => {
      const record = Array.from(trace ?? []).slice(step * layout.width, (step + 1) * layout.width);
      expect(record.slice(layout.groups[1]?.offset)).toEqual(Object.values(layers).flat());
    });
  });
});

test.each(compilers)(
  'spoken digits from noise, feature extractor and network, with sanitizers (%s)',
  async (compiler) => {
    const program = loadProgram(packagePath('models', 'spoken-digits'));
    const random = new Random(11);
    const levels = [32768, 3000, 50, 1, 0];
    const clips = levels.map((level) =>
      Int16Array.from({ length: 1300 }, () => random.between(-level, Math.max(0, level - 1))),
    );
    const { expected, got } = await both(program, clips, { compiler: [compiler], sanitize: true });
    expect(got).toEqual(expected);
    expect(got.map(({ steps }) => steps)).toEqual(levels.map(() => 10));
  },
);
