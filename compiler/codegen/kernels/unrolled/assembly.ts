// SPDX-License-Identifier: Apache-2.0
/** The schedule as Thumb assembly: one straight line of code per layer. */
import { stateLayout } from '../../../core/program/layout.ts';
import { outputsOf, type Program } from '../../../core/program/program.ts';
import { BasePointer } from './base-pointer.ts';
import { LOW_SLOTS } from './block-cost.ts';
import type { LayerWriter } from './cells/cell.ts';
import { unrolledCell } from './cells/index.ts';
import { WidePointer } from './inputs/wide-values.ts';
import { type InputPlace, writeInputs } from './inputs/write.ts';
import { frameInputs, POINTERS, type StepMemory, stepMemory } from './memory.ts';
import { writePair } from './pair-code.ts';
import type { Block, PlannedRow } from './plan.ts';
import type { OwnData, OwnPlace, PlannedLayer } from './planned-layer.ts';
import { SLOT_REGISTERS, X, Y } from './registers.ts';
import type { RowTable } from './row-table.ts';
import { StartValues } from './start-values.ts';
import { Code, type Cost } from './thumb.ts';

/** Code between two labels, and what it costs. */
export interface Section extends Cost {
  /** Where it begins. */
  readonly label: string;
  readonly kind: 'entry' | 'inputs' | 'matrix' | 'table' | 'outputs' | 'cell' | 'own' | 'exit';
  /** Index of the layer; -1 before the first and behind the last. */
  readonly layer: number;
  /** Lines of flash that the section enters; exact for matrices, whose code has no branch. Tables are no part of it. */
  readonly lines: number;
}

export interface Assembly {
  readonly text: string;
  /** Words of tables, by their symbols. */
  readonly data: readonly { readonly symbol: string; readonly words: Uint32Array }[];
  /** Words of layers that write their own code, and what computed jumps go to. */
  readonly constants: readonly OwnData[];
  readonly jumps: readonly OwnData[];
  /** Bytes of code behind the end, which jumps lead to. */
  readonly behind: number;
  readonly memory: StepMemory;
  readonly sections: readonly Section[];
  /** Bytes of stack that the step uses, without the functions it calls. */
  readonly stack: number;
}

/** Pushed at entry: r8..r11, then state, features, logits, r4..r7, lr. */
const SAVED_BYTES = 48;
const SAVED_STATE = 16;
const SAVED_FEATURES = 20;
const SAVED_LOGITS = 24;

/** @param name of the function */
export function writeAssembly(program: Program, layers: readonly PlannedLayer[], name: string): Assembly {
  return new Writer(program, layers, name).write();
}

class Writer {
  readonly #program: Program;
  readonly #layers: readonly PlannedLayer[];
  readonly #code = new Code();
  readonly #sections: Section[] = [];
  readonly #outputs: readonly (number | null)[];
  readonly #memory: StepMemory;
  readonly #frame: number;
  readonly #data: { readonly symbol: string; readonly words: Uint32Array }[] = [];
  readonly #constants: OwnData[] = [];
  readonly #jumps: OwnData[] = [];
  readonly #behind: (() => void)[] = [];
  readonly #name: string;
  #local = 0;

  constructor(program: Program, layers: readonly PlannedLayer[], name: string) {
    this.#name = name;
    this.#program = program;
    this.#layers = layers;
    this.#outputs = stateLayout(program).outputs;
    this.#memory = stepMemory(program, layers);
    this.#frame = this.#memory.frame;
  }

  write(): Assembly {
    const code = this.#code;
    this.#section('entry', -1, this.#name, () => {
      code.comment('r0 model (not needed), r1 state, r2 features, r3 logits');
      code.multiple('push {r1-r7, lr}', 8);
      for (let r = 4; r < 8; r++) code.op(`mov r${r}, r${r + 4}`);
      code.multiple('push {r4-r7}', 4);
      code.moveStack(-this.#frame, 'r7');
    });
    for (const [index, planned] of this.#layers.entries()) this.#layer(planned, index);
    this.#section('exit', -1, `${this.#name}.exit`, () => {
      this.#copyLogits();
      code.moveStack(this.#frame, 'r7');
      code.multiple('pop {r4-r7}', 4);
      for (let r = 4; r < 8; r++) code.op(`mov r${r + 4}, r${r}`);
      code.op('add sp, #12');
      code.op('pop {r4-r7, pc}', 3 + 5);
    });
    const end = code.cost;
    for (const body of this.#behind) body();
    return {
      behind: code.since(end).bytes,
      ...{ constants: this.#constants, jumps: this.#jumps },
      ...{ text: code.text, data: this.#data, memory: this.#memory, sections: this.#sections },
      stack: this.#frame + SAVED_BYTES,
    };
  }

  #section<T>(kind: Section['kind'], layer: number, label: string, body: () => T): T {
    const before = this.#code.cost;
    this.#code.label(label);
    const result = body();
    const cost = this.#code.since(before);
    const lines = lineOf(before.bytes + cost.bytes - 2) - lineOf(before.bytes - 2);
    this.#sections.push({ label, kind, layer, ...cost, lines });
    return result;
  }

  #layer(planned: PlannedLayer, index: number): void {
    const { layer, blocks, own } = planned;
    const name = `${this.#name}.layer${index}`;
    if (own !== undefined) {
      own.write(this.#ownPlace(planned, index, name));
      return;
    }
    this.#code.line();
    this.#section('inputs', index, name, () => writeInputs(this.#inputPlace(index), planned));
    blocks.forEach((block, b) => {
      this.#code.line();
      const label = `${name}.block${b}`;
      const start = this.#section('matrix', index, label, () => this.#block(planned, block));
      this.#section('outputs', index, `${label}.outputs`, () =>
        this.#blockOutputs(planned, block, this.#writer(planned, index, start)),
      );
    });
    let accumulators = this.#memory.accumulators;
    for (const table of planned.tables) {
      this.#table(planned, index, table, accumulators);
      accumulators += 4 * table.accumulatorWords;
    }
    if (unrolledCell(layer).finish !== null)
      this.#section('cell', index, `${name}.cell`, () => this.#finish(planned, index));
  }

