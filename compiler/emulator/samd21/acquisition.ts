// SPDX-License-Identifier: Apache-2.0
/** How the peripherals that bring in sound hang together: clocks, pins, DMA requests and events between them. */
import { listening, type MicrophoneSource } from '../core/microphone.ts';
import { Adc } from '../peripherals/adc.ts';
import type { DmaBus } from '../peripherals/dma-descriptor.ts';
import { DmaController, DmaTrigger } from '../peripherals/dmac.ts';
import { EventSystem, EventUser } from '../peripherals/evsys.ts';
import type { GenericClocks } from '../peripherals/gclk.ts';
import { I2s } from '../peripherals/i2s.ts';
import type { PowerManager } from '../peripherals/pm.ts';
import type { PortPins } from '../peripherals/port.ts';
import type { Chip, RegisterBlock } from '../peripherals/registers.ts';
import { TimerCounter } from '../peripherals/tc.ts';
import type { Silicon } from './options.ts';

/** Generic clocks (chapter "GCLK", CLKCTRL.ID). */
const GCLK_EVSYS_0 = 0x07;
const GCLK_TC = [0x1b, 0x1c, 0x1c] as const; // TC3, TC4, TC5
const GCLK_ADC = 0x1e;
const GCLK_I2S_0 = 0x23;
/** Bus clocks (chapter "PM", AHBMASK, APBBMASK, APBCMASK). */
const AHB_DMAC = 0x20;
const APBB_DMAC = 0x10;
const APBC_EVSYS = 0x2;
const APBC_TC3 = 0x800;
const APBC_ADC = 0x10000;
const APBC_I2S = 0x100000;

const MUX_ANALOG = 1;
const MUX_I2S = 6;
/** Pins of the I2S (table "PORT Function Multiplexing"), 32 and more for port B, by signal and number. */
const I2S_PINS = {
  SCK: [[10, 20], [32 + 11]],
  FS: [[11, 21], [32 + 12]],
  SD: [
    [7, 19],
    [8, 32 + 16],
  ],
} as const;
/** Pins of the ADC's inputs AIN0 to AIN19 (the same table). */
const ADC_PINS = [2, 3, 40, 41, 4, 5, 6, 7, 32, 33, 34, 35, 36, 37, 38, 39, 8, 9, 10, 11] as const;

/** The parts of the chip that they use. */
export interface Surroundings {
  readonly chip: Chip;
  readonly power: PowerManager;
  readonly clocks: GenericClocks;
  readonly port: PortPins;
  readonly bus: Omit<DmaBus, 'clockOn'>;
  readonly silicon: Silicon;
  microphone(): MicrophoneSource | null;
}

export function acquisition({
  chip,
  power,
  clocks,
  port,
  bus,
  silicon,
  microphone,
}: Surroundings): RegisterBlock[] {
  const apbc = (bit: number) => () => power.clockOn('APBCMASK', bit);
  /** Core cycles per cycle of a generic clock: a whole number wherever both come from one oscillator. */
  const period = (clock: number): number => {
    const frequency = clocks.clockFrequency(clock);
    if (frequency === 0) return 0;
    const cycles = chip.frequency / frequency;
    return Math.abs(cycles - Math.round(cycles)) < 1e-6 ? Math.round(cycles) : cycles;
  };
  const carries = (pins: readonly number[], mux: number): boolean =>
    pins.some((pin) => port.hasFunction(pin >> 5, pin & 31, mux));
  const ear = listening(microphone);

  const dmac = new DmaController(chip, {
    ...bus,
    clockOn: () => power.clockOn('AHBMASK', AHB_DMAC) && power.clockOn('APBBMASK', APBB_DMAC),
  });
  const i2s = new I2s(chip, {
    busClockOn: apbc(APBC_I2S),
    clockPeriod: (n) => period(GCLK_I2S_0 + n),
    coreFrequency: () => chip.frequency,
    pinCarries: (signal, n) => carries(I2S_PINS[signal][n] ?? [], MUX_I2S),
    microphone: ear,
    firstSlot: () => silicon.frameSync ?? 'low',
    pulled: (m) => {
      const pin = (I2S_PINS.SD[m] ?? []).find((at) => port.hasFunction(at >> 5, at & 31, MUX_I2S)) ?? 0;
      return port.pulled(pin >> 5, pin & 31);
    },
    ready: (m, asserted) => dmac.request(DmaTrigger.I2S_RX_0 + m, asserted),
  });
  const adc = new Adc(chip, {
    busClockOn: apbc(APBC_ADC),
    clockPeriod: () => period(GCLK_ADC),
    coreFrequency: () => chip.frequency,
    pinIsAnalog: (input) => carries(ADC_PINS.slice(input, input + 1), MUX_ANALOG),
    microphone: ear,
    ready: (asserted) => dmac.request(DmaTrigger.ADC_RESRDY, asserted),
  });
  const events = new EventSystem(
    chip,
    apbc(APBC_EVSYS),
    (channel) => period(GCLK_EVSYS_0 + channel) > 0,
    (user) => {
      if (user === EventUser.ADC_START) adc.startByEvent();
      else chip.fault(`event for user ${user}, which is not modelled`, 0x42000408);
    },
  );
  const timers = GCLK_TC.map(
    (clock, i) =>
      new TimerCounter(chip, 3 + i, {
        busClockOn: apbc(APBC_TC3 << i),
        clockPeriod: () => period(clock),
        overflow: (generator) => events.generate(generator),
      }),
  );
  return [dmac, i2s, adc, events, ...timers];
}
