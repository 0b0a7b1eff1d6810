// SPDX-License-Identifier: Apache-2.0
/** The lists of a step: who writes them, who follows them, and the rows of jumps that their entries point to. */
import type { Program } from '../../../core/program/program.ts';
import { unrolledCell } from '../unrolled/cells/index.ts';
import type { OwnPlace } from '../unrolled/planned-layer.ts';
import { type EventPlan, type Source, type SourceCode, sourceCode } from './plan.ts';
import { eventState } from './state.ts';

export class Lists {
  readonly #program: Program;
  readonly #plans: readonly (EventPlan | null)[];
  readonly #codes = new Map<Source, SourceCode>();

  constructor(program: Program, plans: readonly (EventPlan | null)[]) {
    this.#program = program;
    this.#plans = plans;
  }

  /** Whether a layer writes one. */
  sends(index: number): boolean {
    const layer = this.#program.layers[index];
    return layer !== undefined && unrolledCell(layer).sends !== undefined;
  }

  /** Byte of the state where the list of a layer begins. */
  at(producer: number, place: OwnPlace): number {
    const layer = this.#program.layers[producer];
    if (layer === undefined) throw new Error(`there is no layer ${producer}`);
    return unrolledCell(layer).scratchWords === undefined
      ? eventState(layer, place.outputs(producer) ?? 0).list
      : place.scratch(producer);
  }

  /** Who follows a layer's list: the next layer, then the layer itself. */
  #followers(producer: number): { plan: EventPlan; source: Source }[] {
    return [producer + 1, producer].flatMap((index) => {
      const plan = this.#plans[index] ?? null;
      if (plan === null) return [];
      const own = plan.groups.flatMap(({ sources }) => sources);
      return own.filter((source) => source.producer === producer).map((source) => ({ plan, source }));
    });
  }

  /** Entries of a layer's list that are more than any follower follows. */
  longest(producer: number): number {
    const groups = this.#followers(producer).flatMap(({ plan, source }) =>
      plan.groups.filter(({ sources }) => sources.includes(source)),
    );
    return Math.max(0, ...groups.map(({ breakEven }) => breakEven + 1));
  }

  /** Byte of a row where a source's jumps begin. */
  offset(source: Source): number {
    if (!source.recurrent) return 0;
    const [next] = this.#followers(source.producer).filter((one) => !one.source.recurrent);
    return 4 * (next?.plan.blocks.length ?? 0);
  }

  rowBytes(producer: number): number {
    return this.#followers(producer).reduce((sum, { plan }) => sum + 4 * plan.blocks.length, 0);
  }

  /** Rows of jumps, one for each of a layer's units. */
  rows(producer: number): string[] {
    const units = this.#program.layers[producer]?.units ?? 0;
    const followers = this.#followers(producer).map(({ plan, source }) => this.code(source, plan));
    return Array.from({ length: units }, (_, i) => followers.flatMap(({ labels }) => labels[i] ?? [])).flat();
  }

  code(source: Source, plan: EventPlan): SourceCode {
    const known = this.#codes.get(source) ?? sourceCode(plan, source, this.offset(source));
    this.#codes.set(source, known);
    return known;
  }
}
