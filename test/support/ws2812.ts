// SPDX-License-Identifier: Apache-2.0
/**
 * A chain of WS2812B as it samples its wire: every high and low time is held to the data sheet ("Data Transfer Time"),
 * and each end of a frame gives colours.
 */

/** Nanoseconds, least and most. */
export interface Window {
  readonly least: number;
  readonly most: number;
}

const window = (middle: number): Window => ({ least: middle - 150, most: middle + 150 });

export const WINDOWS: Readonly<Record<'0 high' | '0 low' | '1 high' | '1 low', Window>> = {
  '0 high': window(400),
  '0 low': window(850),
  '1 high': window(800),
  '1 low': window(450),
};
/** What later chips take for the end of a frame; the data sheet of the first ones has 50 us. */
const END = 280_000;
/** A low time between two pixels that none was seen to take for the end (wp.josh.com, "NeoPixels Revealed"). */
const GAP = 5000;
const PIXEL_BITS = 24;

export interface Colour {
  readonly green: number;
  readonly red: number;
  readonly blue: number;
}

export interface Span {
  least: number;
  most: number;
}

/** Times are in nanoseconds. It listens from when the wire is first driven. */
export class Ws2812Chain {
  /** Colours of each frame that has ended, from the nearest pixel on. */
  readonly frames: Colour[][] = [];
  /** What does not agree with the data sheet. */
  readonly violations: string[] = [];
  /** Times that were met. */
  readonly spans = new Map<string, Span>();
  #level: 0 | 1 | null = null;
  #since = 0;
  #bits: (0 | 1)[] = [];

  /** The wire has this level from now on. */
  level(level: 0 | 1, now: number): void {
    if (level === this.#level) return;
    const time = now - this.#since;
    if (this.#level === 1) this.#high(time);
    else if (this.#level === 0) this.#low(time);
    this.#level = level;
    this.#since = now;
  }

  /** Ends the frame that is under way, as time does. */
  end(now: number): void {
    if (this.#level === 1) this.violations.push('the wire stays high');
    else if (this.#bits.length > 0 && now - this.#since >= END) this.#finish();
  }

  #high(time: number): void {
    // The chip distinguishes them halfway between the two windows.
    const bit = time > (WINDOWS['0 high'].most + WINDOWS['1 high'].least) / 2 ? 1 : 0;
    this.#bits.push(bit);
    this.#check(`${bit} high`, time, WINDOWS[`${bit} high`]);
  }

  #low(time: number): void {
    const bit = this.#bits.at(-1);
    if (bit === undefined) {
      this.#check('end', time, { least: END, most: Infinity });
    } else if (time >= END) {
      this.#finish();
      this.#check('end', time, { least: END, most: Infinity });
    } else if (this.#bits.length % PIXEL_BITS === 0) {
      this.#check('gap', time, { least: WINDOWS[`${bit} low`].least, most: GAP });
    } else {
      this.#check(`${bit} low`, time, WINDOWS[`${bit} low`]);
    }
  }

  #check(what: string, time: number, { least, most }: Window): void {
    if (!(time >= least && time <= most)) {
      this.violations.push(
        `${what} for ${time} ns at bit ${this.#bits.length} of frame ${this.frames.length}`,
      );
    }
    const span = this.spans.get(what);
    if (span === undefined) this.spans.set(what, { least: time, most: time });
    else Object.assign(span, { least: Math.min(span.least, time), most: Math.max(span.most, time) });
  }

  #finish(): void {
    if (this.#bits.length % PIXEL_BITS !== 0) {
      this.violations.push(`frame ${this.frames.length} ends after ${this.#bits.length} bits`);
    }
    const byte = (at: number) => this.#bits.slice(at, at + 8).reduce((sum: number, bit) => 2 * sum + bit, 0);
    this.frames.push(
      Array.from({ length: Math.floor(this.#bits.length / PIXEL_BITS) }, (_, pixel) => ({
        green: byte(PIXEL_BITS * pixel),
        red: byte(PIXEL_BITS * pixel + 8),
        blue: byte(PIXEL_BITS * pixel + 16),
      })),
    );
    this.#bits = [];
  }
}
