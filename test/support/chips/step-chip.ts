// SPDX-License-Identifier: Apache-2.0
/** The generated step function of the unrolled kernel alone on the emulated chip, watched section by section. */
import { readFileSync } from 'node:fs';
import type { Section } from '../../../compiler/codegen/kernels/unrolled/assembly.ts';
import { generateUnrolled, type Unrolled } from '../../../compiler/codegen/kernels/unrolled/unrolled.ts';
import { cellOf } from '../../../compiler/core/program/cells/index.ts';
import { keepsOutputs, stateLayout } from '../../../compiler/core/program/layout.ts';
import { inputsOf, outputsOf, type Program } from '../../../compiler/core/program/program.ts';
import { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { runtimeText } from '../../../compiler/host/files/runtime.ts';
import { parseElf, symbolAddress } from '../../../compiler/machines/image/elf.ts';
import { buildImage } from '../../../compiler/machines/toolchain/arm.ts';

const STATE = 0x20000000;
/** Any line of the interrupt controller. */
const IRQ = 3;
/** NVIC_ISER (Armv6-M ARM, B3.4). */
const INTERRUPT_ENABLE = 0xe000e100;
/** Stands in the words behind state and logits. */
const GUARD = 0x13572468;
const PATIENCE = 50_000_000;
const text = (...parts: string[]) => readFileSync(packagePath(...parts), 'utf8');

/** One step: every layer's outputs in order (the logits last), and what the step cost. */
export interface StepResult {
  readonly outputs: Int32Array;
  readonly cycles: number;
  /** Cycles of each section, in the order of StepChip.sections; 0 where the step went past it. */
  readonly sections: readonly number[];
  /** Lines of flash that each section entered. */
  readonly lines: readonly number[];
}

export class StepChip {
  readonly sections: readonly Section[];
  /** Bytes of stack that the deepest step has used. */
  stack = 0;
  readonly #program: Program;
  readonly #chip: Samd21;
  readonly #address: (name: string) => number;
  readonly #features: number;
  readonly #logits: number;
  /** Sections that were entered, in their order; the end is one behind the last. */
  #passed: { readonly section: number; readonly cycle: number; readonly line: number }[] = [];

  private constructor(
    program: Program,
    file: Uint8Array,
    sections: readonly Section[],
    scratchWords: number,
  ) {
    const elf = parseElf(file, 'step.elf');
    this.#program = program;
    this.sections = sections;
    this.#chip = new Samd21({ segments: elf.segments, vectorTable: 0 });
    this.#address = (name) => symbolAddress(elf, name);
    this.#features = STATE + 4 * (stateLayout(program).scratch + scratchWords) + 4;
    this.#logits = this.#features + 4 * Math.ceil(inputsOf(program) / 2) + 4;
    for (const [i, { label }] of sections.entries()) {
      this.#chip.hook(this.#address(label), () => this.#pass(i));
    }
    this.#chip.hook(this.#address('done'), () => {
      this.#pass(sections.length);
      this.#chip.stop();
    });
    this.#chip.writeUint32(INTERRUPT_ENABLE, 1 << IRQ);
    this.reset();
  }

  static create(program: Program, effort: number): Promise<StepChip> {
    return StepChip.of(program, generateUnrolled(program, { effort }));
  }

  /** generated: a step of the program, whatever its rows are */
  static async of(
    program: Program,
    { assembly, sections, scratchWords }: Pick<Unrolled, 'assembly' | 'sections' | 'scratchWords'>,
  ): Promise<StepChip> {
    const { elf } = await buildImage({
      files: [
        { path: 'vectors.S', text: text('test', 'kernel', 'target', 'vectors.S') },
        { path: 'model_step.S', text: assembly },
        ...[
          'egru_cell_m0.S',
          'egru_cell_fast_m0.S',
          'egru_event_m0.S',
          'egru_packed_rows_m0.S',
          'egru_sparse_m0.S',
        ].map((path) => ({
          path,
          text: runtimeText(path),
        })),
        { path: 'egru_target.h', text: runtimeText('egru_target.h') },
      ],
      includes: ['.'],
      linker: [{ path: 'step.ld', text: text('test', 'kernel', 'target', 'step.ld') }],
      optimize: '-O2',
    });
    return new StepChip(program, elf, sections, scratchWords);
  }

  /** Initial state. */
  reset(): void {
    const { outputs } = stateLayout(this.#program);
    for (const [i, layer] of this.#program.layers.entries()) {
      for (const [unit, value] of (cellOf(layer).initialState(layer, layer.units) ?? []).entries()) {
        this.#poke16(STATE + 2 * ((outputs[i] ?? 0) + unit), value);
      }
    }
  }

  /**
   * interruptAfter: cycles from the call on after which an interrupt arrives.
   * @throws Error where a register that AAPCS protects, or memory beside state, logits and stack, has changed
   */
  step(features: Int16Array, interruptAfter: readonly number[] = []): StepResult {
    const chip = this.#chip;
    const { registers } = chip.core;
    features.forEach((value, i) => {
      this.#poke16(this.#features + 2 * i, value);
    });
    // An odd last feature has a neighbour that belongs to somebody else.
    if (features.length & 1) this.#poke16(this.#features + 2 * features.length, 0x5aa5);
    const stackTop = chip.peek32(0);
    const guards = [this.#features - 4, this.#logits + 4 * outputsOf(this.#program)];
    for (const guard of guards) chip.writeUint32(guard, GUARD);
    for (let r = 0; r < 13; r++) registers[r] = 0x01010101 * (r + 1);
    registers[1] = STATE;
    registers[2] = this.#features;
    registers[3] = this.#logits;
    registers[13] = stackTop;
    registers[15] = this.#address('entry');
    chip.resetStackMark();
    this.#passed = [];
    const start = chip.cycles;
    for (const after of interruptAfter) chip.interruptAt(start + after, IRQ);
    if (chip.run(PATIENCE) !== 'stopped') throw new Error('the step does not return');
    for (let r = 4; r < 12; r++) {
      if (registers[r] !== 0x01010101 * (r + 1)) throw new Error(`the step has changed r${r}`);
    }
    if (registers[13] !== stackTop) throw new Error('the step has moved the stack pointer');
    if (guards.some((guard) => chip.peek32(guard) !== GUARD)) throw new Error('the step has written beside');
    this.stack = Math.max(this.stack, stackTop - chip.lowestStack);
    const passed = this.#passed;
    const between = (what: 'cycle' | 'line') => {
      const sums = this.sections.map(() => 0);
      for (const [i, mark] of passed.entries())
        sums[mark.section] = (passed[i + 1]?.[what] ?? mark[what]) - mark[what];
      return sums.slice(0, this.sections.length);
    };
    return {
      outputs: this.#outputs(),
      cycles: (passed[passed.length - 1]?.cycle ?? 0) - (passed[0]?.cycle ?? 0),
      sections: between('cycle'),
      lines: between('line'),
    };
  }

  #pass(section: number): void {
    this.#passed.push({ section, cycle: this.#chip.cycles, line: this.#chip.flashLines });
  }

  #outputs(): Int32Array {
    const { outputs } = stateLayout(this.#program);
    const values: number[] = [];
    for (const [i, layer] of this.#program.layers.entries()) {
      if (!keepsOutputs(layer)) continue;
      for (let unit = 0; unit < layer.units; unit++) {
        values.push((this.#chip.peek16(STATE + 2 * ((outputs[i] ?? 0) + unit)) << 16) >> 16);
      }
    }
    for (let i = 0; i < outputsOf(this.#program); i++)
      values.push(this.#chip.peek32(this.#logits + 4 * i) | 0);
    return Int32Array.from(values);
  }

  #poke16(address: number, value: number): void {
    this.#chip.poke8(address, value & 255);
    this.#chip.poke8(address + 1, (value >> 8) & 255);
  }
}
