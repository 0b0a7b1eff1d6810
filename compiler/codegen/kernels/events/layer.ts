// SPDX-License-Identifier: Apache-2.0
/**
 * A layer's step by events: every block of rows takes its accumulators, jumps from event to event of each list, or through
 * all columns where there are too many, and hands them to the cell.
 */
import { writePair } from '../unrolled/pair-code.ts';
import type { PlannedRow } from '../unrolled/plan.ts';
import type { OwnCode, OwnPlace } from '../unrolled/planned-layer.ts';
import { SLOT_REGISTERS, X, Y } from '../unrolled/registers.ts';
import type { Code } from '../unrolled/thumb.ts';
import { inMemory, keepAccumulators, loadAccumulators } from './accumulators.ts';
import { type EventCosts, type GroupCosts, rangeOf } from './costs.ts';
import { dispatch } from './fragments.ts';
import { copyToFrame } from './frame.ts';
import type { Lists } from './lists.ts';
import type { EventPlan, Group, Source } from './plan.ts';
import { writeSend } from './send.ts';
import { CACHED, eventState } from './state.ts';
import { canBeStill, Still } from './still.ts';

/** Words for pointers: kept sums, start values, and the list of each source. */
const KEPT = 0;
const START = 4;
const LIST = 8;

export class EventLayer implements OwnCode {
  readonly plan: EventPlan;
  readonly #lists: Lists;
  #costs: EventCosts | null = null;

  constructor(plan: EventPlan, lists: Lists) {
    this.plan = plan;
    this.#lists = lists;
  }

  /** What a step costs by its events; known once the layer is written. */
  get costs(): EventCosts {
    if (this.#costs === null) throw new Error('the layer is not written yet');
    return this.#costs;
  }

  write(place: OwnPlace): void {
    this.#costs = new EventWriter(this.plan, this.#lists, place).write();
  }
}

class EventWriter {
  readonly #plan: EventPlan;
  readonly #lists: Lists;
  readonly #place: OwnPlace;
  readonly #code: Code;
  readonly #groups: GroupCosts[] = [];

  constructor(plan: EventPlan, lists: Lists, place: OwnPlace) {
    this.#plan = plan;
    this.#lists = lists;
    this.#place = place;
    this.#code = place.code;
  }

  write(): EventCosts {
    const plan = this.#plan;
    const place = this.#place;
    const { name } = place;
    const fixed = { min: 0, max: 0 };
    const still = canBeStill(plan, place.fast) ? new Still(plan, this.#lists, place) : null;
    const costs: EventCosts = { still: null, fixed, groups: this.#groups };
    place.section(
      name,
      () => {
        costs.still = still?.choose() ?? null;
        this.#prepare();
        for (const b of plan.blocks.keys()) this.#block(b, fixed);
        this.#fragments();
      },
      () => rangeOf(costs),
    );
    if (this.#hasState) {
      let most = 0;
      place.section(
        `${name}.cell`,
        () => {
          if (still === null) place.finish();
          else most = still.cell();
        },
        (written) => (still === null ? written : { min: 0, max: most }),
      );
      writeSend(plan.layer, plan.index, this.#lists, place, still !== null);
      still?.end();
    }
    return costs;
  }

  get #hasState(): boolean {
    return this.#lists.sends(this.#plan.index);
  }

  get #state() {
    return eventState(this.#plan.layer, this.#place.outputs(this.#plan.index) ?? 0);
  }

  /** Of what `body` writes, without branches. */
  #cycles(body: () => void): number {
    const before = this.#code.cost;
    body();
    return this.#code.since(before).min;
  }

  #prepare(): void {
    const { groups, layer, index } = this.#plan;
    const code = this.#code;
    const symbol = `${this.#place.name}_start`;
    this.#place.constants.push({
      symbol,
      words: this.#plan.blocks.flatMap((rows) => inMemory(rows).map(({ constant }) => String(constant))),
    });
    const fixed: GroupCosts = { ...EMPTY };
    fixed.prepare = this.#cycles(() => {
      if (groups.some(({ sources }) => sources.length === 0))
        copyToFrame(this.#place, 0, layer.inputs, index - 1, 0);
      code.literal('r0', symbol, `.Lq${index}`);
      code.storeStack('r0', this.#place.pointers + START, 'r1');
      if (groups.some(({ kept }) => kept)) {
        this.#place.stateBytes('r0', this.#state.kept, 'r1');
        code.storeStack('r0', this.#place.pointers + KEPT, 'r1');
      }
    });
    this.#groups.push(fixed);
    groups.forEach((group, g) => {
      this.#groups.push({ ...EMPTY, breakEven: group.breakEven });
      if (group.sources.length > 0) this.#choose(group, g);
    });
  }

