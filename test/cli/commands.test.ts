// SPDX-License-Identifier: Apache-2.0
/** What every command prints and writes, by the contract that scripts rely on. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { clipProgram, readClip } from '../../compiler/machines/batch/clip-input.ts';
import { DIGITS, lackingRecordings } from '../support/shared.ts';
import { egru, inWork, json, MODEL, refusal, write, writeNoise } from './egru.ts';

mkdirSync(inWork('clips', 'one'), { recursive: true });
mkdirSync(inWork('clips', 'two'));
const clips = ['one/a.wav', 'one/b.wav', 'two/7_x_0.wav'].map((name, i) =>
  writeNoise(`clips/${name}`, i + 1),
);

describe('run --digest', () => {
  it('gives the digest of every trace, the same on every machine and in verify', async () => {
    const digestsOf = async (...options: string[]) => {
      const { clips: found } = await json(['run', MODEL, ...clips.slice(0, 2), '--digest', ...options]);
      return (found as { digest: string }[]).map(({ digest }) => digest);
    };
    const program = clipProgram(loadProgram(packagePath(MODEL)), MODEL);
    const traces = await Promise.all(
      clips.slice(0, 2).map(async (clip) => {
        const { trace } = new Simulator(program).run(await readClip(program, clip), true);
        return trace ?? new Int32Array(0);
      }),
    );
    const expected = traces.map((trace) =>
      createHash('sha256').update(Buffer.from(trace.buffer)).digest('hex'),
    );
    expect(await digestsOf()).toEqual(expected);
    expect(await digestsOf('--on', 'host')).toEqual(expected);
    const { digest } = await json(['verify', MODEL, clips[0] ?? '', '--on', 'host', '--kernel', 'packed']);
    expect(digest).toBe(expected[0]);

    const streams = await json(['run', MODEL, clips[2] ?? '', '--digest', '--stream']);
    const verified = await json([
      'verify',
      MODEL,
      clips[2] ?? '',
      '--stream',
      '--on',
      'host',
      '--kernel',
      'packed',
    ]);
    expect(streams.digests).toEqual([{ file: clips[2], digest: verified.digest }]);
    const { stdout } = await egru(['run', MODEL, ...clips.slice(0, 2), '--digest']);
    for (const one of expected) expect(stdout).toContain(one);
  });
});

describe('run', () => {
  it('gives file, label, truth and scores; with --trace the logits that sum to them', async () => {
    const document = await json(['run', MODEL, inWork('clips'), '--trace']);
    const found = document.clips as {
      file: string;
      label: string;
      truth: string;
      scores: number[];
      logits: number[][];
    }[];
    expect(Object.keys(document)).toEqual(['clips']);
    expect(found.map(({ file }) => file)).toEqual(clips);
    // The pattern of the model's splits goes before the folder's name.
    expect(found.map(({ truth }) => truth)).toEqual(['one', 'one', 'seven']);
    const { labels } = loadProgram(packagePath(MODEL));
    for (const { label, scores, logits } of found) {
      expect(scores).toHaveLength(10);
      expect(logits).toHaveLength(64);
      expect(scores).toEqual(scores.map((_, i) => logits.reduce((sum, step) => sum + (step[i] ?? 0), 0)));
      expect(label).toBe(labels[scores.indexOf(Math.max(...scores))]);
    }
    const plain = await json(['run', MODEL, ...clips.slice(0, 1)]);
    expect(plain.clips).toEqual([
      { file: clips[0], label: found[0]?.label, speech: true, truth: 'one', scores: found[0]?.scores },
    ]);
  });

  it('detects the same on the host, from program.json too', async () => {
    await json(['compile', MODEL, '-o', inWork('compiled'), '--kernel', 'packed']);
    const reference = await json(['run', MODEL, inWork('clips'), '--trace']);
    expect(
      await json([
        'run',
        inWork('compiled/program.json'),
        inWork('clips'),
        '--trace',
        '--on',
        'host',
        '--kernel',
        'packed',
      ]),
    ).toEqual({
      clips: (reference.clips as { truth: string }[]).map((clip, i) => ({
        ...clip,
        truth: i < 2 ? 'one' : 'two',
      })),
    });
  });

  it('prints a table of 80 columns', async () => {
    const { stdout, code } = await egru(['run', MODEL, inWork('clips'), '--pattern', '{label}/{name}.wav']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clip +label +predicted +score +margin\n/);
    expect(stdout).toMatch(/\n[0-3] of 3 clips right \(\d+\.\d %\)\n$/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('eval', () => {
  it('counts', async () => {
    const document = await json(['eval', MODEL, inWork('clips')]);
    expect(document).toMatchObject({ clips: 3, labels: loadProgram(packagePath(MODEL)).labels });
    const { correct, accuracy, interval, confusion } = document as {
      correct: number;
      accuracy: number;
      interval: number[];
      confusion: number[][];
    };
    expect(accuracy).toBe(correct / 3);
    expect(interval[0]).toBeLessThanOrEqual(accuracy);
    expect(interval[1]).toBeGreaterThanOrEqual(accuracy);
    expect(confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([0, 2, 0, 0, 0, 0, 0, 1, 0, 0]);
    expect(confusion.reduce((sum, row, i) => sum + (row[i] ?? 0), 0)).toBe(correct);
  });

  it('needs labels', async () => {
    expect(await refusal(['eval', MODEL, writeNoise('nameless.wav', 1)])).toContain(
      'WORK/nameless.wav: its true label is not known; give --pattern',
    );
    expect(await refusal(['eval', MODEL, inWork('clips'), '--split', 'validation'])).toBe(
      '--split: no file belongs to this split',
    );
  });

  it('reports the loss by quantization', async () => {
    const samples = `${MODEL}/samples`;
    const { clips, correct, float } = (await json(['eval', MODEL, samples, '--float'])) as {
      clips: number;
      correct: number;
      float: { quantized: { correct: number }; changed: object; offLevel: number };
    };
    expect(float.quantized.correct).toBe(correct);
    expect(float.changed).toMatchObject({ byIntegers: 0 });
    const { stdout } = await egru(['eval', MODEL, samples, '--float']);
    expect(stdout).toMatch(new RegExp(`\nquantized, float +${correct} +\\d+\\.\\d %`));
    expect(stdout).toMatch(new RegExp(`\nquantized, integers +${correct} .* 0\n`));
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(clips).toBeGreaterThan(5);
    expect(await refusal(['eval', MODEL, samples, '--float', '--stream'])).toContain(
      '--float: evaluates clips',
    );
    await json(['compile', MODEL, '-o', inWork('floatless'), '--kernel', 'packed']);
    expect(await refusal(['eval', inWork('floatless/program.json'), samples, '--float'])).toBe(
      'WORK/floatless/program.json: does not contain the trained weights; --float needs the model folder',
    );
  });

  it.skipIf(lackingRecordings())(
    'is right on at least 290 of the 300 official test recordings (needs ../shared/data)',
    async () => {
      const document = await json(['eval', MODEL, DIGITS, '--split', 'test']);
      expect(document.clips).toBe(300);
      expect(document.correct).toBeGreaterThanOrEqual(290);
      const { stdout } = await egru(['eval', MODEL, DIGITS, '--split', 'test']);
      expect(stdout).toContain(`${document.correct} of 300 clips right: accuracy `);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );

  it.skipIf(lackingRecordings())('samples and filters as stated (needs ../shared/data)', async () => {
    const all = readdirSync(DIGITS)
      .filter((name) => name.includes('_theo_'))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const document = await json(['run', MODEL, DIGITS, '--filter', '*_theo_*', '--limit', '7']);
    expect((document.clips as { file: string }[]).map(({ file }) => file)).toEqual(
      Array.from({ length: 7 }, (_, i) => `${DIGITS}/${all[Math.floor((i * all.length) / 7)]}`),
    );
  });
});

describe('verify', () => {
  it('finds no difference between reference and host', async () => {
    const document = await json(['verify', MODEL, inWork('clips'), '--on', 'host', '--kernel', 'packed']);
    expect(document).toEqual({
      executors: ['reference', 'host'],
      kernels: ['packed'],
      clips: 3,
      steps: 192,
      differences: 0,
      first: null,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { stdout } = await egru(['verify', MODEL, inWork('clips'), '--on', 'host']);
    expect(stdout).toBe(
      `reference = host: 3 clips, 192 steps, 0 differences (unrolled, sparse, packed)\ntrace sha256 ${document.digest}\n`,
    );
  });

  it('names the first integer that differs and ends with 1', async () => {
    // A compiler that changes the bias of row 2 of the last layer before it compiles.
    const cc = write(
      'cc',
      '#!/bin/sh\nfor a in "$@"; do case "$a" in */model.c) sed -i "/ layer3_bias\\[/,/};/s|0, /\\* row\\[2\\]|1, /* row[2]|" "$a";; esac; done\nexec cc "$@"\n',
    );
    chmodSync(cc, 0o755);
    const args = ['verify', MODEL, inWork('clips'), '--on', 'host', '--kernel', 'packed', '--limit', '2'];
    const { code, stdout, stderr } = await egru([...args, '--json'], { CC: cc });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const { differences, first } = JSON.parse(stdout) as {
      differences: number;
      first: Record<string, number>;
    };
    expect(differences).toBe(2 * (64 + 1)); // one logit in every step, and its score
    expect(first).toMatchObject({ clip: clips[0], step: 0, layer: 3, unit: 2, executor: 'host' });
    expect(first.got).toBe((first.expected ?? 0) + 1);
    const shown = await egru(args, { CC: cc });
    expect(shown.stdout).toContain('reference, host: 2 clips, 128 steps, 130 differences (packed)\n');
    expect(shown.stdout).toContain(
      `step 0, layer 3 (fc4), unit 2: reference ${first.expected}, host ${first.got}\n`,
    );
    expect(shown.code).toBe(1);
  });
});

