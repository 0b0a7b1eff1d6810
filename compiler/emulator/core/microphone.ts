// SPDX-License-Identifier: Apache-2.0
/** What stands at the pins of the microphone interfaces. */

export interface MicrophoneSource {
  /** The next PDM bit, I2S word (left-justified, 32 bits) or ADC count (12 bits), whichever interface asks. */
  next(): number;
  /** Level of an I2S microphone's select pin (SEL, L/R): it speaks while the frame sync has the same. Low by default. */
  readonly select?: 'low' | 'high';
  /** Bit clocks in Hz with which it works, least and most; any by default. */
  readonly clock?: readonly [least: number, most: number];
}

/** The input of each interface without a microphone: silence. */
export interface Listening {
  /** 0 or 1. */
  bit(): number;
  /** Unsigned 32 bits. */
  word(): number;
  select(): 'low' | 'high';
  /** Least and most bit clock in Hz. */
  clock(): readonly [least: number, most: number];
  /** 0 to 4095. */
  count(): number;
}

/** @param source asked at every sample, so that it may be changed while the chip runs */
export function listening(source: () => MicrophoneSource | null): Listening {
  let silentBit = 1;
  return {
    bit: () => {
      const microphone = source();
      return microphone === null ? (silentBit ^= 1) : microphone.next() & 1;
    },
    word: () => (source()?.next() ?? 0) >>> 0,
    clock: () => source()?.clock ?? [0, Infinity],
    select: () => source()?.select ?? 'low',
    count: () => Math.min(Math.max(source()?.next() ?? 2048, 0), 4095),
  };
}
