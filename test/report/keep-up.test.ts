// SPDX-License-Identifier: Apache-2.0
/** compile and flash compare what a frame takes with the hop; a long search shows how far it is. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planSteps } from '../../compiler/codegen/kernels/index.ts';
import { programToJson } from '../../compiler/core/program/program-json.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { estimateKernel, mixedEstimates } from '../../compiler/report/measure/estimate.ts';
import { egru, inWork, json, MODEL, refusal, write } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';

/** The same network, asked 32 times as often: no kernel is fast enough. */
const stated = programToJson(loadProgram(packagePath(MODEL)));
const fast = write('fast.json', stated.replace(/"hop": ?128/, '"hop": 4'));

describe('compile', () => {
  it('refuses what cannot keep up, and writes it with --force', async () => {
    expect(await refusal(['compile', fast, '-o', inWork('fast')])).toMatch(
      /^spoken-digits: cannot keep up: \d+\.\d % of a hop at worst .*or --force \(unrolled kernel\)$/,
    );
    expect(existsSync(inWork('fast'))).toBe(false);
    const { load, files } = await json(['compile', fast, '-o', inWork('fast'), '--force']);
    expect((load as { share: number }).share).toBeGreaterThan(1);
    expect((files as string[]).length).toBeGreaterThan(3);
  });
});

describe.skipIf(lacking('arm'))('flash', () => {
  const flash = (model: string, ...more: string[]) => [
    ...['flash', model, '--board', 'feather_m0', '--method', 'uf2', '--dry-run'],
    ...more,
  ];

  it('prints the share of the hop (needs gcc-arm-none-eabi)', async () => {
    const { code, stdout } = await egru(flash(MODEL), { EGRU_ROOT: inWork('nowhere') });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^a frame takes \d\.\d % of a hop at worst \([\d,]+ of 768,000 cycles, estimated\)$/m,
    );
  });

  it('refuses a model that cannot keep up', async () => {
    expect(await refusal(flash(fast))).toMatch(/^spoken-digits: cannot keep up: /);
  });
});

describe('a search', () => {
  it('reports shares that grow to the end, and nothing when it is known', () => {
    const program = loadProgram(packagePath(MODEL));
    const shares: number[] = [];
    planSteps(program, (share) => shares.push(share));
    expect(shares.length).toBeGreaterThan(10);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.9);
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
    const again: number[] = [];
    planSteps(program, (share) => again.push(share));
    expect(again).toEqual([]);
  });

  it('counts the mixed kernels that are estimated', () => {
    const done: number[] = [];
    const program = loadProgram(packagePath(MODEL));
    const estimates = mixedEstimates(program, 2, (n) => done.push(n));
    expect(done).toEqual([0, 1]);
    // The last one has all rows unrolled, and the cells' small tables: 12 KB less, six cycles more a unit.
    const fastest = estimateKernel(program, 'unrolled');
    const { flash = 0, cyclesMin = 0 } = estimates.at(-1) ?? {};
    expect(fastest.flash - flash).toBeGreaterThan(12_000);
    const units = program.layers.reduce((sum, layer) => sum + (layer.type === 'egru' ? layer.units : 0), 0);
    expect(cyclesMin - fastest.cyclesMin).toBeLessThanOrEqual(6 * units);
  });
});
