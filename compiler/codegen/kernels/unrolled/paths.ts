// SPDX-License-Identifier: Apache-2.0
/**
 * Shortest instruction paths through the values that two neighbouring columns can put into two registers.
 *
 * A word W of the frame holds two inputs: "upper" in bits 31..16 and "lower" in bits 15..0. A block of rows needs some
 * of their values +v, -v, +(v >> 1), -(v >> 1), +(v >> 2), -(v >> 2) in a low register to add. Register Y holds W; X
 * takes the upper input's values from it (`asrs X, Y, #16 + level` reaches every level in one cycle). Then Y becomes the
 * lower input (`sxth Y, Y`) and X takes that one's values from Y. In between X can keep one value of the upper input
 * until Y is one of the lower input's: their sum or difference is one more value, which serves the rows that need
 * both.
 *
 * -v >> s is not -(v >> s), but ~v >> s is ~(v >> s): a complement survives shifts. A register that holds ~v stands for
 * -v with an offset of -1, which the rows' constants make up for.
 */

/** Values of one column by level and sign, 2 * level + (1 if negative); NONE: the column is not used. */
export const NONE = 6;
export const STATES = 6;

/** What a register holds of a column: 3 * level + form. */
type Content = number;
export const PLAIN = 0;
const NEGATED = 1;
const COMPLEMENT = 2;
const CONTENTS = 9;
/** Holds nothing of use. */
export const EMPTY = CONTENTS;

export interface Held {
  /** 2 * level + (1 if negative). */
  readonly state: number;
  /** -1 for a complement, otherwise 0. */
  readonly offset: number;
}

export type Register = 'X' | 'Y';

export type PathOp =
  | { readonly kind: 'asrs'; readonly to: Register; readonly from: Register; readonly shift: number }
  | { readonly kind: 'negs' | 'mvns'; readonly to: Register; readonly from: Register }
  | { readonly kind: 'sxth' }
  /** X takes a column's value at a level from a word of its own: wide-paths.ts. */
  | { readonly kind: 'load'; readonly level: number }
  /** The sum or difference of X and Y goes to X; which of them is the planner's business. */
  | { readonly kind: 'combine' };

export interface PathStep {
  readonly op: PathOp;
  /** What `to` holds afterwards; of a combination: what Y holds. */
  readonly held: Held;
}

/** Cheapest paths by demand: which states must be visited, and which levels in either sign. */
export class PathTable {
  readonly #cost = new Uint8Array(64 * 8);
  readonly #end = new Int16Array(64 * 8);
  readonly #nodes: readonly Node[];

  constructor(nodes: readonly Node[], ends: readonly number[]) {
    this.#nodes = nodes;
    const best = new Map<number, number>();
    for (const id of ends) {
      const node = nodes[id];
      if (node === undefined) continue;
      const other = best.get(node.visited);
      if (other === undefined || node.weight < (nodes[other]?.weight ?? 0)) best.set(node.visited, id);
    }
    for (let states = 0; states < 64; states++) {
      for (let levels = 0; levels < 8; levels++) {
        let least = Number.POSITIVE_INFINITY;
        for (const [visited, id] of best) {
          const weight = nodes[id]?.weight ?? 0;
          if (weight < least && serves(visited, states, levels)) {
            least = weight;
            this.#end[states * 8 + levels] = id;
          }
        }
        this.#cost[states * 8 + levels] = least / OP;
      }
    }
  }

  /** Cycles of the cheapest path. states: bit per state; levels: bit per level. */
  cost(states: number, levels: number): number {
    return this.#cost[states * 8 + levels] ?? 0;
  }

  /** All costs, by 8 * states + levels. */
  get costs(): Uint8Array {
    return this.#cost;
  }

  path(states: number, levels: number): PathStep[] {
    const steps: PathStep[] = [];
    let id = this.#end[states * 8 + levels] ?? 0;
    for (;;) {
      const node = this.#nodes[id];
      if (node === undefined || node.step === null) return steps.reverse();
      steps.push(node.step);
      id = node.before;
    }
  }
}

interface Node {
  readonly x: Content;
  readonly y: Content;
  readonly visited: number;
  /** Whether X still holds the upper input's value that waits to be combined. */
  readonly waiting: boolean;
  weight: number;
  before: number;
  step: PathStep | null;
}

/** Weight of one instruction; a complement costs one unit more, since it makes rows need constants. */
const OP = 64;

/** Cycles of one instruction of a path. */
export function opCycles({ kind }: PathOp): number {
  return kind === 'load' ? 2 : 1;
}

function serves(visited: number, states: number, levels: number): boolean {
  if ((visited & states) !== states) return false;
  for (let level = 0; level < 3; level++) {
    if ((levels >> level) & 1 && ((visited >> (2 * level)) & 3) === 0) return false;
  }
  return true;
}

export function stateOf(content: Content): number {
  return 2 * Math.floor(content / 3) + (content % 3 === PLAIN ? 0 : 1);
}

export function heldOf(content: Content): Held {
  return { state: stateOf(content), offset: content % 3 === COMPLEMENT ? -1 : 0 };
}

