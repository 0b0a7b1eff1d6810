// SPDX-License-Identifier: Apache-2.0
/** What stands at the pins of the microphone interfaces. */

export interface MicrophoneSource {
  /** The next PDM bit, I2S word (left-justified, 32 bits) or ADC count (12 bits), whichever interface asks. */
  next(): number;
  /** Level of an I2S microphone's select pin (SEL, L/R): it speaks while the frame sync has the same. Low by default. */
  readonly select?: 'low' | 'high';
}

/** The input of each interface without a microphone: silence. */
export interface Listening {
  /** 0 or 1. */
  bit(): number;
  /** Unsigned 32 bits. */
  word(): number;
  select(): 'low' | 'high';
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
    select: () => source()?.select ?? 'low',
    count: () => Math.min(Math.max(source()?.next() ?? 2048, 0), 4095),
  };
}
