// SPDX-License-Identifier: Apache-2.0
/** A recording through one board and one of its microphones, held to the reference event by event. */

import { expect } from 'vitest';
import { type Board, boards, type Microphone, ramEnd } from '../../compiler/boards/boards.ts';
import type { KernelName } from '../../compiler/codegen/emit/emit.ts';
import type { Silicon } from '../../compiler/emulator/samd21/samd21.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { decimated, soundFor, valuesPerBlock } from '../../compiler/machines/emulated/sound.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import type { FirmwareOptions } from '../../compiler/machines/firmware/options.ts';
import { CHIP } from './chip-facts.ts';
import { type Material, RATE, recording } from './recording.ts';

/** Samples of PCM that the firmware gets at a time. */
const BLOCK = 32;
const STACK_TOP = ramEnd(CHIP) - CHIP.reservedRam;
/** What firmware and model may take of the 32 KB, stack and the tables of the packed and sparse kernels included. */
const RAM_LIMIT = 9216;

export type Pair = readonly [name: string, board: Board, microphone: Microphone];

/** Every board with every microphone that it takes. */
export const pairs: readonly Pair[] = Object.values(boards).flatMap((board) =>
  board.microphones.map(
    (microphone) => [`${board.name} with ${microphone.name}`, board, microphone] as const,
  ),
);

export interface Listened {
  readonly events: number;
  /** Share of the time in which the CPU was awake. */
  readonly load: number;
}

/** How it is built, and with what chip. */
export type PairOptions = Pick<FirmwareOptions, 'optimize'> & {
  readonly kernel: KernelName;
  readonly silicon?: Silicon;
  /** Whether a host is there; false: the board runs from a battery. */
  readonly usb?: boolean;
};

/** @throws where an event differs, a sample or a line was lost, or the stack was deeper than proven */
export async function listenAndCompare(
  [, board, microphone]: Pair,
  material: Material,
  seconds: number,
  seed: number,
  { silicon, usb = true, ...build }: PairOptions = { kernel: 'unrolled' },
): Promise<Listened> {
  const { program } = material;
  const firmware = await buildFirmware(program, { board, microphone, ...build });
  const pcm = soundFor(microphone.name, { samples: recording(material, seconds, seed), sampleRate: RATE });
  const device = new EmulatedDevice({
    ...{ chip: CHIP, image: firmware.bin, microphone, usb },
    ...(silicon === undefined ? {} : { silicon }),
  });
  const said = { uart: '', usb: '' };
  device.onUart = (bytes) => {
    said.uart += Buffer.from(bytes).toString('latin1');
  };
  device.onUsb = (bytes) => {
    said.usb += Buffer.from(bytes).toString('latin1');
  };
  device.playPcm(pcm);
  // Counts what the interface has taken from the microphone, so that what was lost on its way is missed.
  const source = device.chip.microphone;
  if (source === null) throw new Error('no microphone');
  let taken = 0;
  device.chip.microphone = {
    next: () => {
      taken++;
      return source.next();
    },
  };
  while (!device.silent) device.run(10);
  const perBlock = valuesPerBlock(microphone.name);
  // The middle of a block: the ones before it have been read by now, and there is time left for a question before the
  // next one is complete. To be just behind the middle takes a first half, then steps much shorter than a half: the
  // silence may end anywhere in a block, also so late that the question, a millisecond, crosses into the next one.
  const half = () => Math.floor((2 * (taken % perBlock)) / perBlock);
  for (const wanted of [0, 1]) while (half() !== wanted) device.run(0.25);

  const [expected] = await new ReferenceExecutor(program).listen([decimated(microphone.name, pcm)], false);
  const lines = (expected?.events ?? []).map(
    ({ label, sample, score }) => `event ${label} ${sample} ${score}\n`,
  );
  expect(said.uart).toBe(`ok egru ready\n${lines.join('')}`);
  expect(said.usb).toBe(usb ? lines.join('') : '');

  said.uart = '';
  const blocks = Math.floor(taken / perBlock);
  device.send(Buffer.from('stats\n'));
  // The answer takes a millisecond, and longer where a frame is computed before it; the next block is complete later.
  for (let quarter = 0; quarter < 7 && !said.uart.endsWith('\n'); quarter++) device.run(0.25);
  expect(Math.floor(taken / perBlock)).toBe(blocks);
  const { frame = 0, hop = 1 } = program.frontend ?? {};
  const frames = Math.floor((BLOCK * blocks - frame) / hop) + 1;
  expect(frames).toBeGreaterThanOrEqual(expected?.steps ?? Infinity);
  const stats = new RegExp(`^ok stats frames ${frames} overruns 0 dropped 0 cycles .* stack (\\d+) of 2048 `);
  expect(said.uart).toMatch(stats);
  const stack = Number(stats.exec(said.uart)?.[1]);
  // What the firmware finds painted over is what the emulator has seen, and the proof covers it.
  expect(stack).toBe(STACK_TOP - device.chip.lowestStack);
  expect(stack).toBeLessThanOrEqual(firmware.stack.worst);
  expect(firmware.ram + firmware.stack.worst).toBeLessThanOrEqual(RAM_LIMIT);
  return { events: lines.length, load: device.load };
}
