// SPDX-License-Identifier: Apache-2.0
/**
 * Random quantized programs and inputs for them, for every test that compares executors. What varies is a small
 * specification that fast-check can shrink; the thousands of weights come from its seed.
 */
import fc from 'fast-check';
import type { Activation, DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import type { EgruLayer } from '../../compiler/core/program/cells/egru.ts';
import type { BiasRule, Layer, Matrix, Program } from '../../compiler/core/program/program.ts';
import { programRanges } from '../../compiler/core/program/program-ranges.ts';
import { INT32_LIMIT } from '../../compiler/core/program/range.ts';
import { Random } from './random.ts';

/** How weights are drawn: one code everywhere, or every code with the given share of zeros. */
export type WeightKind = 'all zero' | 'all one' | 'all minus one' | 'mixed';
export type StateKind = 'zeros' | 'random' | 'extreme';
export type InputKind = 'random' | 'extreme' | 'lowest' | 'highest' | 'zeros';

export interface LayerSpec {
  readonly type: 'egru' | 'dense';
  readonly units: number;
  readonly weights: WeightKind;
  /** Percentage of zero weights where they are mixed. */
  readonly zeros: number;
  readonly state: StateKind;
}

export interface ProgramSpec {
  readonly seed: number;
  readonly inputs: number;
  readonly layers: readonly LayerSpec[];
  /** Of a dense layer at the end. */
  readonly lastActivation: Activation;
  readonly bias: BiasRule;
  readonly readout: 'sum' | 'last' | null;
  readonly steps: number;
  readonly input: InputKind;
}

export interface SpecLimits {
  readonly maxLayers?: number;
  /** Of inputs and of units. */
  readonly maxWidth?: number;
  readonly maxSteps?: number;
}

const ONE = 0;
const MINUS_ONE = 4;
const ZERO = 7;
const LEVELS = [0, 1, 2, 4, 5, 6] as const;

/** Specifications over everything that a program may be; small ones first when fast-check shrinks. */
export function specArbitrary(limits: SpecLimits = {}): fc.Arbitrary<ProgramSpec> {
  const { maxLayers = 4, maxWidth = 128, maxSteps = 6 } = limits;
  // Widths around the kernel's tiles of four and the packed word's edges matter most; wide ones now and then.
  const width = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: Math.min(9, maxWidth) }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: Math.min(40, maxWidth) }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: maxWidth }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...[1, 15, 16, 17, 31, 32, 33, 127, 128, maxWidth].filter((n) => n <= maxWidth),
      ),
    },
  );
  const layer = fc.record({
    type: fc.constantFrom('egru' as const, 'dense' as const),
    units: width,
    weights: fc.oneof(
      { weight: 4, arbitrary: fc.constant('mixed' as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('all zero' as const, 'all one' as const, 'all minus one' as const),
      },
    ),
    zeros: fc.integer({ min: 0, max: 100 }),
    state: fc.constantFrom('zeros' as const, 'random' as const, 'extreme' as const),
  });
  return fc.record({
    seed: fc.integer({ min: 1, max: 0x7fffffff }),
    inputs: width,
    layers: fc.array(layer, { minLength: 1, maxLength: maxLayers }),
    lastActivation: fc.constantFrom('relu' as const, 'none' as const),
    bias: fc.constantFrom('septenary' as const, 'q15' as const),
    readout: fc.constantFrom('sum' as const, 'last' as const, null),
    steps: fc.integer({ min: 1, max: maxSteps }),
    input: fc.constantFrom(
      'random' as const,
      'extreme' as const,
      'lowest' as const,
      'highest' as const,
      'zeros' as const,
    ),
  });
}

/** `count` specifications, the same ones for the same seed: for batches that one compiled binary serves. */
export function specs(count: number, seed: number, limits: SpecLimits = {}): ProgramSpec[] {
  return fc.sample(specArbitrary(limits), { numRuns: count, seed });
}

