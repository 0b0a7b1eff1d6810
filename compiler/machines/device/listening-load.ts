// SPDX-License-Identifier: Apache-2.0
/**
 * What listening takes of the CPU: firmware on the emulated board, USB idle or a battery, sound that is never gated.
 */

import { type Microphone, modelBytes } from '../../boards/boards.ts';
import { findClips } from '../../host/audio/clips.ts';
import { readSound } from '../../host/audio/sound-file.ts';
import { EmulatedDevice } from '../emulated/emulated-device.ts';
import type { Sound } from '../emulated/sound.ts';
import { type Firmware, symbolOf } from '../firmware/firmware.ts';
import { FLAG_ALLOCATED, FLAG_WRITE, parseElf, TYPE_NOBITS } from '../image/elf.ts';

export interface ListeningLoad {
  /** Share of the cycles in which the CPU is awake, at zero wait states. */
  readonly load: number;
  /** The same with one more cycle for every new line of flash: a bound for the one wait state of 48 MHz. */
  readonly bound: number;
  /** Of the bound what is neither feature extractor nor network: driver, decimator, detection, ports. */
  readonly capture: number;
  /** Share of the cycles that the buses had while the CPU slept, were there a wait state: what sleeping costs. */
  readonly sleepBuses: number;
  /** Frames, in each of which the network ran. */
  readonly frames: number;
}

/** Until the host has enumerated the device and the first frame is complete. */
const SETTLING = 500;
/** 80 frames of 16 ms. */
const MEASURED = 1280;
/** A frame that has begun is over by then, and the next one has not begun. */
const FINISHING = 3;

/** A folder's recordings, one behind the other, as long as listeningLoad needs sound. */
export async function recordings(folder: string): Promise<Sound> {
  const samples: number[] = [];
  const clips: Sound[] = [];
  for (const path of findClips([folder])) clips.push(await readSound(path));
  const sampleRate = clips[0]?.sampleRate ?? 8000;
  for (let i = 0; samples.length < (sampleRate * (SETTLING + MEASURED)) / 1000; i++) {
    samples.push(...(clips[i % clips.length]?.samples ?? []));
  }
  return { samples: Int16Array.from(samples), sampleRate };
}

/** @throws Error where voice activity has kept a frame from the network: then the figures would be too low */
export function listeningLoad(
  firmware: Firmware,
  microphone: Microphone,
  sound: Sound,
  usb = true,
): ListeningLoad {
  const device = new EmulatedDevice({
    chip: firmware.board.chip,
    image: firmware.bin,
    microphone,
    usb,
  });
  const { chip } = device;
  device.play(sound);
  device.run(SETTLING);
  const worked = () => chip.cycles - chip.sleepCycles + chip.flashLines;
  let [frames, steps, start, computed] = [0, 0, worked(), 0];
  const at = (name: string, callback: () => void) => chip.hook(symbolOf(firmware, name), callback);
  at('egru_frontend_frame', () => {
    frames++;
    start = worked();
  });
  at('egru_step', () => {
    if (frames > 0) steps++; // not for a frame that had begun before
  });
  at('egru_detect_step', () => {
    if (frames > 0) computed += worked() - start;
  });
  const { cycles: begun, sleepCycles, sleepBusCycles } = chip;
  const before = { cycles: begun, sleep: sleepCycles, worked: worked() };
  device.run(MEASURED);
  const cycles = chip.cycles - before.cycles;
  const bound = (worked() - before.worked) / cycles;
  const buses = (chip.sleepBusCycles - sleepBusCycles) / (chip.sleepCycles - sleepCycles);
  const measured = {
    load: (cycles - (chip.sleepCycles - before.sleep)) / cycles,
    bound,
    capture: (worked() - before.worked - computed) / cycles,
    sleepBuses: (1 - bound) * buses,
    frames,
  };
  device.run(FINISHING);
  if (frames !== steps || frames === 0) throw new Error(`the network ran in ${steps} of ${frames} frames`);
  return measured;
}

/** Bytes as `size` counts them. */
export interface Sections {
  readonly text: number;
  readonly data: number;
  readonly bss: number;
}

/** Of the application, and of the model's region; the arena is in neither. */
export function firmwareSections(firmware: Firmware): { application: Sections; model: Sections } {
  const { chip } = firmware.board;
  const sum = () => ({ text: 0, data: 0, bss: 0 });
  const result = { application: sum(), model: sum() };
  for (const { name, type, flags, address: from, size } of parseElf(firmware.elf, 'firmware.elf').sections) {
    if ((flags & FLAG_ALLOCATED) === 0) continue;
    const model =
      name.startsWith('.model') || (from >= chip.modelStart && from < chip.modelStart + modelBytes(chip));
    const part = model ? result.model : result.application;
    part[type === TYPE_NOBITS ? 'bss' : (flags & FLAG_WRITE) !== 0 ? 'data' : 'text'] += size;
  }
  return result;
}
