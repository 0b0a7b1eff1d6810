// SPDX-License-Identifier: Apache-2.0
/** Updates of a board's model that lose power at any cycle, more than once: the old model, none, or the new one. */

import type { Microphone } from '../../../compiler/boards/boards.ts';
import { programDigest } from '../../../compiler/core/program/digest.ts';
import type { Program } from '../../../compiler/core/program/program.ts';
import { Link, type Wire } from '../../../compiler/machines/device/link.ts';
import { EmulatedDevice } from '../../../compiler/machines/emulated/emulated-device.ts';
import type { Firmware } from '../../../compiler/machines/firmware/firmware.ts';
import { APPLICATION_START, CHIP } from '../../support/chip-facts.ts';
import { Desk } from '../../support/desk.ts';
import type { Random } from '../../support/random.ts';

/** A row takes 6 ms to be erased, a page 2.5 ms to be written, at most (data sheet, 37.12), at 48 MHz. */
const ERASES = 288_000;
/** Cycles of the whole update, about. */
const PER_PAGE = 2_000_000;
const MILLISECOND = 48_000;
/** That pass after a command. */
const WAIT = 40;
const MOST_CUTS = 3;

class PowerLost extends Error {}

export interface Update {
  readonly old: Program;
  readonly next: Program;
  readonly firmware: Firmware;
  readonly nextFirmware: Firmware;
  readonly microphone: Microphone;
}

/** One board through some cuts to a complete update. @returns what was wrong */
export async function powerRound(random: Random, update: Update): Promise<string[]> {
  const { old, next, firmware, nextFirmware, microphone } = update;
  const digests = [programDigest(old), programDigest(next)];
  let image: Uint8Array = firmware.bin;
  for (let cut = random.between(1, MOST_CUTS); cut > 0; cut--) {
    const most = PER_PAGE * Math.ceil(nextFirmware.model.length / 64);
    image = await cutUpdate(image, update, random, random.between(0, most));
    const desk = new Desk(image, microphone);
    const greeting = desk.said;
    const info = desk.ask('info\n');
    if (greeting === 'ok egru ready\n') {
      if (!digests.some((digest) => info.includes(digest)))
        return [`ready, but with ${JSON.stringify(info)}`];
    } else if (!/^error (no model|the model is damaged: [a-z ]+)\n$/.test(greeting)) {
      return [`starts with ${JSON.stringify(greeting)}`];
    } else if (!info.includes(' defect ')) return [`no model, but ${JSON.stringify(info)}`];
  }
  const whole = await cutUpdate(image, update, random, Number.POSITIVE_INFINITY);
  const info = new Desk(whole, microphone).ask('info\n');
  return info.includes(programDigest(next)) ? [] : [`after a whole update ${JSON.stringify(info)}`];
}

/** @returns flash as power left it: a change that was under way is torn */
async function cutUpdate(
  image: Uint8Array,
  { nextFirmware, microphone }: Update,
  random: Random,
  cycles: number,
): Promise<Uint8Array> {
  const device = new EmulatedDevice({ chip: CHIP, image, microphone });
  const { chip } = device;
  const { flash8 } = chip.memory;
  device.run(20);
  const end = chip.cycles + cycles;
  let change: { address: number; before: Uint8Array; cycle: number } | null = null;
  chip.onFlashChange = ({ address, bytes }) => {
    change = { address, before: flash8.slice(address, address + bytes.length), cycle: chip.cycles };
  };
  const wire: Wire = {
    path: 'emulated',
    onBytes: () => {},
    write: async (bytes) => {
      send(bytes);
      for (let i = 0; i < WAIT; i++) {
        if (chip.cycles >= end) throw new PowerLost();
        device.run(Math.min(1, (end - chip.cycles) / MILLISECOND));
      }
    },
    close: async () => {},
  };
  const send = device.connect('uart', (bytes) => wire.onBytes(bytes));
  const link = new Link(wire, 60_000);
  try {
    await link.sync();
    await link.update(nextFirmware.model);
  } catch (error) {
    if (!(error instanceof PowerLost)) throw error;
  }
  const left = flash8.slice(APPLICATION_START);
  const torn = change as { address: number; before: Uint8Array; cycle: number } | null;
  if (torn !== null && chip.cycles - torn.cycle < ERASES && Number.isFinite(cycles)) {
    // Each bit is the old one or the new one.
    torn.before.forEach((was, i) => {
      const at = torn.address - APPLICATION_START + i;
      const mask = random.between(0, 255);
      left[at] = (was & mask) | ((left[at] ?? 0) & ~mask);
    });
  }
  return left;
}
