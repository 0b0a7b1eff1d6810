// SPDX-License-Identifier: Apache-2.0
// The reference against integers from an independent implementation of the same numerics (test/vectors).
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { blend, gate, SOFTSIGN_LIMIT, softsign } from '../../compiler/core/fixed/fixed.ts';
import type { DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import type { EgruLayer } from '../../compiler/core/program/cells/egru.ts';
import type { Matrix, Program } from '../../compiler/core/program/program.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';

const vectors = <T>(name: string): T =>
  JSON.parse(readFileSync(packagePath('test', 'vectors', name), 'utf8')) as T;

interface Toy {
  codes: Record<'z' | 'g' | 'o', number[][]>;
  biases: Record<'z' | 'g' | 'o', number[]>;
  steps: {
    x: number[];
    softsignZ: number[];
    softsignG: number[];
    rowZ: number[];
    rowG: number[];
    h: number[];
    logits: number[];
  }[];
}

describe('softsign', () => {
  const { pairs, checksum } = vectors<{ pairs: [number, number][]; checksum: number }>('softsign.json');

  test('equals the given points, also beyond its domain', () => {
    expect(pairs.length).toBeGreaterThan(3000);
    for (const [acc, y] of pairs) expect([acc, softsign(acc)]).toEqual([acc, y]);
  });

  test('equals the checksum over the whole domain, is odd, and ends at its largest value', () => {
    let sum = 0;
    let largest = 0;
    for (let n = 0; n <= SOFTSIGN_LIMIT; n++) {
      const y = softsign(n);
      if (softsign(-n) !== -y) throw new Error(`softsign(±${n})`);
      sum = (31 * sum + y) % 1_000_000_007; // 31 * 10^9 is exact as a number
      largest = Math.max(largest, y);
    }
    expect(sum).toBe(checksum);
    expect(largest).toBe(32264);
    expect(softsign(SOFTSIGN_LIMIT)).toBe(32264);
  });
});

describe('toy network', () => {
  const toy = vectors<Toy>('toy.json');
  const matrix = (key: 'z' | 'g' | 'o'): Matrix => {
    const codes = toy.codes[key];
    const rows = codes.length;
    const zero = new Int32Array(rows);
    return {
      rows,
      columns: codes[0]?.length ?? 0,
      codes: Uint8Array.from(codes.flat()),
      bias: Int32Array.from(toy.biases[key]),
      min: zero,
      max: zero,
    };
  };
  const gru: EgruLayer = {
    type: 'egru',
    name: 'cell',
    inputs: 2,
    units: 3,
    z: matrix('z'),
    g: matrix('g'),
    initialState: new Int16Array(3),
  };
  const out: DenseLayer = {
    type: 'dense',
    name: 'out',
    inputs: 3,
    units: 2,
    activation: 'none',
    matrix: matrix('o'),
  };
  const program: Program = {
    version: 1,
    name: 'toy',
    labels: ['a', 'b'],
    source: { file: 'toy.json', sha256: '' },
    quantizer: 'code',
    bias: 'septenary',
    frontend: null,
    layers: [gru, out],
    readout: null,
  };

  test('every state and logit at every step', () => {
    const network = new Network(program);
    expect(toy.steps.length).toBeGreaterThan(4);
    toy.steps.forEach((step, i) => {
      network.step(Int16Array.from(step.x));
      expect([i, [...(network.outputs[0] ?? [])]]).toEqual([i, step.h]);
      expect([i, [...network.logits]]).toEqual([i, step.logits]);
    });
  });

  test('every intermediate of the cell', () => {
    let h = [0, 0, 0];
    for (const { rowZ, rowG, softsignZ, softsignG, h: next } of toy.steps) {
      expect(rowZ.map(softsign)).toEqual(softsignZ);
      expect(rowG.map(softsign)).toEqual(softsignG);
      h = h.map((state, i) => blend(state, gate(rowZ[i] ?? 0), softsign(rowG[i] ?? 0)));
      expect(h).toEqual(next);
    }
  });

  test('reset equals fresh', () => {
    const network = new Network(program);
    for (const { x } of toy.steps) network.step(Int16Array.from(x));
    network.reset();
    network.step(Int16Array.from(toy.steps[0]?.x ?? []));
    expect([...(network.outputs[0] ?? [])]).toEqual(toy.steps[0]?.h);
  });
});

interface Digits {
  clips: { file: string; features: number[][]; steps: Record<string, number[]>[] }[];
}

test('spoken-digits: every layer at every step of three recordings', () => {
  const { clips } = vectors<Digits>('spoken-digits.json');
  const program = loadProgram(packagePath('test', 'vectors', 'spoken-digits'));
  const network = new Network(program);
  expect(clips.length).toBe(3);
  for (const { file, features, steps } of clips) {
    network.reset();
    expect(steps.length).toBe(64);
    steps.forEach((expected, step) => {
      network.step(Int16Array.from(features[step] ?? []));
      program.layers.forEach(({ name }, layer) => {
        expect({ file, step, name, values: [...(network.outputs[layer] ?? [])] }).toEqual({
          file,
          step,
          name,
          values: expected[name],
        });
      });
    });
  }
});
