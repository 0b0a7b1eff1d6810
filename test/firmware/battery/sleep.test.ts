// SPDX-License-Identifier: Apache-2.0
/** From a battery the buses are slow while the chip sleeps: less current, the same events, and a USB host ends it. */
import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../../compiler/boards/boards.ts';
import { streamProgram } from '../../../compiler/core/quant/detect.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { loadProgram } from '../../../compiler/host/load/load-program.ts';
import { listeningLoad, recordings } from '../../../compiler/machines/device/listening-load.ts';
import { EmulatedDevice } from '../../../compiler/machines/emulated/emulated-device.ts';
import { buildFirmware } from '../../../compiler/machines/firmware/firmware.ts';
import { CHIP_MILLIAMPS, idleMilliamps, SLEEP_DIVIDER } from '../../../compiler/report/measure/energy.ts';
import { CHIP } from '../../support/chip-facts.ts';
import { listenAndCompare, type Pair, pairs } from '../../support/pair.ts';
import { material } from '../../support/recording.ts';

const SECONDS = 30;
/** By how much the chip's own current must fall, in sound that voice activity never keeps from the network. */
const SAVED = { i2s: 0.3, adc: 0.3, pdm: 0.24 } as const;

const digits = streamProgram(loadProgram(packagePath('models', 'spoken-digits')), 'spoken-digits');
const sound = await recordings(packagePath('models', 'spoken-digits', 'samples'));

/** One pair for each kind of microphone. */
const kinds = (['i2s', 'adc', 'pdm'] as const).map((kind): Pair => {
  const pair = pairs.find(([, , { name }]) => name === kind);
  if (pair === undefined) throw new Error(`no board with ${kind}`);
  return pair;
});

describe.each(kinds)('%s, on a battery', (name, board, microphone) => {
  it('saves', async () => {
    const firmware = await buildFirmware(digits, { board, microphone, kernel: 'unrolled' });
    const { bound, sleepBuses } = listeningLoad(firmware, microphone, sound, false);
    const buses = sleepBuses / (1 - bound);
    // The estimate of energy counts with the divider.
    expect(buses).toBeCloseTo(1 / SLEEP_DIVIDER[microphone.name], 9);
    const current = (share: number) => bound * CHIP_MILLIAMPS.active + (1 - bound) * idleMilliamps(share);
    expect(1 - current(buses) / current(1)).toBeGreaterThanOrEqual(SAVED[microphone.name]);
    const withHost = listeningLoad(firmware, microphone, sound);
    expect(withHost.sleepBuses).toBeCloseTo(1 - withHost.bound, 9);
    expect(bound - withHost.bound).toBeLessThan(0.001);
  });

  it('misses nothing', async () => {
    const options = { kernel: 'unrolled', usb: false } as const;
    const { events } = await listenAndCompare([name, board, microphone], material(), SECONDS, 7, options);
    expect(events).toBeGreaterThanOrEqual(5);
  });
});

it('a USB host keeps the buses fast, from its first reset to the pulled cable; the UART needs none', async () => {
  const board = boards.feather_m0;
  const microphone = findMicrophone(board, 'i2s');
  const firmware = await buildFirmware(digits, { board, microphone, kernel: 'packed' });
  const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone, usb: true });
  let said = '';
  device.onUart = (bytes) => {
    said += Buffer.from(bytes).toString('latin1');
  };
  /** The share of their clock that the buses have asleep. */
  const buses = (milliseconds: number): number => {
    const { sleepCycles, sleepBusCycles } = device.chip;
    device.run(milliseconds);
    return (device.chip.sleepBusCycles - sleepBusCycles) / (device.chip.sleepCycles - sleepCycles);
  };
  device.run(200);
  expect(buses(100)).toBe(1);
  device.usb?.unplug();
  device.run(20);
  expect(buses(100)).toBeCloseTo(1 / 16, 9);
  said = '';
  device.send(Buffer.from('name\n'));
  device.run(20);
  expect(said).toBe('ok name spoken-digits\n');
  device.usb?.plug();
  device.run(200);
  expect(device.usb?.device).not.toBeNull();
  expect(buses(100)).toBe(1);
});
