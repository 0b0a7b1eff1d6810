// SPDX-License-Identifier: Apache-2.0
import type { Listening } from '../core/microphone.ts';
import type { Appointment } from '../core/schedule.ts';
import { type Chip, ClockedBlock, interruptMask, type MaskName } from './registers.ts';
import { DistributedSynchronizer } from './synchronizer.ts';

const IRQ_I2S = 27;
const SWRST = 1;
const ENABLE = 2;
const CKEN = [4, 8] as const;
const SEREN = [0x10, 0x20] as const;
/** All of them, which have the same places in SYNCBUSY. */
const CONTROL = 0x3e;
/** CLKCTRL: serial clock, frame sync and master clock from a pin (FSSEL, SCKSEL, MCKSEL). */
const FROM_PINS = 0x00011100;
/** CLKCTRL.FSWIDTH, in place. */
const FSWIDTH = 0x60;
const FSWIDTH_SLOT = 0x00;
const FSWIDTH_HALF = 0x20;
const FSWIDTH_BURST = 0x60;
const BITDELAY_I2S = 0x80;
const FSOUTINV = 0x20000000;
const SCKOUTINV = 0x40000000;
/** SERCTRL.SERMODE. */
const RECEIVE = 0;
const PDM2 = 2;
const CLKSEL = 0x20;
const MONO = 0x01000000;
/** SERCTRL: TXDEFAULT, TXSAME, EXTEND, BITREV, SLOTDIS of slots that no frame here has, DMA, RXLOOP. */
const NOT_MODELLED = 0x06fce01c;
const DATA_BITS = [32, 24, 20, 18, 16, 0, 8, 0] as const;

/** What the I2S needs from outside. */
export interface I2sLines {
  busClockOn(): boolean;
  /** Core cycles in one cycle of GCLK_I2S_n; 0 if it is off. */
  clockPeriod(n: number): number;
  /** The core clock in Hz. */
  coreFrequency(): number;
  /** Whether a pin carries SCKn, FSn or SDm. */
  pinCarries(signal: 'SCK' | 'FS' | 'SD', n: number): boolean;
  readonly microphone: Listening;
  /** Level of the frame sync in the first slot, without FSOUTINV. */
  firstSlot(): 'low' | 'high';
  /** Where a resistor of the chip holds SDm while nobody drives it: low, high, or nowhere. */
  pulled(m: number): 0 | 1 | null;
  /** Request to the DMA controller: serializer m has a word. */
  ready(m: number, asserted: boolean): void;
}

/** A serializer that receives: from which cycle, how many cycles a slot takes, slots so far. */
interface Reception {
  readonly start: number;
  readonly slotCycles: number;
  slots: number;
  next: Appointment;
}

type Name =
  | 'CTRLA'
  | 'INTFLAG'
  | 'SYNCBUSY'
  | `CLKCTRL${number}`
  | `SERCTRL${number}`
  | `DATA${number}`
  | MaskName;

/**
 * Inter-IC Sound Controller (DS40001882, chapter "I2S") as master that receives. A clock unit with two slots serves an
 * I2S microphone: it speaks while the frame sync has the level that its select pin asks for, a bit clock behind the
 * edge, and lets go of the line in the other slot, which then reads as the pull resistor holds it, or as noise. One slot
 * in mode RX serves one PDM microphone, a bit at every rising edge of SCK, and mode PDM2 two, of which only the left one
 * is there (section "PDM Reception"). Words are ready at the exact core cycle at which their last bit is. Switching on
 * takes no time. A word that was not fetched is overwritten by the next one, and RXOR is set.
 *
 * The data sheet and public drivers contradict each other about the frame sync's level: `firstSlot` is whoever is right.
 */
export class I2s extends ClockedBlock<Name> {
  readonly #interrupts: { enabled: number };
  readonly #receptions: [Reception | null, Reception | null] = [null, null];
  readonly #synchronizer: DistributedSynchronizer;
  #flags = 0;
  #noise = 1;

