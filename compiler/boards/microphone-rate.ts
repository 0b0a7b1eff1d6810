// SPDX-License-Identifier: Apache-2.0
/**
 * How fast a microphone is read. All its clocks are divided from the core clock (48 MHz on the SAMD21), so that rates
 * are known exactly as fractions; only that of the ADC is 8 kHz after its decimator.
 */

import type { Chip, MicrophoneName } from './board.ts';

/** What every decimator ends at and the feature extractor wants, in Hz; I2S comes 1.9 % faster, PDM 2.1 %. */
export const MICROPHONE_RATE = 8000;
/** Samples of I2S and ADC for one of the feature extractor's. */
export const OVERSAMPLING = 2;
/** Bit clocks of an I2S frame: two slots of 32. */
const FRAME_BITS = 64;
/** Least bit clock of the SPH0645 (Knowles, SPH0645LM4H-B, table "Microphone Interface": 1.024 to 4.096 MHz). */
const LEAST_BIT_CLOCK = 1_024_000;
/** Least bit clock of the MP34DT01 (ST, MP34DT01-M, "Timing characteristics": 1 to 3.25 MHz). */
const LEAST_PDM_CLOCK = 1_000_000;
/** How slow the clock of a board without a crystal and without a USB host may be. */
const SLOW = 0.02;
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
      // The largest one that is fast enough for the microphone also where the core clock is slow: 47.
      return rate(Math.floor((coreClock * (1 - SLOW)) / LEAST_PDM_CLOCK), PDM_DECIMATION);
    case 'adc':
      return rate(coreClock / (MICROPHONE_RATE * OVERSAMPLING), OVERSAMPLING);
  }
}

function rateOf(coreClock: number, divisor: number, perSample: number): MicrophoneRate {
  const clock = coreClock / divisor;
  const sampleRate = clock / perSample;
  return { divisor, clock, perSample, sampleRate, error: sampleRate / MICROPHONE_RATE - 1 };
}

/** How fast the encoder of a microphone takes PCM, as numerator / denominator Hz. */
export function captureRule(
  microphone: MicrophoneName,
  chip: Pick<Chip, 'coreClock'>,
): { readonly microphone: MicrophoneName; readonly numerator: number; readonly denominator: number } {
  // The core clock is a whole number of Hz: rates are multiples of 1 / divisor.
  const { sampleRate, divisor } = microphoneRate(microphone, chip);
  const denominator = microphone === 'adc' ? 1 : divisor;
  // Words and counts; the encoder of PDM makes the bits of a sample itself.
  const wanted = microphone === 'pdm' ? sampleRate : OVERSAMPLING * sampleRate;
  return { microphone, numerator: Math.round(wanted * denominator), denominator };
}