/** The program of a specification, without a feature extractor. Its readout has as many steps as the specification. */
export function programOf(spec: ProgramSpec): Program {
  const random = new Random(spec.seed);
  let inputs = spec.inputs;
  const layers = spec.layers.map((one, index): Layer => {
    const last = index === spec.layers.length - 1;
    const shared = { name: `layer${index}`, inputs, units: one.units };
    const sums = last && spec.readout === 'sum' ? spec.steps : 1;
    const draw = (columns: number): Matrix => matrixOf(random, one, columns, spec.bias, sums);
    inputs = one.units;
    if (one.type === 'dense') {
      const activation = last ? spec.lastActivation : 'relu';
      const dense: DenseLayer = { type: 'dense', ...shared, activation, matrix: draw(shared.inputs) };
      return dense;
    }
    const columns = shared.inputs + one.units;
    const egru: EgruLayer = {
      type: 'egru',
      ...shared,
      z: draw(columns),
      g: draw(columns),
      initialState: stateOf(random, one),
    };
    return egru;
  });
  fillRanges(layers);
  return {
    version: 1,
    name: `random-${spec.seed}`,
    labels: Array.from({ length: inputs }, (_, i) => `label ${i}`),
    source: { file: 'random', sha256: spec.seed.toString(16).padStart(64, '0') },
    quantizer: 'code',
    bias: spec.bias,
    frontend: null,
    layers,
    readout: spec.readout === null ? null : { steps: spec.steps, rule: spec.readout },
  };
}

/** Q15 features for a program of the specification: steps x inputs. */
export function featuresOf(spec: ProgramSpec): Int16Array {
  const random = new Random(spec.seed ^ 0x3c6ef372);
  const draw: Record<InputKind, () => number> = {
    random: () => random.between(-32768, 32767),
    extreme: () => random.pick([-32768, -32767, -1, 0, 1, 2, 3, 32766, 32767]),
    lowest: () => -32768,
    highest: () => 32767,
    zeros: () => 0,
  };
  return Int16Array.from({ length: spec.steps * spec.inputs }, draw[spec.input]);
}

/** Matrix.min and max as the compiler states them; room for them is left by biasOf. */
export function fillRanges(layers: readonly Layer[]): void {
  const { matrices } = programRanges({ frontend: null, layers });
  for (const { matrix, ranges } of matrices) {
    matrix.min.set(ranges.map(({ min }) => min));
    matrix.max.set(ranges.map(({ max }) => max));
  }
}

function stateOf(random: Random, spec: LayerSpec): Int16Array {
  const draw: Record<StateKind, () => number> = {
    zeros: () => 0,
    random: () => random.between(-32768, 32767),
    extreme: () => random.pick([-32768, 32767]),
  };
  return Int16Array.from({ length: spec.units }, draw[spec.state]);
}

/** @param sums of logits that a readout adds; 1 for any other layer */
export function matrixOf(
  random: Random,
  spec: Pick<LayerSpec, 'units' | 'weights' | 'zeros'>,
  columns: number,
  bias: BiasRule,
  sums: number,
): Matrix {
  const rows = spec.units;
  const codes = Uint8Array.from({ length: rows * columns }, () => codeOf(random, spec));
  // No product is larger than 32768; a readout adds as many logits as the clip has steps.
  const room = Math.floor(INT32_LIMIT / sums) - columns * 32768;
  const biases = Int32Array.from({ length: rows }, () => biasOf(random, bias, room));
  return { rows, columns, codes, bias: biases, min: new Int32Array(rows), max: new Int32Array(rows) };
}

function codeOf(random: Random, spec: Pick<LayerSpec, 'weights' | 'zeros'>): number {
  switch (spec.weights) {
    case 'all zero':
      return ZERO;
    case 'all one':
      return ONE;
    case 'all minus one':
      return MINUS_ONE;
    case 'mixed':
      return random.chance(spec.zeros / 100) ? ZERO : random.pick(LEVELS);
  }
}

/** A bias; |q15| is at most `room`, so that the accumulator stays within ±(2^31 - 1). */
function biasOf(random: Random, rule: BiasRule, room: number): number {
  if (rule === 'septenary') {
    const value = random.pick([0, 8192, 16384, 32768]);
    return random.chance(0.5) ? -value : value;
  }
  const largest = Math.min(room, random.pick([0, 100, 32768, 2 ** 21, 2 ** 26, INT32_LIMIT]));
  return random.chance(0.2) ? random.pick([-largest, largest]) : random.between(-largest, largest);
}
