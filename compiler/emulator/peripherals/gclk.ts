// SPDX-License-Identifier: Apache-2.0
import { type Chip, RegisterBlock } from './registers.ts';
import { CommonSynchronizer, periodOf } from './synchronizer.ts';
import type { SystemController } from './sysctrl.ts';

const GENERATORS = 9;
const CHANNELS = 0x25;
const GENEN = 0x10000;
const DIVSEL = 0x100000;
const CLKEN = 0x4000;
/** GCLK_WDT. */
const WDT = 0x03;
const EIC = 0x05;
/** GCLK_SERCOM0_CORE (chapter "GCLK", CLKCTRL.ID). */
const SERCOM0_CORE = 0x14;
const USB = 0x06;

type Name = 'CTRL' | 'STATUS' | 'CLKCTRL' | 'GENCTRL' | 'GENDIV';

/** Generic Clock Controller (DS40001882, chapter "GCLK"): nine generators and the clocks that they feed. */
export class GenericClocks extends RegisterBlock<Name> {
  readonly #control: number[] = [];
  readonly #divider: number[] = [];
  readonly #channel: number[] = [];
  /** Called after every change of a generator. */
  changed: () => void = () => {};

  constructor(
    chip: Chip,
    private readonly oscillators: SystemController,
  ) {
    const synchronizer = new CommonSynchronizer(chip, (register) => this.#sourcePeriod(register));
    // A write of the low byte alone selects the generator or clock that a later read shows.
    super('GCLK', 0x40000c00, chip, [
      { name: 'CTRL', offset: 0x0, size: 1, waits: 'control', write: (v) => v & 1 && this.reset() },
      { name: 'STATUS', offset: 0x1, size: 1, read: () => (synchronizer.busy ? 0x80 : 0), writable: 0 },
      {
        name: 'CLKCTRL',
        offset: 0x2,
        size: 2,
        read: () => this.#channel[this.get('CLKCTRL') & 0x3f] ?? 0,
        write: (v, m) => this.#writeChannel(v, m),
      },
      {
        name: 'GENCTRL',
        offset: 0x4,
        size: 4,
        writable: 0x3f1f0f,
        waits: 'write',
        read: () => this.#control[this.get('GENCTRL') & 15] ?? 0,
        write: (v, m) => this.#writeGenerator('GENCTRL', this.#control, v, m),
      },
      {
        name: 'GENDIV',
        offset: 0x8,
        size: 4,
        writable: 0xffff0f,
        waits: 'write',
        read: () => this.#divider[this.get('GENDIV') & 15] ?? 0,
        write: (v, m) => this.#writeGenerator('GENDIV', this.#divider, v, m),
      },
    ]);
    this.synchronizedBy(synchronizer);
  }

  override reset(): void {
    super.reset();
    for (let i = 0; i < GENERATORS; i++) {
      // Generator 0 starts on OSC8M, generator 2 on OSCULP32K for the watchdog.
      this.#control[i] = i | (i === 0 ? GENEN | 0x600 : i === 2 ? GENEN | 0x300 : 0);
      this.#divider[i] = i;
    }
    for (let i = 0; i < CHANNELS; i++) this.#channel[i] = i;
  }

  /** Frequency of a generator in hertz; 0 if it is off. */
  generatorFrequency(generator: number): number {
    const control = this.#control[generator] ?? 0;
    if (!(control & GENEN)) return 0;
    const frequency = this.#sourceFrequency(generator);
    const div = ((this.#divider[generator] ?? 0) >>> 8) & 0xffff;
    if (control & DIVSEL) return frequency / 2 ** (div + 1);
    return frequency / Math.max(div, 1);
  }

  /** Frequency of a generic clock in hertz; 0 if it is off. */
  clockFrequency(clock: number): number {
    const channel = this.#channel[clock] ?? 0;
    return channel & CLKEN ? this.generatorFrequency((channel >>> 8) & 15) : 0;
  }

  get watchdogFrequency(): number {
    return this.clockFrequency(WDT);
  }

  get eicFrequency(): number {
    return this.clockFrequency(EIC);
  }

  sercomFrequency(n: number): number {
    return this.clockFrequency(SERCOM0_CORE + n);
  }

  get usbFrequency(): number {
    return this.clockFrequency(USB);
  }

  /** What a generator's settings go to: its source, undivided. Those of one that is off arrive at once. */
  #sourcePeriod(register: string): number {
    const control = register === 'CTRL' ? 0 : (this.#control[this.get(register as Name) & 15] ?? 0);
    if (!(control & GENEN)) return 0;
    return periodOf(this.chip, this.#sourceFrequency(control & 15));
  }

  #sourceFrequency(generator: number): number {
    const source = ((this.#control[generator] ?? 0) >>> 8) & 31;
    if (source === 2 && generator !== 1) return this.generatorFrequency(1);
    return this.oscillators.frequency(source);
  }

  #writeChannel(value: number, mask: number): void {
    this.set('CLKCTRL', value & 0x3f);
    const id = value & 0x3f;
    if (mask !== 0xffff) return;
    if (id >= CHANNELS)
      this.chip.fault(`GCLK.CLKCTRL names clock ${id}, which does not exist`, this.base + 2);
    this.#channel[id] = value & 0xcf3f;
    this.changed();
  }

  #writeGenerator(name: 'GENCTRL' | 'GENDIV', table: number[], value: number, mask: number): void {
    const id = value & 15;
    this.set(name, id);
    if (mask !== 0xffffffff) return;
    if (id >= GENERATORS)
      this.chip.fault(`GCLK.${name} names generator ${id}, which does not exist`, this.base + 4);
    table[id] = value;
    if (name === 'GENCTRL' && value & GENEN && this.generatorFrequency(id) === 0)
      this.chip.fault(
        `GCLK generator ${id} runs from source ${(value >>> 8) & 31}, which is off or not modelled`,
        this.base + 4,
      );
    this.changed();
  }
}
