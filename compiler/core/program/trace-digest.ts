// SPDX-License-Identifier: Apache-2.0
/** The digest of a trace: one number for every integer that was computed, the same on every machine. */
import { Sha256 } from '../base/sha256.ts';

/**
 * SHA-256 of the rows of a trace in their order, every value as four bytes, least significant first. Rows are those of
 * traceLayout for clips and of streamTraceLayout for streams; traces of several recordings follow one another.
 */
export class TraceDigest {
  readonly #hash = new Sha256();
  #bytes = new Uint8Array(0);

  /** Any number of whole rows. */
  push(values: Int32Array): void {
    if (this.#bytes.length < 4 * values.length) this.#bytes = new Uint8Array(4 * values.length);
    const view = new DataView(this.#bytes.buffer);
    for (let i = 0; i < values.length; i++) view.setInt32(4 * i, values[i] ?? 0, true);
    this.#hash.push(this.#bytes.subarray(0, 4 * values.length));
  }

  /** Of all rows so far, 64 hexadecimal digits in lower case. */
  hex(): string {
    return this.#hash.hex();
  }
}

/** The digest of a whole trace. */
export function traceDigest(trace: Int32Array): string {
  const digest = new TraceDigest();
  digest.push(trace);
  return digest.hex();
}
