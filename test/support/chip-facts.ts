// SPDX-License-Identifier: Apache-2.0
/** Facts of the default board's chip by short names. */
import { defaultBoard, magicWord } from '../../compiler/boards/boards.ts';

export const CHIP = defaultBoard.chip;
export const {
  applicationStart: APPLICATION_START,
  modelStart: MODEL_START,
  coreClock: CORE_CLOCK,
  uf2Family: UF2_FAMILY,
} = CHIP;
export const MAGIC_WORD = magicWord(CHIP);
