// SPDX-License-Identifier: Apache-2.0
/**
 * Steps of a recurrent layer without any event. Its sums are then the kept ones, or the biases where none are kept; while
 * those stay, so do gates and candidates, and only states move on. Where they do not move either, nothing is left to do.
 *
 * Words of the state: `cached`, whether gates and candidates of the kept sums are there, which a change clears; `rest`, 1
 * where the last step had no event and moved no state. A step that computes sums makes it twice the number of its events.
 */
import { unrolledCell } from '../unrolled/cells/index.ts';
import type { OwnPlace } from '../unrolled/planned-layer.ts';
import { X, Y } from '../unrolled/registers.ts';
import type { StillCosts } from './costs.ts';
import type { Lists } from './lists.ts';
import type { EventPlan } from './plan.ts';
import { CACHED, eventState, REST } from './state.ts';

/** A value of `rest` that is neither a number of events nor 1. */
const MOVING = 3;

/** Whether a layer has such steps: all it follows are lists, and what its cell needs is there. */
export function canBeStill({ layer, groups }: EventPlan, fast: boolean): boolean {
  const { still } = unrolledCell(layer);
  return (
    still !== undefined &&
    groups.every(({ sources }) => sources.length > 0) &&
    (fast || !groups.some(({ kept }) => kept))
  );
}

export class Still {
  readonly #plan: EventPlan;
  readonly #lists: Lists;
  readonly #place: OwnPlace;
  readonly #keeps: boolean;

  constructor(plan: EventPlan, lists: Lists, place: OwnPlace) {
    this.#plan = plan;
    this.#lists = lists;
    this.#place = place;
    this.#keeps = plan.groups.some(({ kept }) => kept);
  }

  get #state() {
    return eventState(this.#plan.layer, this.#place.outputs(this.#plan.index) ?? 0);
  }

  get #cell() {
    const { still } = unrolledCell(this.#plan.layer);
    if (still === undefined) throw new Error('its cell has no such steps');
    return still;
  }

  #label(kind: string): string {
    return `.L${kind}${this.#plan.index}`;
  }

  /** What a layer begins with. A step without events goes on where the cell, or what is behind all, has done its part. */
  choose(): StillCosts {
    const { code, name } = this.#place;
    const cycles = (body: () => void) => {
      const before = code.cost;
      body();
      return code.since(before).min;
    };
    const jumps = `${name}.still`;
    this.#place.jumps.push({ symbol: jumps, words: [`${name}.send`, this.#label('rested')] });
    const count = cycles(() => {
      this.#plan.groups
        .flatMap(({ sources }) => sources)
        .forEach(({ producer }, s) => {
          this.#place.stateBytes('r0', this.#lists.at(producer, this.#place), 'r6');
          code.load(`ldr ${s === 0 ? 'r1' : 'r2'}, [r0]`);
          if (s > 0) code.op('adds r1, r1, r2');
        });
      this.#place.stateBytes('r5', this.#state.valid, 'r6');
      code.op('cmp r1, #0');
    });
    code.op(`bne ${this.#label('busy')}`);
    const cached = cycles(() => {
      if (!this.#keeps) return;
      code.load(`ldr r4, [r5, #${CACHED}]`);
      code.op('cmp r4, #0');
    });
    if (this.#keeps) code.op(`beq ${this.#label('busy')}`);
    const rest = cycles(() => {
      code.load(`ldr r4, [r5, #${REST}]`);
      code.op('cmp r4, #1');
    });
    code.op(`beq ${this.#label('rest')}`);
    const still = cycles(() => {
      this.#go();
      code.literal('r6', jumps, this.#label('j'));
    });
    code.op(`b ${this.#label('go')}`, 2);
    code.label(this.#label('rest'));
    const asleep = cycles(() => code.literal('r6', `${jumps} + 4`, this.#label('k')));
    code.label(this.#label('go'));
    const jump = cycles(() => {
      code.load('ldr r6, [r6]');
      code.op('mov pc, r6', 2);
    });
    code.label(this.#label('busy'));
    const busy = cycles(() => {
      code.op('lsls r1, r1, #1');
      code.store(`str r1, [r5, #${REST}]`);
    });
    const alone = count + 1 + cached + (this.#keeps ? 1 : 0) + rest;
    return {
      busy: count + 2 + busy,
      uncached: this.#keeps ? count + 1 + cached + 2 + busy : null,
      still: alone + 1 + still + 2 + jump,
      asleep: alone + 2 + asleep + jump,
    };
  }

  /** New states from gates and candidates. */
  #go(): void {
    const { code, constants, name } = this.#place;
    if (this.#keeps) {
      this.#place.stateBytes(X, this.#state.softsigns, 'r0');
    } else {
      const symbol = `${name}_still`;
      constants.push({ symbol, words: this.#cell.words(this.#plan.layer).map(String) });
      code.literal(X, symbol, this.#label('w'));
    }
    this.#cell.go(this.#plan.layer, this.#place.writer());
    this.#place.stateBytes('r5', this.#state.valid, 'r6');
    code.op(`movs r1, #${MOVING}`);
    // 2 cycles either way: 1 where no state has changed.
    code.op('cmp r0, #0');
    code.op(`bne ${this.#label('moved')}`);
    code.op('movs r1, #1');
    code.label(this.#label('moved'));
    code.store(`str r1, [r5, #${REST}]`);
  }

  /**
   * In the place of the cell: keeps what the next steps go on from, where sums are kept and this one has no event.
   * @returns most cycles; a step without events that goes on from others comes after it
   */
  cell(): number {
    const { code } = this.#place;
    const { layer } = this.#plan;
    const before = code.cost;
    if (!this.#keeps) {
      this.#place.finish();
      return code.since(before).max;
    }
    this.#place.stateBytes('r5', this.#state.valid, 'r6');
    code.load(`ldr r4, [r5, #${REST}]`);
    code.op('cmp r4, #0');
    code.op(`beq ${this.#label('keep')}`);
    const way = code.cost;
    const chosen = code.since(before).max;
    this.#place.finish();
    code.op(`b ${this.#label('kept')}`, 2);
    const other = code.cost;
    code.label(this.#label('keep'));
    const writer = this.#place.writer();
    this.#cell.keep(layer, writer);
    writer.ownAddress(X, 'r0');
    this.#place.stateBytes(Y, this.#state.softsigns, 'r0');
    this.#copy(layer.units);
    this.#place.stateBytes('r5', this.#state.valid, 'r6');
    code.op('movs r4, #1');
    code.store(`str r4, [r5, #${CACHED}]`);
    code.op(`movs r4, #${MOVING}`);
    code.store(`str r4, [r5, #${REST}]`);
    code.label(this.#label('kept'));
    return chosen + Math.max(other.max - way.max, 1 + code.since(other).max);
  }

  /** Behind all of the layer. */
  end(): void {
    this.#place.code.label(this.#label('rested'));
  }

  /** Two words for each unit, from X to Y. */
  #copy(units: number): void {
    const { code } = this.#place;
    code.constant('r2', units);
    code.label(this.#label('c'));
    const all = (text: string, cycles: number) => code.range(text, units * cycles, units * cycles);
    all(`ldm ${X}!, {r0, r1}`, 3);
    all(`stm ${Y}!, {r0, r1}`, 3);
    all('subs r2, #1', 1);
    code.range(`bne ${this.#label('c')}`, 2 * units - 1, 2 * units - 1);
  }
}
