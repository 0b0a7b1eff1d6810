// SPDX-License-Identifier: Apache-2.0

/** Cycles of a call of egru_i_cell_m0 (egru_cell_m0.S of the runtime) for n units, the BL included: counted there. */
export function cellCycles(units: number): { readonly min: number; readonly max: number } {
  return { min: 24 + 43 * units, max: 24 + 111 * units };
}

/** The same of egru_i_cell_fast_m0 (egru_cell_fast_m0.S). */
export function fastCellCycles(units: number): { readonly min: number; readonly max: number } {
  return { min: 27 + 37 * units, max: 27 + 104 * units };
}

/** The same of egru_i_cell_keep_m0, which leaves gates and candidates. */
export function keepingCellCycles(units: number): { readonly min: number; readonly max: number } {
  return { min: 27 + 41 * units, max: 27 + 108 * units };
}

/** Of egru_i_cell_still_m0, which goes on from them: whatever the values are. */
export function stillCellCycles(units: number): { readonly min: number; readonly max: number } {
  const all = 8 + 15 * units;
  return { min: all, max: all };
}
