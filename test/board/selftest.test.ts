// SPDX-License-Identifier: Apache-2.0
/** `egru selftest` on boards that are well, and on some that are not: a slow clock, a microphone that says nothing. */
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { streamProgram } from '../../compiler/core/quant/detect.ts';
import type { Silicon } from '../../compiler/emulator/samd21/samd21.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { Link, type Wire } from '../../compiler/machines/device/link.ts';
import { recordings } from '../../compiler/machines/device/listening-load.ts';
import { loudness } from '../../compiler/machines/device/loudness.ts';
import { type SelfTest, selfTest } from '../../compiler/machines/device/self-test.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { CHIP } from '../support/chip-facts.ts';

const program = streamProgram(loadProgram(packagePath('models', 'spoken-digits')), 'spoken-digits');
const speech = await recordings(packagePath('models', 'spoken-digits', 'samples'));
const SECONDS = 4;
/** "ok\n" */
const OK = 3;

interface Conditions {
  readonly silent?: boolean;
  readonly usb?: boolean;
  /** Whether what follows the answer to `record on` is lost on the line. */
  readonly deaf?: boolean;
  readonly silicon?: Silicon;
  /** By how much the board's clock is off, seen from outside. */
  readonly slow?: number;
  readonly update?: boolean;
}

async function test(
  name: 'feather_m0' | 'circuitplay_express',
  { silent = false, usb = true, deaf = false, silicon = {}, slow = 0, update = false }: Conditions = {},
): Promise<SelfTest> {
  const board = boards[name];
  const microphone = findMicrophone(board, undefined);
  const firmware = await buildFirmware(program, { board, microphone, kernel: 'unrolled' });
  const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone, usb, silicon });
  const samples = Int16Array.from({ length: 8 * 8000 }, (_, i) =>
    silent ? 0 : (speech.samples[i % speech.samples.length] ?? 0),
  );
  device.play({ samples, sampleRate: 8000 });
  device.run(300);
  const wire: Wire = {
    path: 'emulated',
    onBytes: () => {},
    write: async (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      if (deaf && text.includes('record on')) line = 'answer';
      else if (line === 'lost') line = 'back';
      send(bytes);
    },
    close: async () => {},
  };
  let line: 'whole' | 'answer' | 'lost' | 'back' = 'whole';
  const send = device.connect(usb ? 'usb' : 'uart', (bytes) => {
    const at = Buffer.from(bytes).toString('latin1').indexOf('ok\n');
    if (line === 'whole') wire.onBytes(bytes);
    else if (line !== 'lost' && at >= 0) {
      wire.onBytes(line === 'answer' ? bytes.subarray(0, at + OK) : bytes.subarray(at));
      line = line === 'answer' ? 'lost' : 'whole';
    }
  });
  const now = () => device.seconds * (1 + slow);
  const outside = {
    now,
    wait: async (seconds: number) => {
      for (const end = now() + seconds; now() < end; ) await turn();
    },
    keep: () => 'kept.bin',
  };
  let over = false;
  const report = selfTest(
    new Link(wire),
    { seconds: SECONDS, update },
    outside,
    new AbortController().signal,
  ).finally(() => {
    over = true;
  });
  while (!over) {
    device.run(1);
    await turn();
  }
  return report;
}

describe('a board', () => {
  it.each(['feather_m0', 'circuitplay_express'] as const)('%s that is well', async (name) => {
    const report = await test(name);
    expect(report.failures).toEqual([]);
    expect(report.identity).toMatchObject({ board: name, model: { name: 'spoken-digits' }, defect: null });
    expect(report.clock.seconds).toBeGreaterThan(SECONDS);
    expect(report.clock.uncertainty).toBeLessThan(0.002);
    expect(Math.abs(report.clock.error)).toBeLessThan(report.clock.uncertainty + 0.0003);
    expect(report.cycles.min).toBeGreaterThan(8000);
    expect(report.cycles.max).toBeLessThan(60_000);
    expect(report.cycles.hop).toBe(name === 'feather_m0' ? 128 * 46 * 128 : 128 * 47 * 125);
    expect(report).toMatchObject({
      overruns: 0,
      dropped: 0,
      fault: 'none',
      reset: 'power-on',
      noSound: null,
    });
    expect(report.stack.reached).toBeGreaterThan(100);
    expect(report.sound?.peak).toBeGreaterThan(-20);
    expect(report.sound?.floor).toBeLessThan(report.sound?.level ?? 0);
  });

  it('whose clock is 1.5 % slow', async () => {
    const { clock, failures } = await test('feather_m0', { slow: 0.015 });
    expect(clock.error).toBeCloseTo(1 / 1.015 - 1, 3);
    expect(failures).toEqual([expect.stringMatching(/^the clock is off by -1\.\d+ %$/)]);
  });

  it('whose microphone is silent', async () => {
    const { sound, failures } = await test('feather_m0', { silent: true });
    expect(sound).toEqual({ level: null, peak: null, floor: null, offset: 0 });
    expect(failures).toEqual([
      'the microphone is silent: look at its wires, tie SEL to the other level, and try again',
    ]);
  });

  it('whose sound does not come through', async () => {
    const { sound, noSound, failures } = await test('feather_m0', { usb: false, deaf: true });
    expect([sound, noSound]).toEqual([null, 'no sound comes from the board']);
    expect(failures).toEqual([]);
  });
});

it('loudness of a square wave with an offset, quiet in its second half', () => {
  const samples = Int16Array.from(
    { length: 16_000 },
    (_, i) => 100 + (i % 2 === 0 ? 1 : -1) * (i < 8000 ? 3277 : 33),
  );
  const { level, peak, floor, offset } = loudness(samples);
  expect(offset).toBeCloseTo(100, 6);
  expect(peak).toBeCloseTo(-20, 1);
  expect(floor).toBeCloseTo(-59.9, 1);
  expect(level).toBeCloseTo(-23, 1);
});
