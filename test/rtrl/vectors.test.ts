// SPDX-License-Identifier: Apache-2.0
/** Real-time recurrent learning against an independent implementation: gradients, densities and counted operations. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventGru } from '../../compiler/training/rtrl/event-gru.ts';
import type { RtrlNet } from '../../compiler/training/rtrl/layout.ts';
import { FORMS, Rtrl } from '../../compiler/training/rtrl/rtrl.ts';
import { lackingRecordings, vectorsFile } from '../support/shared.ts';
import { densitiesOf } from './densities.ts';
import { expectNear } from './nets.ts';

type Rows = readonly (readonly number[])[];
interface Tensors {
  readonly kernel: Rows;
  readonly recurrent_kernel: Rows;
  readonly bias: readonly number[];
  readonly recurrent_bias: readonly number[];
  readonly thr: readonly number[];
}
interface Case {
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  readonly zoneout?: number;
  readonly dampening: number;
  readonly support: number;
  readonly mask: Rows | null;
  readonly tensors: Tensors;
  readonly x: Rows;
  readonly weights: Readonly<Record<'dy' | 'dh' | 'do' | 'dtrace', Rows>>;
  readonly gradients: Tensors;
  readonly tolerance: number;
}
interface Counted extends Case {
  readonly counters: Readonly<
    Record<
      'macs' | 'denseMacs' | 'parameters' | 'allParameters' | 'memoryValues' | 'denseMemoryValues',
      number
    >
  >;
  readonly densities: readonly Readonly<Record<'Mh' | 'My' | 'J' | 'o' | 'liveRows', number>>[];
}

const RTRL = vectorsFile('event', 'rtrl.json');
const GRADIENTS = vectorsFile('event', 'event-gru-gradients.json');
const cases = <T>(path: string) => (JSON.parse(readFileSync(path, 'utf8')) as { cases: T[] }).cases;

const flat = ({ kernel, recurrent_kernel, bias, recurrent_bias, thr }: Tensors) =>
  Float64Array.from([kernel.flat(), recurrent_kernel.flat(), bias, recurrent_bias, thr].flat());

function netOf({ inputs, units, zoneout, dampening, support, mask, tensors }: Case): RtrlNet {
  const net = { cell: eventGru(zoneout), inputs, units, surrogate: { dampening, support } };
  if (mask === null) return net;
  const kept = Uint8Array.from(flat(tensors), () => 1);
  kept.set(mask.flat(), inputs * 3 * units);
  return { ...net, mask: kept };
}

/** A run over all steps, with densities after each. */
function run(one: Case, rtrl: Rtrl) {
  rtrl.load(flat(one.tensors));
  rtrl.reset();
  const densities = one.x.map((x, t) => {
    const liveRows = rtrl.live.reduce((sum, live) => sum + live, 0);
    rtrl.step(Float64Array.from(x));
    const row = (rows: Rows) => Float64Array.from(rows[t] ?? []);
    const { dy, dh, do: dO, dtrace } = one.weights;
    rtrl.addGradient({ y: row(dy), h: row(dh), o: row(dO), trace: row(dtrace) });
    return { ...densitiesOf(rtrl), liveRows };
  });
  const gradient = new Float64Array(rtrl.layout.size);
  rtrl.takeGradient(gradient);
  return { densities, gradient };
}

test.skipIf(lackingRecordings(RTRL))('gradients, densities and counts', () => {
  const all = cases<Counted>(RTRL);
  expect(all.length).toBeGreaterThan(3);
  for (const one of all) {
    const { counters, name } = one;
    for (const [form, rules] of Object.entries(FORMS)) {
      const rtrl = new Rtrl(netOf(one), rules, { trace: true });
      const { gradient, densities } = run(one, rtrl);
      expectNear(gradient, flat(one.gradients), one.tolerance, `${name} ${form}`);
      // That of a loss which does not depend on traces.
      const { values, columns } = new Rtrl(netOf(one), rules).memory;
      if (rules === FORMS.dense) {
        expect(rtrl.count.macs, name).toBe(counters.denseMacs);
        expect([columns, values]).toEqual([counters.allParameters, counters.denseMemoryValues]);
      }
      if (rules !== FORMS.both) continue;
      expect(rtrl.count.macs, name).toBe(counters.macs);
      expect([columns, values]).toEqual([counters.parameters, counters.memoryValues]);
      expect(densities, name).toEqual(one.densities);
    }
  }
});

test.skipIf(lackingRecordings(GRADIENTS))('gradients of back-propagation, with zoneout and masks', () => {
  const all = cases<Case>(GRADIENTS);
  expect(all.length).toBeGreaterThan(3);
  for (const one of all) {
    const { gradient } = run(one, new Rtrl(netOf(one), FORMS.both, { trace: true }));
    expectNear(gradient, flat(one.gradients), 1e-9, one.name);
  }
});
