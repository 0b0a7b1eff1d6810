// SPDX-License-Identifier: Apache-2.0
/** Random programs with an event-based GRU: thresholds at their ends, weights that saturate its gates, both readouts. */
import type { DenseLayer } from '../../compiler/core/program/cells/dense.ts';
import { type ByteMatrix, type EventGruLayer, GATES } from '../../compiler/core/program/cells/event-gru.ts';
import type { Layer, Program } from '../../compiler/core/program/program.ts';
import { Random } from '../support/random.ts';
import { fillRanges, matrixOf } from '../support/random-program.ts';
import type { EventCase } from './programs.ts';

/** `weights`: the largest byte; `shift` small: gates that saturate. */
export interface GruSpec {
  readonly seed: number;
  readonly inputs: number;
  readonly units: readonly number[];
  readonly thresholds: 'random' | 'ends' | 'firing' | 'silent';
  readonly readout: 'last' | 'trace';
  readonly shift: number;
  readonly zoneout: number;
}

export function gruSpecs(count: number, seed: number, maxWidth = 20): GruSpec[] {
  const random = new Random(seed);
  const width = () => random.between(1, maxWidth);
  return Array.from({ length: count }, (_, i) => ({
    seed: random.between(1, 1 << 30),
    inputs: width(),
    units: random.chance(0.5) ? [width()] : [width(), width()],
    thresholds: (['random', 'ends', 'firing', 'silent'] as const)[i % 4] ?? 'random',
    readout: random.pick(['last', 'trace'] as const),
    shift: random.between(0, 12),
    zoneout: random.pick([0, 0, 1, 4915, 32767]),
  }));
}

export function gruCase(spec: GruSpec, steps = 10): EventCase {
  const random = new Random(spec.seed);
  const layers: Layer[] = [];
  let inputs = spec.inputs;
  for (const [i, units] of spec.units.entries()) {
    layers.push(gruLayer(random, spec, `gru${i}`, inputs, units));
    inputs = units;
  }
  const dense: DenseLayer = {
    ...{ type: 'dense', name: 'out', inputs, units: 3, activation: 'none' },
    matrix: matrixOf(random, { units: 3, weights: 'mixed', zeros: 30 }, inputs, 'septenary', steps),
  };
  layers.push(dense);
  fillRanges(layers);
  const program: Program = {
    version: 1,
    name: `gru-${spec.seed}`,
    labels: ['a', 'b', 'c'],
    source: { file: 'random', sha256: spec.seed.toString(16).padStart(64, '0') },
    quantizer: 'code',
    bias: 'septenary',
    frontend: null,
    layers,
    readout: { steps, rule: 'sum' },
  };
  const features = Int16Array.from({ length: steps * spec.inputs }, () =>
    random.pick([0, 0, random.between(-32768, 32767), -32768, 32767]),
  );
  return { program, features, steps };
}

function gruLayer(random: Random, spec: GruSpec, name: string, inputs: number, units: number): EventGruLayer {
  const draw = (columns: number): ByteMatrix => ({
    shift: spec.shift,
    weights: Int8Array.from({ length: columns * GATES * units }, () =>
      random.pick([0, -127, 127, random.between(-40, 40)]),
    ),
    bias: Int32Array.from({ length: GATES * units }, () => random.between(-(2 ** 24), 2 ** 24)),
  });
  const kinds = {
    random: () => random.between(0, 20000),
    ends: () => random.pick([0, 1, 32767]),
    firing: () => 0,
    silent: () => 32767,
  };
  return {
    ...{ type: 'event-gru', name, inputs, units, readout: spec.readout, zoneout: spec.zoneout },
    threshold: Int16Array.from({ length: units }, kinds[spec.thresholds]),
    kernel: draw(inputs),
    recurrent: draw(units),
  };
}
