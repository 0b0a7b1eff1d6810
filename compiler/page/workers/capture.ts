// SPDX-License-Identifier: Apache-2.0
/** The audio thread's part: what the microphone gives, mixed to one channel, to the worker that computes. */
import type { WorkerPort } from './scope.ts';

/** Samples of a piece: 21 ms at 48 kHz. */
const PIECE = 1024;

declare const AudioWorkletProcessor: { new (): { readonly port: WorkerPort } };
declare function registerProcessor(name: string, processor: unknown): void;

class Capture extends AudioWorkletProcessor {
  #to: WorkerPort | null = null;
  #piece = new Float32Array(PIECE);
  #filled = 0;

  constructor() {
    super();
    this.port.onmessage = (event) => {
      this.#to = (event as { readonly ports?: readonly WorkerPort[] }).ports?.[0] ?? null;
    };
  }

  process([channels = []]: readonly (readonly Float32Array[])[]): boolean {
    const length = channels[0]?.length ?? 0;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i] ?? 0;
      this.#piece[this.#filled++] = sum / channels.length;
      if (this.#filled === PIECE) this.#send();
    }
    return true;
  }

  #send(): void {
    const piece = this.#piece;
    this.#piece = new Float32Array(PIECE);
    this.#filled = 0;
    this.#to?.postMessage(piece, [piece.buffer]);
  }
}

registerProcessor('capture', Capture);
