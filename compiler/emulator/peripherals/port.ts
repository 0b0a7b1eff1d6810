// SPDX-License-Identifier: Apache-2.0
import { type Chip, type Register, RegisterBlock } from './registers.ts';

export const PORT_BASE = 0x41004400;
/** The same registers on the single-cycle IO bus of the core (DS40001882, chapter "PORT", IOBUS). */
export const PORT_IOBUS_BASE = 0x60000000;

/** PINCFG. */
const INEN = 2;
const PULLEN = 4;

/** Latches of a group, and which of its pins are outputs. */
interface Driven {
  readonly out: number;
  readonly direction: number;
}

type Latch = 'DIR' | 'OUT';
type Bytes = 'PMUX' | 'PINCFG';
type Name =
  | `${Latch}${'' | 'CLR' | 'SET' | 'TGL'}${number}`
  | `${Bytes}${number}.${number}`
  | `IN${number}`
  | `CTRL${number}`
  | `WRCONFIG${number}`;

/**
 * PORT (DS40001882, chapter "PORT"): groups PA and PB at 0x80 from each other. Outputs are latches, a pin that is an
 * output reads back its latch, an input reads what `inputs` holds, pull-ups included there by its setter.
 */
export class PortPins extends RegisterBlock<Name> {
  /** Levels at the pins of PA and PB that are driven from outside; drive() changes them. */
  readonly inputs: [number, number] = [0xffffffff, 0xffffffff];
  /** Called when the level of a pin, or who gets it, may have changed. */
  changed: () => void = () => {};
  /** Called when a pin begins to be driven low or high, or (null) is let go: what stands outside looks at `cycles`. */
  onPin: ((group: number, pin: number, level: 0 | 1 | null) => void) | null = null;

  constructor(chip: Chip, base: number = PORT_BASE) {
    super(
      'PORT',
      base,
      chip,
      [0, 1].flatMap((group) => groupRegisters(group, () => this)),
    );
  }

  override reset(): void {
    const before = this.#driven();
    super.reset();
    this.#notify(before);
  }

  override write(offset: number, size: number, value: number): void {
    const before = this.onPin === null ? null : this.#driven();
    super.write(offset, size, value);
    this.changed();
    if (before !== null) this.#notify(before);
  }

  #driven(): Driven[] {
    return [0, 1].map((group) => ({ out: this.get(`OUT${group}`), direction: this.get(`DIR${group}`) }));
  }

  /** Notifies of what is driven otherwise than before. */
  #notify(before: readonly Driven[]): void {
    for (const [group, { out, direction }] of this.#driven().entries()) {
      const old = before[group] ?? { out: 0, direction: 0 };
      const changed = (direction ^ old.direction) | ((out ^ old.out) & direction);
      for (let pin = 0; pin < 32; pin++) {
        if (((changed >>> pin) & 1) === 0) continue;
        const level = ((out >>> pin) & 1) === 1 ? 1 : 0;
        this.onPin?.(group, pin, ((direction >>> pin) & 1) === 1 ? level : null);
      }
    }
  }

  /** From outside: a button, a sensor. Pins from 32 on are those of port B. */
  drive(pin: number, level: 0 | 1): void {
    const group = pin >> 5;
    const bit = 1 << (pin & 31);
    const old = this.inputs[group as 0 | 1];
    this.inputs[group as 0 | 1] = (level === 1 ? old | bit : old & ~bit) >>> 0;
    this.changed();
  }

  /** Output latch of group 0 (PA) or 1 (PB). */
  output(group: 0 | 1): number {
    return this.get(`OUT${group}`);
  }

  /** The register IN: levels of the pins whose input buffer is on (PINCFG.INEN), 0 for the others. */
  sampled(group: number): number {
    let enabled = 0;
    for (let pin = 0; pin < 32; pin++) if (this.get(`PINCFG${group}.${pin}`) & INEN) enabled |= 1 << pin;
    return this.input(group) & enabled;
  }

  /** Level of every pin of a group. */
  input(group: number): number {
    const direction = this.get(`DIR${group}`);
    return (this.get(`OUT${group}`) & direction) | ((this.inputs[group] ?? 0) & ~direction);
  }

  /** Where the pull resistor of a pin that is no output holds it (PINCFG.PULLEN, OUT); null: it has none. */
  pulled(group: number, pin: number): 0 | 1 | null {
    if ((this.get(`PINCFG${group}.${pin}`) & PULLEN) === 0) return null;
    return (this.get(`OUT${group}`) >>> pin) & 1 ? 1 : 0;
  }

  /** Whether a pin is given to a peripheral, by multiplexer function (0 is A). */
  hasFunction(group: number, pin: number, mux: number): boolean {
    const own = (this.get(`PMUX${group}.${pin >> 1}`) >> (4 * (pin & 1))) & 15;
    return (this.get(`PINCFG${group}.${pin}`) & 1) !== 0 && own === mux;
  }

  /** WRCONFIG: sets PINCFG and PMUX of the selected pins of one half of a group at once. */
  writeConfig(group: number, value: number): void {
    const half = value & 0x80000000 ? 16 : 0;
    for (let i = 0; i < 16; i++) {
      if (!(value & (1 << i))) continue;
      const pin = half + i;
      if (value & 0x40000000) this.set(`PINCFG${group}.${pin}`, (value >>> 16) & 0x47);
      if (value & 0x10000000) {
        const name = `PMUX${group}.${pin >> 1}` as const;
        const shift = 4 * (pin & 1);
        this.set(name, (this.get(name) & ~(15 << shift)) | (((value >>> 24) & 15) << shift));
      }
    }
  }
}

function groupRegisters(group: number, port: () => PortPins): Register<Name>[] {
  const at = 0x80 * group;
  const change = (
    name: `${Latch}${'CLR' | 'SET' | 'TGL'}`,
    offset: number,
    how: (old: number, bits: number) => number,
    of: Latch,
  ): Register<Name> => ({
    name: `${name}${group}`,
    offset: at + offset,
    size: 4,
    read: () => port().get(`${of}${group}`),
    write: (bits) => port().set(`${of}${group}`, how(port().get(`${of}${group}`), bits)),
  });
  const bytes = (name: Bytes, offset: number, count: number, writable: number): Register<Name>[] =>
    Array.from({ length: count }, (_, i) => ({
      name: `${name}${group}.${i}`,
      offset: at + offset + i,
      size: 1 as const,
      writable,
    }));
  const clear = (old: number, bits: number): number => old & ~bits;
  const set = (old: number, bits: number): number => old | bits;
  const toggle = (old: number, bits: number): number => old ^ bits;
  return [
    { name: `DIR${group}`, offset: at, size: 4 },
    change('DIRCLR', 0x04, clear, 'DIR'),
    change('DIRSET', 0x08, set, 'DIR'),
    change('DIRTGL', 0x0c, toggle, 'DIR'),
    { name: `OUT${group}`, offset: at + 0x10, size: 4 },
    change('OUTCLR', 0x14, clear, 'OUT'),
    change('OUTSET', 0x18, set, 'OUT'),
    change('OUTTGL', 0x1c, toggle, 'OUT'),
    { name: `IN${group}`, offset: at + 0x20, size: 4, read: () => port().sampled(group), writable: 0 },
    { name: `CTRL${group}`, offset: at + 0x24, size: 4 },
    {
      name: `WRCONFIG${group}`,
      offset: at + 0x28,
      size: 4,
      read: () => 0,
      write: (v) => port().writeConfig(group, v),
    },
    ...bytes('PMUX', 0x30, 16, 0xff),
    ...bytes('PINCFG', 0x40, 32, 0x47),
  ];
}