/** What one instruction can make of a register's content: into the same register or into the other one. */
export function derived(
  content: Content,
  from: Register,
  to: Register,
  complements: boolean,
): { op: PathOp; content: Content }[] {
  const level = Math.floor(content / 3);
  const form = content % 3;
  const made: { op: PathOp; content: Content }[] = [];
  const add = (op: PathOp, next: Content) => made.push({ op, content: next });
  if (form !== NEGATED) {
    for (let next = level + 1; next < 3; next++) {
      add({ kind: 'asrs', to, from, shift: next - level }, 3 * next + form);
    }
  }
  if (form === PLAIN) {
    add({ kind: 'negs', to, from }, 3 * level + NEGATED);
    if (complements) add({ kind: 'mvns', to, from }, 3 * level + COMPLEMENT);
  } else {
    add({ kind: form === NEGATED ? 'negs' : 'mvns', to, from }, 3 * level + PLAIN);
  }
  return made;
}

/** All nodes that can be reached, with the least weight. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly #index = new Map<number, number>();

  constructor(start: Omit<Node, 'before'>, edges: (node: Node) => { step: PathStep; next: Partial<Node> }[]) {
    this.#reach({ ...start, before: -1 });
    for (let changed = true; changed; ) {
      changed = false;
      for (let id = 0; id < this.nodes.length; id++) {
        const node = this.nodes[id];
        if (node === undefined) continue;
        for (const { step, next } of edges(node)) {
          const weight = node.weight + OP * opCycles(step.op) + (step.op.kind === 'mvns' ? 1 : 0);
          const reached = { ...node, ...next, weight, before: id, step };
          if (this.#reach(reached)) changed = true;
        }
      }
    }
  }

  #reach(node: Node): boolean {
    const key = (((node.x * 10 + node.y) * 64 + node.visited) << 1) | (node.waiting ? 1 : 0);
    const id = this.#index.get(key);
    if (id === undefined) {
      this.#index.set(key, this.nodes.length);
      this.nodes.push(node);
      return true;
    }
    const known = this.nodes[id];
    if (known === undefined || known.weight <= node.weight) return false;
    this.nodes[id] = node;
    return true;
  }
}

function upperGraph(complements: boolean): Graph {
  return new Graph(
    { x: EMPTY, y: EMPTY, visited: 0, waiting: false, weight: 0, step: null },
    ({ x, visited }) => {
      const loads = [0, 1, 2].map((level) => ({
        op: { kind: 'asrs', to: 'X', from: 'Y', shift: 16 + level } as PathOp,
        content: 3 * level + PLAIN,
      }));
      const moves = x === EMPTY ? loads : [...loads, ...derived(x, 'X', 'X', complements)];
      return moves.map(({ op, content }) => ({
        step: { op, held: heldOf(content) },
        next: { x: content, visited: visited | (1 << stateOf(content)) },
      }));
    },
  );
}

/** target: the state of Y at which X, the upper input's value, is combined with it; null: not at all. */
function lowerGraph(target: number | null, complements: boolean): Graph {
  return new Graph(
    { x: EMPTY, y: EMPTY, visited: 0, waiting: target !== null, weight: 0, step: null },
    ({ x, y, visited, waiting }) => {
      if (y === EMPTY) {
        return [
          { step: { op: { kind: 'sxth' }, held: heldOf(PLAIN) }, next: { y: PLAIN, visited: visited | 1 } },
        ];
      }
      const moves = derived(y, 'Y', 'Y', complements).map(({ op, content }) => ({
        step: { op, held: heldOf(content) },
        next: { y: content, visited: visited | (1 << stateOf(content)) } as Partial<Node>,
      }));
      if (waiting) {
        if (stateOf(y) === target) {
          moves.push({
            step: { op: { kind: 'combine' }, held: heldOf(y) },
            next: { waiting: false, x: EMPTY },
          });
        }
        return moves;
      }
      const ofX = [
        ...derived(y, 'Y', 'X', complements),
        ...(x === EMPTY ? [] : derived(x, 'X', 'X', complements)),
      ];
      for (const { op, content } of ofX) {
        moves.push({
          step: { op, held: heldOf(content) },
          next: { x: content, visited: visited | (1 << stateOf(content)) },
        });
      }
      return moves;
    },
  );
}

export interface Paths {
  /** Cycles of loading what paths begin with, where they do not load it themselves. */
  readonly load: number;
  /** Of the upper input, ending with the given state in X. */
  readonly upperTo: readonly PathTable[];
  readonly upper: PathTable;
  /** Of the lower input, with a combination while Y has the given state. */
  readonly lowerWith: readonly PathTable[];
  readonly lower: PathTable;
}

const made = new Map<boolean, Paths>();

/** The tables; made at first use. complements: whether paths may use them. */
export function paths(complements = true): Paths {
  const tables = made.get(complements) ?? makePaths(complements);
  made.set(complements, tables);
  return tables;
}

function makePaths(complements: boolean): Paths {
  const upper = upperGraph(complements).nodes;
  const all = (nodes: readonly Node[]) =>
    nodes.map((_, id) => id).filter((id) => nodes[id]?.waiting === false);
  const upperTo = range(STATES).map((state) => {
    const ends = all(upper).filter((id) => {
      const x = upper[id]?.x ?? EMPTY;
      return x !== EMPTY && stateOf(x) === state;
    });
    return new PathTable(upper, ends);
  });
  const lowerWith = range(STATES).map((state) => {
    const { nodes } = lowerGraph(state, complements);
    return new PathTable(nodes, all(nodes));
  });
  const lower = lowerGraph(null, complements).nodes;
  return {
    load: 2,
    upperTo,
    upper: new PathTable(upper, all(upper)),
    lowerWith,
    lower: new PathTable(lower, all(lower)),
  };
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
