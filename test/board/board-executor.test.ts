// SPDX-License-Identifier: Apache-2.0
/**
 * verify --on board: checksums that agree, one that does not, boards with other programs, and a bad line between them.
 */

import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import type { Program, StreamProgram } from '../../compiler/core/program/program.ts';
import { firmwareProgram } from '../../compiler/core/quant/detect.ts';
import { BoardExecutor } from '../../compiler/machines/device/device-executor.ts';
import type { Link } from '../../compiler/machines/device/link.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { verifyStreams } from '../../compiler/machines/verify/verify-streams.ts';
import { CHIP } from '../support/chip-facts.ts';
import { emulatedLink } from '../support/emulated-link.ts';
import { bursts, listener } from '../support/stream-program.ts';
import { toyProgram } from '../support/toy.ts';

const board = boards.trinket_m0;
const microphone = findMicrophone(board, 'adc');

const build = (program: Program) => buildFirmware(program, { board, microphone, kernel: 'packed' });

function start(firmware: Firmware, usb = false): { device: EmulatedDevice; link: Link } {
  const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone, usb });
  device.run(usb ? 300 : 20);
  return { device, link: emulatedLink(device, { usb }) };
}

const clipProgram = (spec: Parameters<typeof listener>[0]): StreamProgram => ({
  ...listener(spec),
  readout: { steps: 20, rule: 'sum' },
});
const clips = (lengths: readonly number[]) =>
  lengths.map((length, i) => ({ file: `clip ${i}`, samples: bursts(length, i + 1) }));

describe('a board', () => {
  it.each([
    ['a dense last layer', { frame: 128, hop: 128, seed: 114, last: 'dense' }],
    ['an eGRU as the last layer, over USB', { frame: 64, hop: 40, seed: 67, last: 'egru' }],
  ] as const)('has the integers of the reference: %s', async (name, spec) => {
    const program = clipProgram(spec);
    const { link } = start(await build(program), name.includes('USB'));
    const machine = await BoardExecutor.open(link, [program]);
    const report = await verify(program, clips([3000, 700, 64]), new ReferenceExecutor(program), [machine]);
    expect(report).toMatchObject({ differences: 0, first: null, executors: ['reference', 'board'] });
    expect(report.steps).toBeGreaterThan(20);
    const streams = await verifyStreams(program, clips([20_000, 5000]), new ReferenceExecutor(program), [
      machine,
    ]);
    expect(streams).toMatchObject({ differences: 0, first: null });
    expect(streams.events).toBeGreaterThan(0);
    await machine.close();
  });

  it('that is fed with features', async () => {
    const program = toyProgram();
    const { link } = start(await build(program));
    const machine = await BoardExecutor.open(link, [program, firmwareProgram(program)]);
    const inputs = clips([2 * 8 * 30]).map((clip) => ({ ...clip, samples: clip.samples.map((v) => v >> 1) }));
    const report = await verify(program, inputs, new ReferenceExecutor(program), [machine]);
    expect(report).toMatchObject({ differences: 0, first: null });
    expect(report.steps).toBeGreaterThan(5);
    await machine.close();
  });
});

describe('a board that computes something else', () => {
  const program = clipProgram({ frame: 128, hop: 128, seed: 114, last: 'dense' });
  const WRONG = 7; // counted from 0

  /** Unit 3 of layer 0 is 1 too large in one step of every clip, or in the first clip alone. */
  async function spoilt(always: boolean) {
    const firmware = await build(program);
    const { device, link } = start(firmware);
    const { chip } = device;
    const at = (name: string) => firmware.symbols.get(name) ?? 0;
    let calls = 0;
    const steps = 20;
    chip.hook(at('egru_readout'), () => {
      const call = calls++;
      if (call % steps !== WRONG || (!always && call > steps)) return;
      const unit = chip.peek32(at('arena') + 16) + 2 * 3;
      const value = (chip.peek16(unit) + 1) & 0xffff;
      chip.poke8(unit, value & 255);
      chip.poke8(unit + 1, value >> 8);
    });
    return BoardExecutor.open(link, [program]);
  }
  const clip = clips([128 * 20]);

  it('is asked for the trace of that frame, which names layer and unit', async () => {
    const machine = await spoilt(true);
    const reference = new ReferenceExecutor(program);
    const [truth] = await reference.run([clip[0]?.samples ?? new Int16Array()], true);
    const width = (truth?.trace?.length ?? 0) / 20;
    const value = truth?.trace?.[WRONG * width + 20 + 3] ?? Number.NaN; // behind 20 features
    const report = await verify(program, clip, reference, [machine]);
    expect(report.differences).toBeGreaterThan(0);
    expect(report.first).toMatchObject({ step: WRONG, layer: 0, unit: 3, expected: value, got: value + 1 });
    await machine.close();
  });

  it('and then does not: that is reported', async () => {
    const machine = await spoilt(false);
    await expect(verify(program, clip, new ReferenceExecutor(program), [machine])).rejects.toThrow(
      'emulated: frame 7 had another checksum than the reference, and has not when it is computed again',
    );
  });
});

describe('a board that cannot be compared', () => {
  it('has another program', async () => {
    const other = clipProgram({ frame: 64, hop: 40, seed: 67, last: 'egru' });
    const { link } = start(await build(other));
    await expect(BoardExecutor.open(link, [toyProgram()])).rejects.toThrow(
      /^emulated: the board holds another program \(.*, sha256 [0-9a-f]{12}…\): flash this one first$/,
    );
  });

  it('has no model', async () => {
    const firmware = await build(toyProgram());
    const { link } = start({ ...firmware, bin: firmware.bin.subarray(0, firmware.applicationFlash) });
    await expect(BoardExecutor.open(link, [toyProgram()])).rejects.toThrow(
      'emulated: the board has no model to compare: no model',
    );
  });

  it('sends damaged records', async () => {
    const program = clipProgram({ frame: 128, hop: 128, seed: 114, last: 'dense' });
    const device = new EmulatedDevice({ chip: CHIP, image: (await build(program)).bin, microphone });
    device.run(20);
    let spoil = false;
    const change = (bytes: Uint8Array) =>
      spoil ? bytes.map((byte, i) => (byte === 0x0a && i > 40 ? 0x20 : byte)) : bytes;
    const link = emulatedLink(device, { change, patience: 300 });
    const machine = await BoardExecutor.open(link, [program]);
    spoil = true;
    await expect(verify(program, clips([2000]), new ReferenceExecutor(program), [machine])).rejects.toThrow(
      /^emulated: /,
    );
  });
});
