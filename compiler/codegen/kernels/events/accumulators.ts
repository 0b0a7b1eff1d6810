// SPDX-License-Identifier: Apache-2.0
/** Accumulators of a block between memory and the registers that blocks have them in. */
import { LOW_SLOTS } from '../unrolled/block-cost.ts';
import type { PlannedRow } from '../unrolled/plan.ts';
import { SLOT_REGISTERS, Y } from '../unrolled/registers.ts';
import type { Code } from '../unrolled/thumb.ts';

/** Rows as kept sums and start values stand in memory: those of high registers first. */
export function inMemory(rows: readonly PlannedRow[]): PlannedRow[] {
  const order = [...rows].sort((a, b) => a.slot - b.slot);
  return [...order.filter(isHigh), ...order.filter((row) => !isHigh(row))];
}

function isHigh({ slot }: PlannedRow): boolean {
  return slot >= LOW_SLOTS;
}

function registers(rows: readonly PlannedRow[]): string[] {
  return inMemory(rows).map(({ slot }) => SLOT_REGISTERS[slot] ?? '');
}

/** From Y on, which moves behind them. */
export function loadAccumulators(code: Code, rows: readonly PlannedRow[]): void {
  const high = rows.filter(isHigh);
  const low = registers(rows.filter((row) => !isHigh(row)));
  if (high.length > 0) {
    code.multiple(`ldm ${Y}!, {${high.map((_, i) => `r${i}`).join(', ')}}`, high.length);
    for (const [i, register] of registers(high).entries()) code.op(`mov ${register}, r${i}`);
  }
  if (low.length > 0) code.multiple(`ldm ${Y}!, {${low.join(', ')}}`, low.length);
}

/** To Y on; changes r5 and r6 alone. */
export function keepAccumulators(code: Code, rows: readonly PlannedRow[]): void {
  const high = registers(rows.filter(isHigh));
  const low = registers(rows.filter((row) => !isHigh(row)));
  for (let i = 0; i < high.length; i += 2) {
    const two = high.slice(i, i + 2);
    for (const [j, register] of two.entries()) code.op(`mov r${5 + j}, ${register}`);
    code.multiple(`stm ${Y}!, {${two.map((_, j) => `r${5 + j}`).join(', ')}}`, two.length);
  }
  if (low.length > 0) code.multiple(`stm ${Y}!, {${low.join(', ')}}`, low.length);
}
