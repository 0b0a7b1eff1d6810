// SPDX-License-Identifier: Apache-2.0
/** Two columns of a block as instructions. */
import type { Layer } from '../../../core/program/program.ts';
import { LOW_SLOTS } from './block-cost.ts';
import type { WidePointer } from './inputs/wide-values.ts';
import type { PlannedPair, Step } from './plan.ts';
import { SLOT_REGISTERS, X, Y } from './registers.ts';
import type { StartValues } from './start-values.ts';
import type { Code } from './thumb.ts';

/**
 * @param start of the block's accumulators; null: they hold what the columns are added to
 * @param wide of a block whose columns lie in words of their own
 */
export function writePair(
  code: Code,
  layer: Layer,
  { pair, steps }: PlannedPair,
  start: StartValues | null,
  wide: WidePointer | null = null,
): void {
  const name = (column: number) => (column < layer.inputs ? `x[${column}]` : `h[${column - layer.inputs}]`);
  const columns = [pair.upper, pair.lower].filter(
    (column) => column >= 0 && steps.some((step) => step.kind === 'combination' || step.column === column),
  );
  code.comment(columns.map(name).join(', '));
  if (wide === null) code.loadStack(Y, 4 * pair.word);
  for (const step of steps) {
    if (step.kind === 'path' && step.step.op.kind === 'load') wide?.load(pair.word, step.step.op.level);
    else code.op(instruction(step));
    const source = step.to === 'X' ? X : Y;
    for (const { slot, subtract } of step.additions) {
      if (start?.begin(slot, source, subtract) === true) continue;
      code.op(addition(slot, subtract, source));
    }
  }
}

/** Adds a low register to an accumulator; from those in high registers nothing is subtracted. */
export function addition(slot: number, subtract: boolean, source: string): string {
  const target = SLOT_REGISTERS[slot] ?? '';
  if (slot >= LOW_SLOTS) return `add ${target}, ${source}`;
  return `${subtract ? 'subs' : 'adds'} ${target}, ${target}, ${source}`;
}

function instruction(step: Step): string {
  if (step.kind === 'combination') {
    const { operation } = step.combination;
    if (operation === 'X + Y') return `adds ${X}, ${X}, ${Y}`;
    return operation === 'X - Y' ? `subs ${X}, ${X}, ${Y}` : `subs ${X}, ${Y}, ${X}`;
  }
  const { op } = step.step;
  const register = (name: 'X' | 'Y') => (name === 'X' ? X : Y);
  switch (op.kind) {
    case 'asrs':
      return `asrs ${register(op.to)}, ${register(op.from)}, #${op.shift}`;
    case 'negs':
    case 'mvns':
      return `${op.kind} ${register(op.to)}, ${register(op.from)}`;
    case 'sxth':
      return `sxth ${Y}, ${Y}`;
    case 'load':
    case 'combine':
      throw new Error('not an instruction of registers alone');
  }
}
