// SPDX-License-Identifier: Apache-2.0
/**
 * Worst-case stack use of an image, proven from its machine code: the deepest path through the call graph. What has no
 * bound is an error: recursion, computed jumps, calls through pointers whose targets are not known.
 */

import { type Elf, type ElfSymbol, SECTION_ABSOLUTE } from '../image/elf.ts';
import { type CodeFunction, ImageCode } from './code.ts';
import { type FunctionWalk, StackError, walkFunction } from './stack-walk.ts';

export { StackError } from './stack-walk.ts';

/** An exception stores eight words, and one more to keep the stack at multiples of 8 (Armv6-M ARM, B1.5.6). */
const EXCEPTION_FRAME = 36;
/** An assembly function NAME may state its own stack use in bytes as the absolute symbol `NAME.stack`. */
const STATEMENT = '.stack';
/** Where it jumps to with MOV PC, NAME, it keeps in the constant object `NAME.jumps`. */
const JUMPS = '.jumps';

export interface StackOptions {
  /** Functions that call through a pointer, with the names of all functions that it can hold. */
  readonly indirect?: ReadonlyMap<string, readonly string[]>;
  /** Handlers that interrupt the others, by rising priority; those of one level do not interrupt each other. */
  readonly above?: readonly (readonly string[])[];
}

/** A function on the deepest path and the bytes that lie below the initial stack pointer when it has used all of its own. */
export interface StackFrame {
  readonly name: string;
  readonly own: number;
  readonly depth: number;
}

export interface StackUse {
  /** Bytes in the worst case, an exception of every priority on top of everything else. */
  readonly worst: number;
  /** Of that, bytes without exceptions: what a run that meets none can reach. */
  readonly thread: number;
  /** The deepest path from the entry. */
  readonly path: readonly StackFrame[];
  /** Worst use of every function that can be reached, with its callees. */
  readonly functions: ReadonlyMap<string, number>;
}

/**
 * @param entry name of the function that runs first, on an empty stack
 * @param handlers names of the exception handlers of the lowest priority; they do not interrupt each other
 * @throws StackError
 */
export function stackUse(
  elf: Elf,
  entry: string,
  handlers: readonly string[],
  options: StackOptions = {},
): StackUse {
  const graph = new CallGraph(elf, options);
  const thread = graph.worst(entry);
  const levels = [handlers, ...(options.above ?? [])].map((level) =>
    Math.max(0, ...level.map((name) => EXCEPTION_FRAME + graph.worst(name))),
  );
  return {
    worst: levels.reduce((sum, level) => sum + level, thread),
    thread,
    path: graph.path(entry),
    functions: graph.results(),
  };
}

interface Result {
  readonly worst: number;
  readonly own: number;
  /** The callee on the deepest path, and the depth of the call. */
  readonly through: { readonly callee: CodeFunction; readonly depth: number } | null;
}

class CallGraph {
  readonly #code: ImageCode;
  readonly #options: StackOptions;
  readonly #statements: ReadonlyMap<string, number>;
  readonly #tables: ReadonlyMap<string, ElfSymbol>;
  /** By start address: a function may have several names. */
  readonly #results = new Map<number, Result>();
  /** The functions being followed, outermost first. */
  readonly #open: CodeFunction[] = [];

  constructor(elf: Elf, options: StackOptions) {
    this.#code = new ImageCode(elf);
    this.#options = options;
    this.#statements = new Map(
      elf.symbols
        .filter(({ name, section }) => section === SECTION_ABSOLUTE && name.endsWith(STATEMENT))
        .map(({ name, value }) => [name.slice(0, -STATEMENT.length), value]),
    );
    this.#tables = new Map(
      elf.symbols
        .filter(({ name, kind }) => kind === 'object' && name.endsWith(JUMPS))
        .map((symbol) => [symbol.name.slice(0, -JUMPS.length), symbol]),
    );
  }

  worst(name: string): number {
    return this.#result(this.#named(name)).worst;
  }

  path(name: string): StackFrame[] {
    const frames: StackFrame[] = [];
    let base = 0;
    for (let f: CodeFunction | undefined = this.#named(name); f !== undefined; ) {
      const { own, through } = this.#result(f);
      frames.push({ name: f.name, own, depth: base + (through?.depth ?? own) });
      base += through?.depth ?? 0;
      f = through?.callee;
    }
    return frames;
  }

  results(): Map<string, number> {
    const all = [...this.#results].map(
      ([start, { worst }]) => [this.#code.at(start)?.name ?? '', worst] as const,
    );
    return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #named(name: string): CodeFunction {
    const f = this.#code.named(name);
    if (f === undefined) throw new StackError(`the image has no function ${name}`);
    return f;
  }

  #result(f: CodeFunction): Result {
    const known = this.#results.get(f.start);
    if (known !== undefined) return known;
    const from = this.#open.findIndex(({ start }) => start === f.start);
    if (from >= 0) {
      const cycle = [...this.#open.slice(from), f].map(({ name }) => name);
      throw new StackError(`recursion, ${cycle.join(' -> ')}`);
    }
    this.#open.push(f);
    const walk = walkFunction(this.#code, f, this.#jumps(f));
    this.#checkStatement(f, walk);
    let result: Result = { worst: walk.own, own: walk.own, through: null };
    for (const { target, depth, at } of walk.calls) {
      for (const callee of target === null ? this.#pointees(f, at) : [this.#callee(f, target, at)]) {
        const worst = depth + this.#result(callee).worst;
        if (worst > result.worst || result.through === null) {
          result = { ...result, worst: Math.max(worst, result.worst), through: { callee, depth } };
        }
      }
    }
    // A path that ends in this function is the deepest one if no callee reaches further.
    if (result.worst === walk.own) result = { ...result, through: null };
    this.#open.pop();
    this.#results.set(f.start, result);
    return result;
  }

  /** Addresses in a function that the constant object NAME.jumps has. */
  #jumps({ name, start, end }: CodeFunction): number[] {
    const table = this.#tables.get(name);
    if (table === undefined) return [];
    const words = Array.from({ length: table.size / 4 }, (_, i) => this.#code.read32(table.value + 4 * i));
    const targets = [...new Set(words)];
    const outside = targets.find((target) => target < start || target >= end);
    if (outside !== undefined)
      throw new StackError(`${name}${JUMPS} leads out of the function, to 0x${outside.toString(16)}`);
    return targets;
  }

  #callee(f: CodeFunction, target: number, at: number): CodeFunction {
    const callee = this.#code.at(target);
    if (callee === undefined) {
      throw new StackError(
        `${f.name} branches to 0x${target.toString(16)}, which is not a function (0x${at.toString(16)})`,
      );
    }
    return callee;
  }

  #pointees(f: CodeFunction, at: number): CodeFunction[] {
    const names = this.#options.indirect?.get(f.name);
    if (names === undefined) {
      throw new StackError(`${f.name} calls through a pointer with unknown targets (0x${at.toString(16)})`);
    }
    return names.map((name) => this.#named(name));
  }

  /** What assembly claims must be what its code does. */
  #checkStatement(f: CodeFunction, { own }: FunctionWalk): void {
    const stated = this.#statements.get(f.name);
    if (stated !== undefined && stated !== own) {
      throw new StackError(`${f.name} states ${stated} bytes of stack and uses ${own}`);
    }
  }
}
