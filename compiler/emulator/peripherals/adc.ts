// SPDX-License-Identifier: Apache-2.0
import type { Listening } from '../core/microphone.ts';
import type { Appointment } from '../core/schedule.ts';
import { type Chip, ClockedBlock, interruptMask, type MaskName } from './registers.ts';
import { CommonSynchronizer } from './synchronizer.ts';

const IRQ_ADC = 23;
const SWRST = 1;
const ENABLE = 2;
/** INTFLAG. */
const RESRDY = 1;
const OVERRUN = 2;
/** CTRLB: DIFFMODE, LEFTADJ, FREERUN, CORREN, RESSEL. */
const CTRLB_NOT_MODELLED = 0x3f;
const STARTEI = 1;
/** Chapter "Electrical Characteristics", ADC: highest clock. */
const MAX_CLOCK_HZ = 2.1e6;
/** Clock cycles of a 12-bit conversion after sampling: 1 + 12 / 2 (chapter "ADC", "Propagation delay"). */
const CONVERSION = 7;

export interface AdcLines {
  busClockOn(): boolean;
  /** Core cycles in one cycle of GCLK_ADC; 0 if it is off. */
  clockPeriod(): number;
  coreFrequency(): number;
  /** Whether the pin of AINn is given to the analog function. */
  pinIsAnalog(input: number): boolean;
  readonly microphone: Listening;
  /** Request to the DMA controller. */
  ready(asserted: boolean): void;
}

type Name =
  | 'CTRLA'
  | 'REFCTRL'
  | 'AVGCTRL'
  | 'SAMPCTRL'
  | 'CTRLB'
  | 'WINCTRL'
  | 'SWTRIG'
  | 'INPUTCTRL'
  | 'EVCTRL'
  | 'INTFLAG'
  | 'STATUS'
  | 'RESULT'
  | 'CALIB'
  | 'DBGCTRL'
  | MaskName;

/**
 * Analog-to-Digital Converter (DS40001882, chapter "ADC"): single-ended 12-bit conversions of one input, started by
 * software or by an event. The input is taken when the conversion starts; the result is there when sampling and
 * conversion are over. Settings that would spoil results without a sign fault: no factory calibration, a clock that is
 * too fast, a pin that is not analog, a start while a conversion is under way.
 */
export class Adc extends ClockedBlock<Name> {
  readonly #interrupts: { enabled: number };
  #flags = 0;
  #conversion: Appointment | null = null;