  #label(kind: string, ...at: number[]): string {
    return `.L${kind}${this.#plan.index}_${at.join('_')}`;
  }

  #pointer(source: Source): number {
    return this.#place.pointers + LIST + (source.recurrent ? 4 : 0);
  }

  /** Events or all columns: leaves the places where lists begin in the frame. */
  #choose(group: Group, g: number): void {
    const code = this.#code;
    const costs = this.#groups[g + 1] ?? { ...EMPTY };
    const { sources, breakEven, kept } = group;
    const dense = this.#label('dense', g);
    const done = this.#label('done', g);
    const [address, number, total] = [['r0', 'r1'], ['r2', 'r3'], sources.length > 1 ? 'r4' : 'r2'] as const;
    const common = this.#cycles(() => {
      sources.forEach((source, s) => {
        const register = address[s] ?? 'r0';
        this.#place.stateBytes(register, this.#lists.at(source.producer, this.#place), 'r6');
        code.load(`ldr ${number[s]}, [${register}]`);
      });
      if (sources.length > 1) code.op('adds r4, r2, r3');
      if (kept) {
        this.#place.stateBytes('r5', this.#state.valid, 'r6');
        code.load('ldr r6, [r5]');
        code.op('subs r6, #1');
        code.op(`orrs r6, ${total}`);
      }
      const counted = kept ? 'r6' : total;
      if (breakEven > 255) code.constant('r7', breakEven);
      code.op(breakEven > 255 ? `cmp ${counted}, r7` : `cmp ${counted}, #${breakEven}`);
    });
    // The dense code may be far: a short branch over a long one.
    code.op(`bls ${done}.events`);
    code.range(`b ${dense}`, 0, 0);
    code.label(`${done}.events`);
    let skipped = 0;
    const ends = this.#cycles(() => {
      sources.forEach((source, s) => {
        code.literal('r6', this.#end(g, s, 'end'), this.#label('e', g, s));
        if (kept && s === sources.length - 1) {
          code.op(`cmp ${total}, #0`);
          code.op(`beq ${this.#label('none', g)}`);
          const some = this.#cycles(() => {
            code.literal('r6', this.#end(g, s, 'store'), this.#label('n', g));
            code.op('movs r7, #0');
            code.store(`str r7, [r5, #${CACHED}]`);
          });
          code.label(this.#label('none', g));
          // A branch that is taken costs one more.
          costs.store = some - 1;
          skipped = some - 1;
        }
        const [at = 'r0', count = 'r2'] = [address[s], number[s]];
        code.op(`adds ${at}, #4`);
        code.storeStack(at, this.#pointer(source), 'r7');
        code.op(`lsls ${count}, ${count}, #${source.changes ? 4 : 3}`);
        code.op(`adds ${count}, ${count}, ${at}`);
        code.store(`str r6, [${count}]`);
      });
      code.op(`b ${done}`, 2);
    });
    // A branch that is taken is counted as one cycle above; in `ends`, what is skipped without events is, too.
    costs.events = common + 2 + ends - skipped;
    code.label(dense);
    const copies = this.#cycles(() => {
      if (kept) {
        code.op('movs r6, #1');
        code.store('str r6, [r5]');
        code.op('movs r6, #0');
        code.store(`str r6, [r5, #${CACHED}]`);
      }
      for (const { recurrent, first, count } of sources) {
        const at = recurrent ? Math.ceil(this.#plan.layer.inputs / 2) : 0;
        if (first < this.#plan.layer.inputs || recurrent)
          copyToFrame(this.#place, at, count, recurrent ? this.#plan.index : this.#plan.index - 1, 1);
      }
      const [source] = sources;
      if (source !== undefined) {
        code.literal('r0', this.#denseEntry(group, g), this.#label('d', g));
        code.storeStack('r0', this.#pointer(source), 'r1');
      }
    });
    code.label(done);
    costs.dense = common + 1 + 2 + copies;
  }

  /** The row of jumps at the end of a list. */
  #end(g: number, s: number, kind: 'store' | 'end'): string {
    const symbol = `${this.#place.name}.${kind}${g}_${s}`;
    const source = this.#plan.groups[g]?.sources[s];
    if (source === undefined) throw new Error('there is such a source');
    const words = this.#plan.blocks.map((_, b) => this.#label(kind === 'store' ? 'st' : 'en', g, s, b));
    this.#place.jumps.push({ symbol, words });
    return `${symbol} - ${this.#lists.offset(source)}`;
  }

  /** A list of one entry, which leads to all columns. */
  #denseEntry(group: Group, g: number): string {
    const symbol = `${this.#place.name}.all${g}`;
    const [source] = group.sources;
    if (source === undefined) throw new Error('there is a source');
    this.#place.jumps.push({ symbol, words: this.#plan.blocks.map((_, b) => this.#label('al', g, b)) });
    const entry = `${symbol}_entry`;
    this.#place.constants.push({ symbol: entry, words: [`${symbol} - ${this.#lists.offset(source)}`, '0'] });
    return entry;
  }

  #block(b: number, fixed: { min: number; max: number }): void {
    const rows = this.#plan.blocks[b] ?? [];
    const { groups } = this.#plan;
    const code = this.#code;
    const before = code.cost;
    const names = rows.map(
      ({ row, slot, negated }) => `${SLOT_REGISTERS[slot]} ${negated ? '-' : ''}${row.gate}[${row.unit}]`,
    );
    code.comment(names.join(', '));
    this.#at(groups.some(({ kept }) => kept) ? KEPT : START, b);
    loadAccumulators(code, rows);
    const loaded = code.since(before).min;
    fixed.min += loaded;
    fixed.max += loaded;
    groups.forEach((group, g) => {
      this.#group(group, g, b, rows);
    });
    const outputs = code.cost;
    this.#place.store(rows);
    const { min, max } = code.since(outputs);
    fixed.min += min;
    fixed.max += max;
  }

  #dispatch(offset: number): void {
    const { lines, cycles } = dispatch(offset);
    for (const [i, line] of lines.entries())
      this.#code.op(line, i === lines.length - 1 ? cycles - lines.length + 1 : 1);
  }

  #group(group: Group, g: number, b: number, rows: readonly PlannedRow[]): void {
    const code = this.#code;
    const costs = this.#groups[g + 1] ?? { ...EMPTY };
    const { sources, kept } = group;
    const all = () => {
      for (const pair of group.blocks[b]?.pairs ?? []) writePair(code, this.#plan.layer, pair, null);
    };
    if (sources.length === 0) {
      costs.prepare += this.#cycles(all);
      return;
    }
    sources.forEach((source, s) => {
      if (s > 0) code.label(this.#label('en', g, s - 1, b));
      const walk = this.#cycles(() => {
        code.loadStack('r7', this.#pointer(source));
        this.#dispatch(this.#lists.offset(source) + 4 * b);
      });
      costs.events += walk;
      if (s === 0) costs.dense += walk;
    });
    code.label(this.#label('al', g, b));
    costs.dense += this.#cycles(() => {
      if (kept) {
        this.#at(START, b);
        loadAccumulators(code, rows);
      }
      all();
    });
    const last = sources.length - 1;
    if (kept) {
      code.label(this.#label('st', g, last, b));
      const store = this.#cycles(() => {
        this.#at(KEPT, b);
        keepAccumulators(code, rows);
      });
      costs.dense += store;
      costs.store += store;
    }
    code.label(this.#label('en', g, last, b));
  }

  /** Y takes the address of a block's words. */
  #at(pointer: number, b: number): void {
    this.#code.loadStack(Y, this.#place.pointers + pointer);
    const words = this.#plan.blocks.slice(0, b).reduce((sum, { length }) => sum + length, 0);
    this.#code.addConstant(Y, 4 * words, X);
  }

  /** The columns of every source, behind the step. */
  #fragments(): void {
    this.#plan.groups.forEach(({ sources }, g) => {
      const codes = sources.map((source) => this.#lists.code(source, this.#plan));
      const costs = this.#groups[g + 1];
      codes.forEach((code, s) => {
        costs?.sources.push({ first: sources[s]?.first ?? 0, cycles: code.cycles });
      });
      this.#place.behind(() => {
        for (const { fragments } of codes) {
          for (const { label, fragment } of fragments) {
            this.#code.label(label);
            for (const line of fragment.lines) this.#code.op(line);
          }
        }
      });
    });
  }
}

const EMPTY: GroupCosts = {
  ...{ prepare: 0, events: 0, store: 0, dense: 0, breakEven: 0 },
  get sources() {
    return [];
  },
};