  #finish(planned: PlannedLayer, index: number): void {
    const { layer, fast } = planned;
    unrolledCell(layer).finish?.(layer, this.#bareWriter(planned, index), fast);
  }

  /** Of what no block has just computed. */
  #bareWriter(planned: PlannedLayer, index: number): LayerWriter {
    return this.#writer(planned, index, new StartValues(this.#code, SLOT_REGISTERS, [], X));
  }

  #ownPlace(planned: PlannedLayer, index: number, name: string): OwnPlace {
    const code = this.#code;
    return {
      ...{ code, step: this.#name, name, jumps: this.#jumps, constants: this.#constants },
      section: (label, body, cost) => {
        this.#section('own', index, label, body);
        const last = this.#sections.pop();
        if (last !== undefined) this.#sections.push({ ...last, ...cost?.(last) });
      },
      stateBytes: (register, at, scratch) => this.#stateBytes(register, at, scratch),
      outputs: (layer) => (layer < 0 ? null : 2 * (this.#outputs[layer] ?? 0)),
      featuresPointer: (register) => code.op(`mov ${register}, r2`),
      pointers: this.#frame - 4 * POINTERS,
      scratch: (layer) => this.#memory.lists[layer] ?? 0,
      store: (rows) => {
        const sorted = [...rows].sort((a, b) => a.slot - b.slot);
        unrolledCell(planned.layer).block(planned.layer, sorted, this.#bareWriter(planned, index));
      },
      finish: () => this.#finish(planned, index),
      writer: () => this.#bareWriter(planned, index),
      fast: planned.fast,
      behind: (body) => this.#behind.push(body),
    };
  }

  #inputPlace(index: number): InputPlace {
    return {
      ...{ code: this.#code, index, localLabel: () => this.#localLabel() },
      features: (fresh) => {
        if (fresh) this.#code.op(`mov ${X}, r2`);
        else this.#code.loadStack(X, this.#frame + SAVED_FEATURES);
      },
      outputs: (layer) => this.#statePointer(X, this.#outputs[layer] ?? 0, 'r0'),
      work: () => {
        this.#stateBytes(Y, this.#memory.work, 'r0');
        this.#code.storeStack(Y, this.#memory.wide ?? 0, 'r0');
      },
    };
  }

  /** A register takes the address of a halfword of the state. */
  #statePointer(register: string, halfword: number, scratch: string): void {
    this.#stateBytes(register, 2 * halfword, scratch);
  }

  #stateBytes(register: string, at: number, scratch: string): void {
    this.#code.loadStack(register, this.#frame + SAVED_STATE);
    this.#code.addConstant(register, at, scratch);
  }

  /** Computes a table's rows, then hands their accumulators to the cell, as many as there are low registers. */
  #table(planned: PlannedLayer, index: number, table: RowTable, accumulators: number): void {
    const code = this.#code;
    const label = `${this.#name}.layer${index}.${table.name}`;
    const symbol = `${this.#name}.layer${index}_${table.name}`;
    this.#data.push({ symbol, words: table.data });
    code.line();
    this.#section('table', index, label, () => {
      code.comment(`${table.order.length} ${table.name} rows`);
      table.assembly({
        ...{ code, symbol },
        accumulators: (register, scratch) => this.#stateBytes(register, accumulators, scratch),
        work: (register, scratch) => this.#stateBytes(register, this.#memory.work, scratch),
        localLabel: () => this.#localLabel(),
      });
    });
    this.#section('outputs', index, `${label}.outputs`, () => {
      for (let first = 0; first < table.order.length; first += LOW_SLOTS) {
        const rows = table.order.slice(first, first + LOW_SLOTS).map((row, slot): PlannedRow => {
          const found = planned.rows.rows[row];
          if (found === undefined) throw new Error(`the layer has no row ${row}`);
          return { row: found, negated: false, slot, constant: 0 };
        });
        this.#stateBytes(Y, accumulators + 4 * first, X);
        const list = rows.length === 1 ? '{r0}' : `{r0-r${rows.length - 1}}`;
        code.multiple(`ldm ${Y}!, ${list}`, rows.length);
        unrolledCell(planned.layer).block(planned.layer, rows, this.#bareWriter(planned, index));
      }
    });
  }

  #localLabel(): string {
    return `.L${this.#local++}`;
  }

  #block({ layer }: PlannedLayer, block: Block): StartValues {
    const code = this.#code;
    code.comment(
      block.rows
        .map(
          ({ row, slot, negated }) => `${SLOT_REGISTERS[slot]} ${negated ? '-' : ''}${row.gate}[${row.unit}]`,
        )
        .join(', '),
    );
    const start = new StartValues(code, SLOT_REGISTERS, block.rows, X);
    let wide: WidePointer | null = null;
    if (block.wide && block.pairs.length > 0) {
      code.loadStack(Y, this.#memory.wide ?? 0);
      wide = new WidePointer(code);
    }
    for (const pair of block.pairs) writePair(code, layer, pair, start, wide);
    start.finish(X);
    return start;
  }

  #blockOutputs({ layer }: PlannedLayer, block: Block, writer: LayerWriter): void {
    // Low registers first: they are free for the high ones' values afterwards.
    const rows = [...block.rows].sort((a, b) => a.slot - b.slot);
    unrolledCell(layer).block(layer, rows, writer);
  }

  /** What the layer's cell writes with; start: of the block whose accumulators it takes. */
  #writer(planned: PlannedLayer, index: number, start: StartValues): LayerWriter {
    const code = this.#code;
    const { ownOnStack, own } = this.#memory;
    const onStack = 4 * frameInputs(planned);
    const base = new BasePointer(128);
    return {
      code,
      storeOwn: (register, word) => {
        if (ownOnStack) {
          code.storeStack(register, onStack + 4 * word, Y);
          return;
        }
        // Where X holds the value, r0 has been stored by then, or is not in use at all.
        const scratch = register === X ? 'r0' : X;
        const offset = base.reach(own + 4 * word, (at) => this.#stateBytes(Y, at, scratch));
        code.store(`str ${register}, [${Y}, #${offset}]`);
      },
      ownAddress: (register, scratch) => {
        if (ownOnStack) code.stackAddress(register, onStack);
        else this.#stateBytes(register, own, scratch);
      },
      lowered: (row, spare) => this.#lowered(row, spare, start),
      outputsPointer: (register, at, scratch) =>
        this.#statePointer(register, (this.#outputs[index] ?? 0) + at / 2, scratch),
      logitsPointer: (register) => this.#code.loadStack(register, this.#frame + SAVED_LOGITS),
      localLabel: () => this.#localLabel(),
    };
  }

  /** The row's finished value in a low register, `spare` for those from high ones. */
  #lowered({ slot, negated }: PlannedRow, spare: string, start: StartValues): string {
    const own = SLOT_REGISTERS[slot] ?? '';
    const register = slot < LOW_SLOTS ? own : spare;
    if (register !== own) this.#code.op(`mov ${register}, ${own}`);
    start.settle(slot, register);
    if (negated) this.#code.op(`negs ${register}, ${register}`);
    return register;
  }

  /** Where the last layer keeps its outputs in the state, they are the logits too. */
  #copyLogits(): void {
    const last = this.#layers.length - 1;
    const from = this.#outputs[last] ?? null;
    if (from === null) return;
    const code = this.#code;
    const count = outputsOf(this.#program);
    code.comment(`logits: the outputs of layer ${last}`);
    this.#statePointer(X, from, 'r0');
    code.loadStack(Y, this.#frame + SAVED_LOGITS);
    code.constant('r1', 2 * count);
    code.op(`adds r1, r1, ${X}`);
    code.label('.Llogits');
    code.range(`ldrh r0, [${X}]`, 2 * count, 2 * count);
    code.range('sxth r0, r0', count, count);
    code.range(`stm ${Y}!, {r0}`, 2 * count, 2 * count);
    code.range(`adds ${X}, #2`, count, count);
    code.range(`cmp ${X}, r1`, count, count);
    code.range('bne .Llogits', 2 * count - 1, 2 * count - 1);
  }
}

/** The 8-byte line of flash of a byte of the step, which begins on a line (files.ts). */
function lineOf(byte: number): number {
  return Math.floor(byte / 8);
}