  constructor(
    chip: Chip,
    private readonly lines: AdcLines,
  ) {
    const interrupts = { enabled: 0 };
    const synchronizer = new CommonSynchronizer(chip, () => lines.clockPeriod());
    super('ADC', 0x42004000, chip, [
      { name: 'CTRLA', offset: 0x00, size: 1, waits: 'control', write: (v) => this.#writeControl(v) },
      { name: 'REFCTRL', offset: 0x01, size: 1, writable: 0x8f },
      { name: 'AVGCTRL', offset: 0x02, size: 1, writable: 0x7f },
      { name: 'SAMPCTRL', offset: 0x03, size: 1, writable: 0x3f },
      { name: 'CTRLB', offset: 0x04, size: 2, waits: 'write', writable: 0x073f },
      { name: 'WINCTRL', offset: 0x08, size: 1, waits: 'write', writable: 0x07 },
      {
        ...{ name: 'SWTRIG', offset: 0x0c, size: 1, waits: 'write', read: () => 0 },
        write: (v) => this.#softwareTrigger(v),
      },
      { name: 'INPUTCTRL', offset: 0x10, size: 4, waits: 'write', writable: 0x0fff1f1f },
      { name: 'EVCTRL', offset: 0x14, size: 1, writable: 0x33 },
      ...interruptMask(1, 0x16, 0x17, interrupts, 0x0f, () => this.#update()),
      { name: 'INTFLAG', offset: 0x18, size: 1, read: () => this.#flags, write: (v) => this.#clear(v) },
      { name: 'STATUS', offset: 0x19, size: 1, read: () => (synchronizer.busy ? 0x80 : 0), writable: 0 },
      { name: 'RESULT', offset: 0x1a, size: 2, read: () => this.#readResult(), writable: 0 },
      { name: 'CALIB', offset: 0x28, size: 2, writable: 0x07ff },
      { name: 'DBGCTRL', offset: 0x2a, size: 1, writable: 1 },
    ]);
    this.#interrupts = interrupts;
    this.synchronizedBy(synchronizer);
  }

  override reset(): void {
    super.reset();
    this.#stop();
    this.lines.ready(false);
    this.#flags = 0;
    this.#interrupts.enabled = 0;
    this.#update();
  }

  protected override get clocked(): boolean {
    return this.lines.busClockOn();
  }

  /** The event of user ADC_START. */
  startByEvent(): void {
    if (this.get('CTRLA') & ENABLE && this.get('EVCTRL') & STARTEI) this.#start();
  }

  #writeControl(value: number): void {
    if (value & SWRST) {
      this.reset();
      return;
    }
    this.set('CTRLA', value & 6);
    if (!(value & ENABLE)) this.#stop();
    else if (this.lines.clockPeriod() === 0)
      this.chip.fault('ADC enabled without a generic clock (GCLK.CLKCTRL)', this.base);
  }

  #stop(): void {
    this.chip.schedule.cancel(this.#conversion);
    this.#conversion = null;
  }

  #softwareTrigger(value: number): void {
    if (value & 1) this.#stop(); // FLUSH
    if (value & 2 && this.get('CTRLA') & ENABLE) this.#start();
  }

  #start(): void {
    const refuse = (what: string): never => this.chip.fault(`ADC: ${what}`, this.base);
    if (this.#conversion !== null) refuse('started while a conversion is under way');
    if (this.get('CTRLB') & CTRLB_NOT_MODELLED || this.get('AVGCTRL') !== 0 || this.get('WINCTRL') !== 0)
      refuse('only single-ended 12-bit conversions without averaging are modelled');
    if (this.get('CALIB') === 0) refuse('started without the factory calibration (CALIB)');
    const input = this.get('INPUTCTRL');
    const ground = (input >>> 8) & 31;
    if (ground !== 0x18 && ground !== 0x19) refuse('the negative input is not ground');
    if (input & 0x00ff0000) refuse('input scan is not modelled');
    if (!this.lines.pinIsAnalog(input & 31)) refuse(`the pin of AIN${input & 31} is not analog`);
    const cycle = this.lines.clockPeriod() * (4 << ((this.get('CTRLB') >>> 8) & 7));
    if (cycle === 0) refuse('no generic clock');
    if (this.lines.coreFrequency() / cycle > MAX_CLOCK_HZ) refuse('its clock is faster than 2.1 MHz');
    const duration = cycle * ((this.get('SAMPCTRL') + 1) / 2 + CONVERSION);
    const count = this.lines.microphone.count();
    this.#conversion = this.chip.schedule.at(Math.ceil(this.chip.cycles + duration), () => this.#done(count));
  }

  #done(count: number): void {
    this.#conversion = null;
    if (this.#flags & RESRDY) this.#flags |= OVERRUN;
    this.#flags |= RESRDY;
    this.set('RESULT', count);
    this.lines.ready(true);
    this.#update();
  }

  #readResult(): number {
    this.#flags &= ~RESRDY;
    this.lines.ready(false);
    this.#update();
    return this.get('RESULT');
  }

  #clear(bits: number): void {
    this.#flags &= ~bits;
    if (bits & RESRDY) this.lines.ready(false);
    this.#update();
  }

  #update(): void {
    this.chip.setInterrupt(IRQ_ADC, (this.#flags & this.#interrupts.enabled) !== 0);
  }
}
