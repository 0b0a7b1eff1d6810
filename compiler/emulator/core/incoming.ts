// SPDX-License-Identifier: Apache-2.0

/** Bytes from outside that wait for a receiver, in order. */
export class Incoming {
  #bytes: number[] = [];
  #taken = 0;

  push(bytes: Uint8Array): void {
    this.#bytes = this.#bytes.slice(this.#taken);
    this.#taken = 0;
    for (const byte of bytes) this.#bytes.push(byte);
  }

  get waiting(): boolean {
    return this.#taken < this.#bytes.length;
  }

  take(): number {
    return this.#bytes[this.#taken++] ?? 0;
  }
}
