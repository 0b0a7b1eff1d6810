// SPDX-License-Identifier: Apache-2.0
/** Firmware that cannot keep up is refused, with what would. */
import { describe, expect, it } from 'vitest';
import { defaultBoard, findMicrophone } from '../../compiler/boards/boards.ts';
import { checkLoad, describeLoad } from '../../compiler/cli/shared/keep-up.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { firmwareProgram } from '../../compiler/core/quant/detect.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { frameLoad, mostCycles } from '../../compiler/report/measure/frame-load.ts';

const program = firmwareProgram(loadProgram(packagePath('models', 'spoken-digits')));
const microphone = findMicrophone(defaultBoard, 'i2s');

/** The same network, asked more often. */
function withHop(hop: number): Program {
  if (program.frontend === null) throw new Error('the model has a feature extractor');
  return { ...program, frontend: { ...program.frontend, hop } };
}

function refusal(hop: number, kernel: 'packed' | 'unrolled'): string {
  try {
    checkLoad(withHop(hop), kernel, defaultBoard, microphone, false);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('not refused');
}

describe('the share of a hop', () => {
  it('is that of network, feature extractor and capture, with lines of flash', () => {
    const load = checkLoad(program, 'packed', defaultBoard, microphone, false);
    expect(load?.hopCycles).toBe(768_000);
    expect(load?.network).toBeGreaterThan(52_000 * 1.2);
    expect(load?.share).toBeCloseTo(
      ((load?.network ?? 0) + (load?.frontend ?? 0) + (load?.capture ?? 0)) / 768_000,
      9,
    );
    expect(describeLoad(load ?? fail())).toMatch(
      /^\d+\.\d % of a hop at worst \([\d,]+ of 768,000 cycles, estimated\)$/,
    );
  });

  it('grows with shorter hops, up to a bound for the step', () => {
    const short = frameLoad(withHop(16), 'packed', defaultBoard, microphone);
    expect(short?.share).toBeGreaterThan(0.8);
    const most = mostCycles(withHop(16), defaultBoard, 'i2s') ?? 0;
    expect(most).toBeGreaterThan(50_000);
    expect(most).toBeLessThan(96_000);
  });

  it('is unknown where the firmware is fed through its port', () => {
    expect(checkLoad({ ...program, frontend: null }, 'packed', defaultBoard, microphone, false)).toBeNull();
  });
});

describe('what cannot keep up', () => {
  it('names a kernel that would', () => {
    expect(refusal(12, 'packed')).toMatch(
      /^spoken-digits: cannot keep up: 1\d\d\.\d % of a hop at worst .*; --kernel unrolled would, or --force/,
    );
  });

  it('names pruning, fewer units and a longer hop otherwise, in a line', () => {
    const message = refusal(4, 'unrolled');
    expect(message).toMatch(
      /; would: about \d+\.\d % non-zero weights, layers of \d+ units, a hop of \d+; or --force/,
    );
    expect(message.length).toBeLessThanOrEqual(200);
  });

  it('is built all the same where that is asked for', () => {
    expect(checkLoad(withHop(4), 'packed', defaultBoard, microphone, true)?.share).toBeGreaterThan(1);
  });
});

function fail(): never {
  throw new Error('there is a load');
}
