// SPDX-License-Identifier: Apache-2.0
/**
 * What listening takes from the battery: an estimate from counted cycles and the data sheets' currents. The chip works
 * on a frame, sleeps in IDLE with slowed buses until the next block, and so on; the microphone is always on.
 *
 * Not counted: the board's regulator and LEDs, USB, and what I2S, ADC and DMA add to sleep, for which the data sheet
 * has no figures. docs/ENERGY.md rates each figure.
 */
import type { MicrophoneName } from '../../boards/boards.ts';

/** Supply in volts, at which the data sheets' currents were measured. */
export const SUPPLY = 3.3;
/**
 * SAM D21 data sheet (DS40001882), "Power Consumption", Table 37-7, typical at 25 °C, 3.3 V, DFLL48M, one wait state:
 * a CoreMark loop (While(1): 3.37 mA), IDLE0, in which AHB and APB stay clocked for the DMA controller, and IDLE2, in
 * which they stop.
 */
export const CHIP_MILLIAMPS = { active: 6.32, idle: 2.04, stopped: 1.17 };

/** By what the firmware divides the clock of the buses while it sleeps (firmware/samd21/system/sleep.c). */
export const SLEEP_DIVIDER: Readonly<Record<MicrophoneName, number>> = { i2s: 16, pdm: 8, adc: 16 };

/** Current asleep with buses at a share of the core clock: between IDLE2 and IDLE0 in proportion, as CMOS logic takes it. */
export function idleMilliamps(busShare: number): number {
  const { idle, stopped } = CHIP_MILLIAMPS;
  return stopped + busShare * (idle - stopped);
}

export interface MicrophonePart {
  readonly part: string;
  readonly microphone: MicrophoneName;
  /** Typical supply current from its data sheet. */
  readonly milliamps: number;
}

export const microphoneParts: readonly MicrophonePart[] = [
  { part: 'ICS-43434', microphone: 'i2s', milliamps: 0.23 }, // TDK DS-000069, "Supply Current", low-power mode: up to 18.75 kHz; here 16.3 kHz
  { part: 'SPH0645', microphone: 'i2s', milliamps: 0.6 }, // Knowles SPH0645LM4H-B, "Supply Current"
  { part: 'MP34DT01', microphone: 'pdm', milliamps: 0.6 }, // ST MP34DT01-M, "Current consumption in normal mode"
  { part: 'MAX9814', microphone: 'adc', milliamps: 3.1 }, // Maxim 19-0764, "Supply Current"
];

/**
 * The load of listening besides feature extractor and network: driver, decimator, detection and ports, with lines of
 * flash and USB connected. test/firmware/load.test.ts holds them to what the emulated boards need.
 */
export const CAPTURE_SHARE: Readonly<Record<MicrophoneName, number>> = {
  i2s: 0.039,
  pdm: 0.107,
  adc: 0.0366,
};

export interface EnergyInput {
  /** Cycles of the feature extractor, which runs for every frame (runtime-c/detect/egru_stream.c). */
  readonly frontendCycles: number;
  /** Cycles of the network, which voice activity spares silent frames. */
  readonly networkCycles: number;
  /** Cycles of the core clock between frames. */
  readonly hopCycles: number;
  readonly coreClock: number;
  /** Share of frames that voice activity keeps from the network: 0 is always on. */
  readonly gated: number;
  readonly part: MicrophonePart;
}

export interface Energy {
  /** Share of the time that the chip is awake. */
  readonly load: number;
  /** Average current of the chip, and with its microphone. */
  readonly chipMilliamps: number;
  readonly milliamps: number;
  /** From one frame to the next, with the microphone. */
  readonly microjoules: number;
}

/** @throws Error where the chip cannot keep up, or the share is none */
export function estimateEnergy(input: EnergyInput): Energy {
  const { frontendCycles, networkCycles, hopCycles, coreClock, gated, part } = input;
  if (!(gated >= 0 && gated <= 1)) throw new Error(`a share of ${gated} frames`);
  const cycles = frontendCycles + (1 - gated) * networkCycles;
  const load = cycles / hopCycles + CAPTURE_SHARE[part.microphone];
  if (load > 1) throw new Error(`a load of ${load}: the chip cannot keep up`);
  const idle = idleMilliamps(1 / SLEEP_DIVIDER[part.microphone]);
  const chipMilliamps = load * CHIP_MILLIAMPS.active + (1 - load) * idle;
  const milliamps = chipMilliamps + part.milliamps;
  // mA · V · s = mJ
  const microjoules = milliamps * SUPPLY * (hopCycles / coreClock) * 1000;
  return { load, chipMilliamps, milliamps, microjoules };
}
