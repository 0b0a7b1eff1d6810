// SPDX-License-Identifier: Apache-2.0
/** A WebAssembly module of functions that share one imported memory (specification 2.0, section 5.5). */
import { type Code, type Local, TYPE_BYTE, unsigned, type ValueType } from './code.ts';

interface FunctionBody {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** Hands out a function's local variables. */
export class Locals {
  readonly types: ValueType[] = [];
  constructor(readonly parameters: number) {}

  declare(type: ValueType): Local {
    this.types.push(type);
    return { index: this.parameters + this.types.length - 1, type };
  }

  /** Several of one type. */
  several(count: number, type: ValueType): Local[] {
    return Array.from({ length: count }, () => this.declare(type));
  }
}

export class ModuleBuilder {
  readonly #functions: FunctionBody[] = [];

  /**
   * Adds an exported function without result whose parameters are all int32.
   * @param write gets the named parameters and gives the body
   */
  define<Name extends string>(
    name: string,
    parameters: readonly Name[],
    write: (parameters: Readonly<Record<Name, Local>>, locals: Locals) => Code,
  ): void {
    const locals = new Locals(parameters.length);
    const named = Object.fromEntries(
      parameters.map((parameter, index) => [parameter, { index, type: 'i32' }]),
    ) as Record<Name, Local>;
    const body = write(named, locals);
    this.#functions.push({ name, parameters: parameters.map(() => 'i32'), locals: locals.types, body });
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const functions = this.#functions;
    const types = functions.map(({ parameters }) => [
      0x60,
      ...list(parameters.map((type) => [TYPE_BYTE[type]])),
      0,
    ]);
    const memory = [...text('env'), ...text('memory'), 2, 0, 1];
    const exports = functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]);
    const bodies = functions.map(({ locals, body }) => {
      const code = [...list(locals.map((type) => [1, TYPE_BYTE[type]])), ...body, 0x0b];
      return [...unsigned(code.length), ...code];
    });
    return Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...section(1, types),
      ...section(2, [memory]),
      ...section(
        3,
        functions.map((_, index) => unsigned(index)),
      ),
      ...section(7, exports),
      ...section(10, bodies),
    ]);
  }
}

function section(id: number, items: readonly Code[]): number[] {
  const content = list(items);
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...unsigned(bytes.length), ...bytes];
}
