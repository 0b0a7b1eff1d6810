// SPDX-License-Identifier: Apache-2.0

/**
 * Cycles of egru_i_packed_rows_m0 (egru_packed_rows_m0.S of the runtime), without its BL; exact with zero wait states.
 * rows: a multiple of 4
 */
export function packedRowsCycles(rows: number, columns: number): number {
  let cycles = CALL;
  for (let rest = columns; rest > 0; rest -= 8) {
    const pairs = Math.min(4, Math.ceil(rest / 2));
    const narrow = rest <= 4;
    const beyond = (narrow ? 2 : 4) - pairs;
    cycles += pairs * PAIR + beyond * BEYOND + (rows / 4) * (narrow ? FOUR : EIGHT);
    cycles += narrow ? NARROW_GROUP : rest > 8 ? WIDE_GROUP : LAST_WIDE_GROUP;
  }
  return cycles;
}

/** Entry and exit. */
const CALL = 20;
/** The table of two columns; of none. */
const PAIR = 139;
const BEYOND = 13;
/** Four rows of eight columns, of four. */
const EIGHT = 120;
const FOUR = 72;
/** Around them. */
const WIDE_GROUP = 32;
const LAST_WIDE_GROUP = 29;
const NARROW_GROUP = 23;
