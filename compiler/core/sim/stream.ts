// SPDX-License-Identifier: Apache-2.0
/** Feature extractor, network and detection, frame by frame: twin of runtime-c/detect/egru_stream.c. */
import { meanSquare } from '../fixed/energy.ts';
import { Frontend } from '../frontend/features.ts';
import type { StreamProgram } from '../program/program.ts';
import { inputsOf } from '../program/program.ts';
import { type Detection, Detector, VAD_OPEN, VAD_RESET } from './detector.ts';
import { Network } from './network.ts';

/** A keyword in a stream: index of its label, score in Q15 (the smoothed posterior), and when. */
export interface StreamEvent extends Detection {
  /** Index of the last sample of the deciding frame, from the start of the stream. */
  readonly sample: number;
}

/**
 * A program that listens: samples in, in pieces of any length, events out. Samples of a program without a feature
 * extractor are features, and a frame is one step's. What it computed last can be read until the next frame.
 */
export class Stream {
  readonly network: Network;
  readonly detector: Detector;
  /** Of the last frame, Q15. Live view. */
  readonly features: Int16Array;
  /** Mean square of the last frame; 0 without VAD. */
  meanSquare = 0;
  /** VAD_* of the last frame. */
  vadState = VAD_OPEN;
  readonly #frontend: Frontend | null;
  readonly #vad: boolean;
  readonly #frame: Int16Array;
  readonly #hop: number;
  #filled = 0;
  #position = 0;

  constructor(program: StreamProgram) {
    const { frontend, detect } = program;
    this.network = new Network(program);
    this.detector = new Detector(detect);
    this.features = new Int16Array(inputsOf(program));
    this.#frontend = frontend === null ? null : new Frontend(frontend);
    this.#vad = detect.vad !== null;
    this.#frame = frontend === null ? this.features : new Int16Array(frontend.frame);
    this.#hop = frontend === null ? this.features.length : frontend.hop;
  }

  /** Back to the start of a stream. */
  reset(): void {
    this.network.reset();
    this.detector.reset();
    this.#frontend?.reset();
    this.meanSquare = 0;
    this.vadState = VAD_OPEN;
    this.#filled = 0;
    this.#position = 0;
  }

  /** Takes all samples. onFrame: called after every frame, with its event or null. */
  push(samples: Int16Array, onFrame: (event: StreamEvent | null) => void = () => {}): StreamEvent[] {
    const frame = this.#frame;
    const events: StreamEvent[] = [];
    for (let at = 0; at < samples.length; ) {
      const taken = Math.min(samples.length - at, frame.length - this.#filled);
      frame.set(samples.subarray(at, at + taken), this.#filled);
      at += taken;
      this.#position += taken;
      this.#filled += taken;
      if (this.#filled < frame.length) break;
      const detection = this.#runFrame();
      frame.copyWithin(0, this.#hop);
      this.#filled = frame.length - this.#hop;
      const event = detection === null ? null : { ...detection, sample: this.#position - 1 };
      if (event !== null) events.push(event);
      onFrame(event);
    }
    return events;
  }

  /**
   * One frame that was computed before, instead of samples: `features` are those before normalization, meanSquare is its
   * energy. Streams take either samples or frames.
   */
  frame(features: Int16Array, meanSquare: number): Detection | null {
    this.features.set(features);
    this.#frontend?.normalize(this.features);
    this.meanSquare = meanSquare;
    return this.#hear(this.#vad ? this.detector.vad(meanSquare) : VAD_OPEN);
  }

  #runFrame(): Detection | null {
    let vadState = VAD_OPEN;
    if (this.#frontend !== null) {
      if (this.#vad) {
        this.meanSquare = meanSquare(this.#frame, 0, this.#frame.length);
        vadState = this.detector.vad(this.meanSquare);
      }
      this.#frontend.frame(this.#frame, 0, this.features);
    }
    return this.#hear(vadState);
  }

  #hear(vadState: number): Detection | null {
    this.vadState = vadState;
    if (vadState === VAD_OPEN) {
      this.network.step(this.features);
      return this.detector.step(this.network.logits);
    }
    if (vadState === VAD_RESET) this.network.reset();
    return this.detector.step(null);
  }
}
