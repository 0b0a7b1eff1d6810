// SPDX-License-Identifier: Apache-2.0
/**
 * The boards that firmware can be built for; one file each in boards/. Pins are those of the variant files of their
 * Arduino cores, which each description names; multiplexer functions as in the SAM D21 data sheet (DS40001882),
 * chapter "I/O Multiplexing and Considerations". The serial port is the one that the core calls Serial (where a
 * debugger chip forwards it over USB) or Serial1.
 */
import { InputError } from '../core/base/errors.ts';
import { arduinoZero } from './arduino-zero.ts';
import type { Board, BoardName, Chip, Microphone } from './board.ts';
import { circuitplayExpress } from './circuitplay-express.ts';
import { featherM0 } from './feather-m0.ts';
import { mkrzero } from './mkrzero.ts';
import { trinketM0 } from './trinket-m0.ts';
import { xiaoSamd21 } from './xiao-samd21.ts';

export type * from './board.ts';
export { applicationIds, flashMethods, microphoneNames } from './board.ts';
export { applicationRamBytes, magicWord, memoryScript, modelBytes, ramEnd } from './chips/chip.ts';
export { boardHeader } from './header.ts';

/** All of them by name. */
export const boards: Readonly<Record<BoardName, Board>> = {
  arduino_zero: arduinoZero,
  mkrzero,
  feather_m0: featherM0,
  xiao_samd21: xiaoSamd21,
  circuitplay_express: circuitplayExpress,
  trinket_m0: trinketM0,
};

/** The board of benchmarks and of commands that are given none. */
export const defaultBoard: Board = arduinoZero;

/** The chips of the boards, one of each UF2 family; a file that names no board is looked up among these. */
export const chips: readonly Chip[] = [
  ...new Map(Object.values(boards).map(({ chip }) => [chip.uf2Family, chip])).values(),
];

/** @throws InputError that lists the boards */
export function findBoard(name: string): Board {
  const board = Object.values(boards).find((candidate) => candidate.name === name);
  if (board === undefined) {
    throw new InputError(name, `no such board; there are ${Object.keys(boards).join(', ')}`, '--board');
  }
  return board;
}

/**
 * @param name undefined: the board's first
 * @throws InputError that lists what the board takes
 */
export function findMicrophone(board: Board, name: string | undefined): Microphone {
  if (name === undefined) return board.microphones[0];
  const microphone = board.microphones.find((candidate) => candidate.name === name);
  if (microphone === undefined) {
    const takes = board.microphones.map((candidate) => candidate.name).join(', ');
    throw new InputError(name, `no microphone of the ${board.title}; it supports ${takes}`, '--mic');
  }
  return microphone;
}
