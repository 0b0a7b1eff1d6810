// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { energyRows } from '../../compiler/report/bench/energy-rows.ts';
import { energyTable } from '../../compiler/report/bench/markdown.ts';
import {
  CAPTURE_SHARE,
  CHIP_MILLIAMPS,
  estimateEnergy,
  idleMilliamps,
  microphoneParts,
  SLEEP_DIVIDER,
} from '../../compiler/report/measure/energy.ts';

const [part] = microphoneParts;
if (part === undefined) throw new Error('no microphones');
const capture = CAPTURE_SHARE[part.microphone];
const input = { frontendCycles: 0, networkCycles: 0, hopCycles: 768_000, coreClock: 48e6, gated: 0, part };

describe('energy', () => {
  it('of a chip that only captures, and of one that never sleeps', () => {
    const { active, idle, stopped } = CHIP_MILLIAMPS;
    expect([idleMilliamps(0), idleMilliamps(1)]).toEqual([stopped, idle]);
    const asleep = stopped + (idle - stopped) / SLEEP_DIVIDER[part.microphone];
    expect(estimateEnergy(input).chipMilliamps).toBeCloseTo(capture * active + (1 - capture) * asleep, 9);
    const busy = estimateEnergy({ ...input, networkCycles: 768_000 * (1 - capture) });
    expect(busy.load).toBeCloseTo(1, 9);
    expect(busy.chipMilliamps).toBeCloseTo(active, 9);
    // 6.32 mA and 0.23 mA at 3.3 V for 16 ms.
    expect(busy.microjoules).toBeCloseTo((6.32 + 0.23) * 3.3 * 16, 6);
  });

  it('by voice activity: the feature extractor stays, the network counts in active frames', () => {
    const some = { ...input, frontendCycles: 76_800, networkCycles: 153_600 };
    expect(estimateEnergy(some).load).toBeCloseTo(capture + 0.3, 9);
    expect(estimateEnergy({ ...some, gated: 0.75 }).load).toBeCloseTo(capture + 0.15, 9);
    expect(estimateEnergy({ ...some, gated: 1 }).load).toBeCloseTo(capture + 0.1, 9);
  });

  it('of what cannot be is refused', () => {
    expect(() => estimateEnergy({ ...input, networkCycles: 768_000 })).toThrow('cannot keep up');
    expect(() => estimateEnergy({ ...input, gated: 1.1 })).toThrow('a share of 1.1');
    expect(() => estimateEnergy({ ...input, gated: Number.NaN })).toThrow('a share of NaN');
  });

  it('leaves out kernels that cannot keep up', () => {
    const frontend = { cycles: 0, cyclesMax: 0, cyclesBound: 11_691 };
    const kernels = [
      { name: 'fast', cyclesPerStepBound: 14_490 },
      { name: 'slow', cyclesPerStepBound: 4e6 },
    ];
    const rows = energyRows({ kernels, frontend }, 128, 8000, 0.9);
    expect(rows.map(({ kernel, part: each }) => `${kernel} ${each}`)).toEqual(
      microphoneParts.map((each) => `fast ${each.part}`),
    );
    for (const { alwaysOn, gated } of rows) expect(gated.microjoules).toBeLessThan(alwaysOn.microjoules);
  });
});

describe('docs/BENCHMARKS.md', () => {
  it('has the energy that follows from its own cycles', () => {
    const text = readFileSync(packagePath('docs', 'BENCHMARKS.md'), 'utf8');
    const sections = text
      .split(/^## /m)
      .filter((section) => section.includes('Feature extractor, one frame'));
    expect(sections.length).toBeGreaterThan(0);
    for (const section of sections) {
      const number = (cell = '') => Number(cell.replaceAll(',', ''));
      const cyclesBound = number(/at most, ([\d,]+) with flash lines/.exec(section)?.[1]);
      const kernels = [...section.matchAll(/^\| egru `(\w+)` \|(.+)\|$/gm)]
        .map(([, name = '', cells = '']) => ({ name, cells: cells.split('|') }))
        .filter(({ cells }) => cells.length === 7 && !cells[0]?.includes('('))
        .map(({ name, cells }) => ({ name, cyclesPerStepBound: number(cells[3]) }));
      expect(kernels.map(({ name }) => name)).toEqual(expect.arrayContaining(['packed', 'unrolled']));
      const frontend = { cycles: 0, cyclesMax: 0, cyclesBound };
      for (const row of energyTable(energyRows({ kernels, frontend }, 128, 8000, 0.9), 0.9)) {
        expect(section).toContain(row);
      }
    }
  });
});