describe('compile', () => {
  it('writes what is needed to build the model, the same bytes every time', async () => {
    const document = await json(['compile', MODEL, '-o', inWork('c1'), '--kernel', 'packed']);
    await json(['compile', MODEL, '-o', inWork('c2'), '--kernel', 'packed']);
    const names = readdirSync(inWork('c1'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(inWork('c1').length + 1))
      .sort();
    expect(names).toEqual(
      expect.arrayContaining([
        'Makefile',
        'egru/egru.h',
        'egru/LICENSE',
        'model.c',
        'model.h',
        'program.json',
      ]),
    );
    expect((document.files as string[]).map((path) => path.slice(inWork('c1').length + 1)).sort()).toEqual(
      names,
    );
    for (const name of names)
      expect(readFileSync(inWork('c1', name))).toEqual(readFileSync(inWork('c2', name)));
    const program = loadProgram(packagePath(MODEL));
    expect(document).toMatchObject({ digest: programDigest(program), weights: 8120, nonZero: 6482 });
    expect(document.codeBytes).toBeLessThanOrEqual(3200);
    expect(readFileSync(inWork('c1', 'model.c'), 'utf8')).not.toContain(packagePath());
  });
});

it('compile takes a prefix, and refuses a bad one before anything is written', async () => {
  const args = ['compile', MODEL, '--kernel', 'packed', '--prefix'];
  const document = await json([...args, 'digits', '-o', inWork('c5')]);
  expect(document.prefix).toBe('digits');
  expect(document.files).toContain(inWork('c5', 'digits.h'));
  expect(readFileSync(inWork('c5', 'digits.c'), 'utf8')).toMatch(
    /AND CC-BY-SA-4.0\n[\s\S]*--prefix digits\n/,
  );
  const message = await refusal([...args, 'int', '-o', inWork('c6')]);
  expect(message).toBe('prefix "int": is a keyword of C or C++; choose another');
  expect(existsSync(inWork('c6'))).toBe(false);
});

it('compile prints 80 columns', async () => {
  const { stdout, code } = await egru(['compile', MODEL, '-o', inWork('c4'), '--kernel', 'packed']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^spoken-digits: 8,120 weights, 6,482 not zero \(79\.8 %\)\n/);
  const wide = stdout.replaceAll(inWork(), '').split('\n');
  expect(wide.filter((line) => line.length > 80)).toEqual([]);
});

describe('inspect', () => {
  it('gives the same for a model and its program.json', async () => {
    await json(['compile', MODEL, '-o', inWork('c3'), '--kernel', 'packed']);
    const model = await json(['inspect', MODEL]);
    expect(await json(['inspect', inWork('c3/program.json')])).toEqual(model);
    expect(model).toMatchObject({ kind: 'program', name: 'spoken-digits', weights: 8120, nonZero: 6482 });
    const histograms = model.matrices as { histogram: number[] }[];
    expect(histograms.flatMap(({ histogram }) => histogram).reduce((a, b) => a + b)).toBe(8120);
    const { stdout } = await egru(['inspect', MODEL]);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('refuses what is none of its kinds', async () => {
    expect(await refusal(['inspect', 'LICENSE'])).toBe(
      'LICENSE: is neither a model folder, a program.json, weights, an ELF, a UF2 nor a BIN file',
    );
    const cut = write('cut.elf', Buffer.from('\x7fELF\x01\x01'));
    expect(await refusal(['inspect', cut])).toContain('WORK/cut.elf: ends at byte 6, needed 20');
    const uf2 = write('bad.uf2', Buffer.concat([Buffer.from('UF2\n'), Buffer.alloc(508)]));
    expect(await refusal(['inspect', uf2])).toContain(
      'WORK/bad.uf2: not a UF2 block: a magic number is wrong',
    );
  });
});
