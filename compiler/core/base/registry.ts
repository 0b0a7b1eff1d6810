// SPDX-License-Identifier: Apache-2.0

/** What knows the name that it is filed under. */
interface Named {
  readonly type: string;
}

/** Entries by name, in the order of their registration: those of the product first, then what others add. */
export class Registry<T extends Named> {
  readonly #what: string;
  readonly #entries = new Map<string, T>();

  /** @param what an entry is, for messages */
  constructor(what: string, entries: readonly T[]) {
    this.#what = what;
    for (const entry of entries) this.add(entry);
  }

  /** @throws Error where the name is taken */
  add(entry: T): void {
    if (this.#entries.has(entry.type)) throw new Error(`there is a ${this.#what} ${entry.type} already`);
    this.#entries.set(entry.type, entry);
  }

  /** @throws Error where nothing has the name: what comes from outside is checked against `names` first */
  get(type: string): T {
    const entry = this.#entries.get(type);
    if (entry === undefined) throw new Error(`there is no ${this.#what} ${type}`);
    return entry;
  }

  find(type: string): T | null {
    return this.#entries.get(type) ?? null;
  }

  get all(): readonly T[] {
    return [...this.#entries.values()];
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }
}