  constructor(
    chip: Chip,
    private readonly lines: I2sLines,
  ) {
    const interrupts = { enabled: 0 };
    super('I2S', 0x42005000, chip, [
      { name: 'CTRLA', offset: 0x00, size: 1, write: (v) => this.#writeControl(v) },
      ...[0, 1].flatMap((n) => [
        {
          ...{ name: `CLKCTRL${n}` as const, offset: 0x04 + 4 * n, size: 4 as const, writable: 0xfffd19ff },
          write: (v: number, m: number) => this.#writeProtected(`CLKCTRL${n}`, CKEN[n] ?? 0, v, m),
        },
        {
          ...{ name: `SERCTRL${n}` as const, offset: 0x20 + 4 * n, size: 4 as const, writable: 0x7fff7bf },
          write: (v: number, m: number) => this.#writeProtected(`SERCTRL${n}`, SEREN[n] ?? 0, v, m),
        },
        {
          ...{ name: `DATA${n}` as const, offset: 0x30 + 4 * n, size: 4 as const },
          read: () => this.#readData(n),
          write: () => this.chip.fault('I2S: transmission is not modelled', this.base + 0x30 + 4 * n),
        },
      ]),
      ...interruptMask(2, 0x0c, 0x10, interrupts, 0x3333, () => this.#update()),
      { name: 'INTFLAG', offset: 0x14, size: 2, read: () => this.#flags, write: (v) => this.#clear(v) },
      { name: 'SYNCBUSY', offset: 0x18, size: 2, read: () => this.#synchronizer.busy, writable: 0 },
    ]);
    this.#interrupts = interrupts;
    this.#synchronizer = new DistributedSynchronizer(chip, this.name, this.base);
  }

  override reset(): void {
    super.reset();
    this.#synchronizer.reset();
    for (const m of [0, 1]) {
      this.#stop(m);
      this.lines.ready(m, false);
    }
    this.#flags = 0;
    this.#interrupts.enabled = 0;
    this.#update();
  }

  protected override get clocked(): boolean {
    return this.lines.busClockOn();
  }

  override write(offset: number, size: number, value: number): void {
    this.#synchronizer.beforeWrite(SWRST, `register 0x${offset.toString(16)}`);
    super.write(offset, size, value);
  }

  #writeControl(value: number): void {
    this.#synchronizer.beforeWrite(CONTROL, 'CTRLA');
    const periods = [0, 1].map((n) => this.lines.clockPeriod(n));
    const slower = Math.max(...periods);
    if (value & SWRST) {
      if (slower === 0) this.chip.fault('I2S reset without a generic clock: it would never end', this.base);
      this.reset();
      this.#synchronizer.begin(SWRST, slower);
      return;
    }
    const changed = (this.get('CTRLA') ^ value) & CONTROL;
    this.set('CTRLA', value & CONTROL);
    this.#synchronizer.begin(changed & ENABLE, slower);
    for (const n of [0, 1]) {
      const unit = this.get(`SERCTRL${n}`) & CLKSEL ? 1 : 0;
      this.#synchronizer.begin(changed & (CKEN[n] ?? 0), periods[n] ?? 0);
      this.#synchronizer.begin(changed & (SEREN[n] ?? 0), periods[unit] ?? 0);
    }
    for (const m of [0, 1]) {
      const unit = this.get(`SERCTRL${m}`) & CLKSEL ? 1 : 0;
      const needed = ENABLE | (CKEN[unit] ?? 0) | (SEREN[m] ?? 0);
      if ((value & needed) !== needed) this.#stop(m);
      else if (this.#receptions[m] === null) this.#begin(m, unit);
    }
  }

  #writeProtected(name: Name, enable: number, value: number, mask: number): void {
    if (this.get('CTRLA') & enable)
      this.chip.fault(`I2S.${name} written while its enable bit in CTRLA is set`, this.base);
    this.set(name, (this.get(name) & ~mask) | (value & mask));
  }

  #begin(m: number, unit: number): void {
    const clock = this.get(`CLKCTRL${unit}`);
    const control = this.get(`SERCTRL${m}`);
    const refuse = (what: string): never => this.chip.fault(`I2S: ${what}`, this.base);
    if (clock & FROM_PINS) refuse(`clock unit ${unit} as slave is not modelled`);
    const mode = control & 3;
    if (mode !== RECEIVE && mode !== PDM2) refuse(`serializer ${m} in a mode other than RX and PDM2`);
    if (control & NOT_MODELLED) refuse(`SERCTRL${m} = ${control} is not modelled`);
    const slotBits = 8 * ((clock & 3) + 1);
    const dataBits = DATA_BITS[(control >>> 8) & 7] ?? 0;
    if (mode === PDM2 ? slotBits !== 16 || dataBits !== 32 : slotBits !== dataBits)
      refuse(`slots of ${slotBits} bits with data words of ${dataBits} bits are not modelled`);
    const period = this.lines.clockPeriod(unit) * (((clock >>> 19) & 31) + 1);
    if (period === 0) refuse(`clock unit ${unit} enabled without a generic clock (GCLK.CLKCTRL)`);
    const hz = this.lines.coreFrequency() / period;
    const [least, most] = this.lines.microphone.clock();
    if (hz < least || hz > most)
      refuse(`a bit clock of ${Math.round(hz)} Hz: the microphone wants ${least} to ${most}`);
    if (!this.lines.pinCarries('SCK', unit)) refuse(`no pin carries SCK${unit}`);
    if (!this.lines.pinCarries('SD', m)) refuse(`no pin carries SD${m}`);
    if (clock & SCKOUTINV) refuse('a microphone changes its line at the other edge of an inverted SCK');
    const width = clock & FSWIDTH;
    if (width === FSWIDTH_BURST) refuse('bursts are not modelled');
    if (this.#slotsOf(unit) === 1) {
      // A pulse as long as the frame: reception would wait for its edge for ever.
      if (width === FSWIDTH_SLOT) refuse('FSWIDTH_SLOT with one slot: the frame sync has no edge');
    } else if (mode === RECEIVE) {
      if (!this.lines.pinCarries('FS', unit)) refuse(`no pin carries FS${unit}`);
      if (this.#slotsOf(unit) !== 2 || (width !== FSWIDTH_HALF && width !== FSWIDTH_SLOT))
        refuse('an I2S microphone wants two slots, and a frame sync that is half a frame wide');
    }
    const start = this.chip.cycles;
    const slotCycles = slotBits * period;
    this.#receptions[m] = { start, slotCycles, slots: 0, next: this.#planSlot(m, start + slotCycles) };
  }

  #stop(m: number): void {
    this.chip.schedule.cancel(this.#receptions[m as 0 | 1]?.next ?? null);
    this.#receptions[m as 0 | 1] = null;
  }

  #slotsOf(unit: number): number {
    return ((this.get(`CLKCTRL${unit}`) >>> 2) & 7) + 1;
  }

  #planSlot(m: number, cycle: number): Appointment {
    return this.chip.schedule.at(Math.ceil(cycle), () => this.#slot(m));
  }

  /** The last bit of a slot has come. */
  #slot(m: number): void {
    const reception = this.#receptions[m];
    if (reception === null || reception === undefined) return;
    const control = this.get(`SERCTRL${m}`);
    const unit = control & CLKSEL ? 1 : 0;
    const slot = reception.slots % this.#slotsOf(unit);
    reception.slots++;
    reception.next = this.#planSlot(m, reception.start + (reception.slots + 1) * reception.slotCycles);
    const word = this.#word(m, control, unit, slot);
    if (!(control & (0x10000 << slot))) this.#received(m, word);
  }

  #word(m: number, control: number, unit: number, slot: number): number {
    const { microphone } = this.lines;
    const slotBits = 8 * ((this.get(`CLKCTRL${unit}`) & 3) + 1);
    if ((control & 3) === PDM2 || this.#slotsOf(unit) === 1) {
      let bits = 0;
      for (let i = 0; i < slotBits; i++) bits = (bits << 1) | microphone.bit();
      return bits >>> 0; // in mode PDM2 the left microphone's are the lower half
    }
    const rest = 32 - slotBits;
    if (!this.#speaks(unit, slot))
      return control & MONO && slot === 1 ? this.get(`DATA${m}`) : this.#quiet(m) >>> rest;
    const word = microphone.word();
    // Without BITDELAY the first bit is the one before the microphone's first.
    return (this.get(`CLKCTRL${unit}`) & BITDELAY_I2S ? word : word >>> 1) >>> rest;
  }

  /** Whether the microphone's select pin has the level of the frame sync in this slot. */
  #speaks(unit: number, slot: number): boolean {
    const inverted = (this.get(`CLKCTRL${unit}`) & FSOUTINV) !== 0;
    const low = (this.lines.firstSlot() === 'low') !== inverted ? slot === 0 : slot === 1;
    return low === (this.lines.microphone.select() === 'low');
  }

  /** A slot in which nobody drives the line: without a resistor, noise. */
  #quiet(m: number): number {
    const pulled = this.lines.pulled(m);
    if (pulled !== null) return pulled === 1 ? 0xffffffff : 0;
    this.#noise = (Math.imul(this.#noise, 1664525) + 1013904223) >>> 0;
    return (this.#noise ^ (this.#noise << 13)) >>> 0;
  }

  #received(m: number, word: number): void {
    const ready = 1 << m;
    if (this.#flags & ready) this.#flags |= 0x10 << m;
    this.#flags |= ready;
    this.set(`DATA${m}`, word);
    this.lines.ready(m, true);
    this.#update();
  }

  #readData(m: number): number {
    this.#flags &= ~(1 << m);
    this.lines.ready(m, false);
    this.#update();
    return this.get(`DATA${m}`);
  }

  #clear(bits: number): void {
    this.#flags &= ~(bits & 0x30);
    this.#update();
  }

  #update(): void {
    this.chip.setInterrupt(IRQ_I2S, (this.#flags & this.#interrupts.enabled) !== 0);
  }
}
