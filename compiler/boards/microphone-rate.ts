// SPDX-License-Identifier: Apache-2.0
/**
 * How fast a microphone is read. All its clocks are divided from the core clock (48 MHz on the SAMD21), so that rates
 * are known exactly as fractions; only I2S misses 8 kHz after its decimator.
 */

import type { Chip, MicrophoneName } from './board.ts';

/** What every decimator ends at and the feature extractor wants, in Hz; I2S comes 1.9 % faster. */
export const MICROPHONE_RATE = 8000;
/** Samples of I2S and ADC for one of the feature extractor's. */
export const OVERSAMPLING = 2;
/** Bit clocks of an I2S frame: two slots of 32. */
const FRAME_BITS = 64;
/** Least bit clock of the SPH0645 (Knowles, SPH0645LM4H-B, table "Microphone Interface": 1.024 to 4.096 MHz). */
const LEAST_BIT_CLOCK = 1_024_000;
/** Bits of a PDM microphone for one sample. */
export const PDM_DECIMATION = 125;

export interface MicrophoneRate {
  /** Core clocks for one period of the fastest clock: I2S and PDM bit clock, ADC conversion. */
  readonly divisor: number;
  /** That clock in Hz: bits for I2S and PDM, counts for the ADC. */
  readonly clock: number;
  /** Of these for one sample of the feature extractor. */
  readonly perSample: number;
  /** Samples in a second as the feature extractor gets them, in Hz: about 8,000. */
  readonly sampleRate: number;
  /** sampleRate / 8000 - 1. */
  readonly error: number;
}

export function microphoneRate(name: MicrophoneName, { coreClock }: Pick<Chip, 'coreClock'>): MicrophoneRate {
  const rate = (divisor: number, perSample: number) => rateOf(coreClock, divisor, perSample);
  switch (name) {
    case 'i2s': {
      // The largest divisor, that is the slowest clock, that is fast enough for both: 46, 16,304 Hz.
      const least = Math.max(LEAST_BIT_CLOCK, OVERSAMPLING * MICROPHONE_RATE * FRAME_BITS);
      return rate(Math.floor(coreClock / least), FRAME_BITS * OVERSAMPLING);
    }
    case 'pdm':
      return rate(coreClock / (MICROPHONE_RATE * PDM_DECIMATION), PDM_DECIMATION);
    case 'adc':
      return rate(coreClock / (MICROPHONE_RATE * OVERSAMPLING), OVERSAMPLING);
  }
}

function rateOf(coreClock: number, divisor: number, perSample: number): MicrophoneRate {
  const clock = coreClock / divisor;
  const sampleRate = clock / perSample;
  return { divisor, clock, perSample, sampleRate, error: sampleRate / MICROPHONE_RATE - 1 };
}

/** Rates of I2S are multiples of 1/46 Hz (48 MHz / 46 / 64), the others whole numbers. */
const DENOMINATOR = 46;

/** How fast the encoder of a microphone takes PCM, as numerator / denominator Hz. */
export function captureRule(
  microphone: MicrophoneName,
  chip: Pick<Chip, 'coreClock'>,
): { readonly microphone: MicrophoneName; readonly numerator: number; readonly denominator: number } {
  const { sampleRate } = microphoneRate(microphone, chip);
  // Words and counts; the encoder of PDM makes the bits of a sample itself.
  const wanted = microphone === 'pdm' ? sampleRate : OVERSAMPLING * sampleRate;
  return { microphone, numerator: Math.round(wanted * DENOMINATOR), denominator: DENOMINATOR };
}
