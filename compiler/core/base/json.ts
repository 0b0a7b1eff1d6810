// SPDX-License-Identifier: Apache-2.0
/**
 * JSON from strangers, read by hand-written checks. Every message names the place in the document, in the
 * notation `layers[2].inputs`.
 */
import { InputError } from './errors.ts';
import { locateJsonError } from './json-locate.ts';
import { nearest } from './nearest.ts';

/** Bytes of UTF-8: names and labels become file names, C strings and parts of the firmware's lines, which are short. */
export const MAX_NAME_BYTES = 100;

/** One value of a document, with the place it came from. */
export class JsonValue {
  constructor(
    readonly file: string,
    readonly value: unknown,
    readonly path: string,
  ) {}

  fail(problem: string): never {
    throw new InputError(this.file, problem, this.path === '' ? 'at the top level' : `at ${this.path}`);
  }

  /** Object whose keys are all among `known`; an unknown one is named with the nearest known one. */
  object(known: readonly string[]): JsonObject {
    const members = this.members();
    for (const key of members.keys()) {
      if (known.includes(key)) continue;
      const close = nearest(key, known);
      this.fail(
        `unknown key ${quote(key)}${close === null ? '' : `; the nearest known one is ${quote(close)}`}`,
      );
    }
    return new JsonObject(this, members);
  }

  /** Object with any keys. */
  members(): Map<string, JsonValue> {
    const { value } = this;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.fail(`must be an object, found ${describe(value)}`);
    }
    return new Map(
      Object.entries(value).map(([key, member]) => [key, new JsonValue(this.file, member, this.#child(key))]),
    );
  }

  array(min: number, max: number): JsonValue[] {
    const items = this.#items();
    if (items.length < min || items.length > max) {
      const range = min === max ? `${min}` : `${min} to ${max}`;
      this.fail(`must be a list of ${range} values, found ${items.length}`);
    }
    return items.map((item, i) => new JsonValue(this.file, item, `${this.path}[${i}]`));
  }

  /** Exactly `length` integers within [min, max], written to `out` from `at` on: the quick way for long lists. */
  integersInto(
    out: Uint8Array | Int8Array | Int16Array | Int32Array | Uint32Array,
    at: number,
    length: number,
    min: number,
    max: number,
  ): void {
    const items = this.#items();
    if (items.length !== length) this.fail(`must be a list of ${length} integers, found ${items.length}`);
    for (let i = 0; i < length; i++) {
      const item: unknown = items[i];
      if (typeof item !== 'number' || !Number.isInteger(item) || item < min || item > max) {
        new JsonValue(this.file, item, `${this.path}[${i}]`).integer(min, max);
      }
      out[at + i] = Number(item);
    }
  }

  /** @param unit what it counts, for the message: "frames" */
  integer(min: number, max: number, unit?: string): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
      this.fail(
        min === max
          ? `must be ${min}, found ${describe(value)}`
          : `must be an integer from ${min} to ${max}${unit === undefined ? '' : ` ${unit}`}, found ${describe(value)}`,
      );
    }
    return value + 0; // -0 becomes 0
  }

  positive(): number {
    const { value } = this;
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      this.fail(`must be a positive number, found ${describe(value)}`);
    }
    return value;
  }

  /** A number within [low, high]. */
  number(low: number, high: number): number {
    const { value } = this;
    if (typeof value === 'number' && value >= low && value <= high) return value;
    return this.fail(`must be a number from ${low} to ${high}, found ${describe(value)}`);
  }

  boolean(): boolean {
    const { value } = this;
    return typeof value === 'boolean' ? value : this.fail(`must be true or false, found ${describe(value)}`);
  }

  /** Non-empty text without lone surrogates (no UTF-8 has them) and without NUL (no C string holds it). */
  text(): string {
    const { value } = this;
    if (typeof value !== 'string' || value === '')
      this.fail(`must be non-empty text, found ${describe(value)}`);
    if (/\p{Surrogate}|\0/u.test(value))
      this.fail('text with a NUL character or half a surrogate pair cannot be used');
    return value;
  }

  /** Text of at most MAX_NAME_BYTES. */
  name(): string {
    const text = this.text();
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > MAX_NAME_BYTES)
      this.fail(`must have at most ${MAX_NAME_BYTES} bytes in UTF-8, found ${bytes}`);
    return text;
  }

  choice<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.value);
    if (found !== undefined) return found;
    return this.fail(`must be ${choices.map(quote).join(' or ')}, found ${describe(this.value)}`);
  }

  #items(): readonly unknown[] {
    const { value } = this;
    if (!Array.isArray(value)) this.fail(`must be a list, found ${describe(value)}`);
    return value;
  }

  #child(key: string): string {
    const name = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key);
    return name ? `${this.path === '' ? '' : `${this.path}.`}${key}` : `${this.path}[${quote(key)}]`;
  }
}

/** The checked members of an object. */
export class JsonObject {
  readonly #owner: JsonValue;
  readonly #members: ReadonlyMap<string, JsonValue>;

  constructor(owner: JsonValue, members: ReadonlyMap<string, JsonValue>) {
    this.#owner = owner;
    this.#members = members;
  }

  get(key: string): JsonValue {
    return this.#members.get(key) ?? this.#owner.fail(`${quote(key)} is missing`);
  }

  /** null where the key is absent or its value is null. */
  optional(key: string): JsonValue | null {
    const member = this.#members.get(key);
    return member === undefined || member.value === null ? null : member;
  }

  has(key: string): boolean {
    return this.#members.has(key);
  }

  fail(problem: string): never {
    return this.#owner.fail(problem);
  }
}

/** Parses a whole file's text or bytes (UTF-8). */
export function parseJson(file: string, source: string | Uint8Array): JsonValue {
  let text: string;
  try {
    text = typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch {
    throw new InputError(file, 'is not UTF-8 text');
  }
  try {
    return new JsonValue(file, JSON.parse(text), '');
  } catch {
    const at = locateJsonError(text);
    if (text.slice(at).trim() === '') throw new InputError(file, 'is not JSON', 'it ends too early');
    const before = text.slice(0, at).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    throw new InputError(file, 'is not JSON', `line ${before.length}, column ${column}`);
  }
}

/** A short form of any value for a message. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? quote(value) : String(value);
}

/** Text in quotation marks, cut to what fits a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
