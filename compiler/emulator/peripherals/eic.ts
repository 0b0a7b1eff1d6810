// SPDX-License-Identifier: Apache-2.0
import type { PortPins } from './port.ts';
import { type Chip, ClockedBlock, interruptMask, type MaskName } from './registers.ts';
import { CommonSynchronizer, periodOf } from './synchronizer.ts';

const IRQ_EIC = 4;
const LINES = 16;
const SWRST = 1;
const ENABLE = 2;
/** Multiplexer function of a pin: 0 is A. */
const FUNCTION_A = 0;
/** CONFIGn.SENSEx and NMICTRL.NMISENSE. */
const RISE = 1;
const FALL = 2;
const BOTH = 3;
const HIGH = 4;
const LOW = 5;
/** CONFIGn.FILTENx and NMICTRL.NMIFILTEN. */
const FILTER = 8;
/** The NMI as one line more. */
const NMI = LINES;
/** Pins of each line, 32 and more for port B (table "PORT Function Multiplexing"); the last one is the NMI's. */
const PINS: readonly (readonly number[])[] = [
  ...[
    [0, 16, 32, 48],
    [1, 17, 33, 49],
    [2, 18, 34],
    [3, 19, 35],
  ],
  ...[
    [4, 20, 36],
    [5, 21, 37],
    [6, 22, 38, 54],
    [7, 23, 39, 55],
  ],
  ...[
    [28, 40],
    [9, 41],
    [10, 30, 42],
    [11, 31, 43],
  ],
  ...[
    [12, 24, 44],
    [13, 25, 45],
    [14, 46, 62],
    [15, 27, 47, 63],
  ],
  [8],
];

/** What the controller needs from outside. */
export interface ExternalInterruptPins {
  busClockOn(): boolean;
  /** Frequency of GCLK_EIC in hertz; 0 if it is off. */
  clock(): number;
  readonly port: PortPins;
  /** Raises the non-maskable interrupt. */
  nmi(): void;
}

type Name =
  | 'CTRL'
  | 'STATUS'
  | 'NMICTRL'
  | 'NMIFLAG'
  | 'EVCTRL'
  | 'INTFLAG'
  | 'WAKEUP'
  | `CONFIG${number}`
  | MaskName;

/**
 * External Interrupt Controller (DS40001882, chapter "EIC"): edges and levels at sixteen lines and the NMI, without
 * filters and events. They are seen at once, also a pulse that is shorter than a period of GCLK_EIC, which silicon may miss.
 * Faults: a filter, an event, two pins on one line, and edges without GCLK_EIC, which silicon would never see.
 */
export class ExternalInterrupts extends ClockedBlock<Name> {
  protected override readonly clockMask = 'PM.APBAMASK';
  readonly #mask: { enabled: number };
  /** Bits of the lines; NMI among them. */
  #flags = 0;
  #levels = 0;

  constructor(
    chip: Chip,
    private readonly pins: ExternalInterruptPins,
  ) {
    const mask = { enabled: 0 };
    const synchronizer = new CommonSynchronizer(chip, () => periodOf(chip, pins.clock()));
    super('EIC', 0x40001800, chip, [
      { name: 'CTRL', offset: 0x00, size: 1, waits: 'control', write: (v) => this.#control(v) },
      { name: 'STATUS', offset: 0x01, size: 1, read: () => (synchronizer.busy ? 0x80 : 0), writable: 0 },
      { name: 'NMICTRL', offset: 0x02, size: 1, write: (v) => this.#configure('NMICTRL', v & 15, 0xff) },
      {
        ...{ name: 'NMIFLAG', offset: 0x03, size: 1, read: () => (this.#flags >>> NMI) & 1 },
        write: (v) => this.#acknowledge((v & 1) << NMI),
      },
      { name: 'EVCTRL', offset: 0x04, size: 4, write: (v) => this.#refuse('events', v) },
      ...interruptMask(4, 0x08, 0x0c, mask, 0xffff, () => this.#update()),
      {
        ...{ name: 'INTFLAG', offset: 0x10, size: 4, read: () => this.#flags & 0xffff },
        write: (v) => this.#acknowledge(v & 0xffff),
      },
      { name: 'WAKEUP', offset: 0x14, size: 4, writable: 0xffff }, // IDLE 0 ends with any interrupt
      { name: 'CONFIG0', offset: 0x18, size: 4, write: (v, m) => this.#configure('CONFIG0', v, m) },
      { name: 'CONFIG1', offset: 0x1c, size: 4, write: (v, m) => this.#configure('CONFIG1', v, m) },
    ]);
    this.#mask = mask;
    this.synchronizedBy(synchronizer);
    pins.port.changed = () => this.#look();
  }

  protected override get clocked(): boolean {
    return this.pins.busClockOn();
  }

  override reset(): void {
    super.reset();
    this.#mask.enabled = 0;
    this.#flags = 0;
    this.#levels = 0;
    this.#update();
  }

  #control(value: number): void {
    if (value & SWRST) {
      this.reset();
      return;
    }
    this.set('CTRL', value & ENABLE);
    this.#begin();
  }

  #configure(name: Name, value: number, mask: number): void {
    if ((value & mask & (FILTER * 0x11111111)) !== 0) this.#refuse('filters', 1);
    this.set(name, (this.get(name) & ~mask) | (value & mask));
    this.#begin();
  }

  #refuse(what: string, value: number): void {
    if (value !== 0) this.chip.fault(`EIC: ${what} are not modelled`, this.base);
  }

  /** An edge is one from here on; a level counts at once. */
  #begin(): void {
    this.#levels = this.#read();
    this.#look();
  }

  /** SENSE of a line, 0 where it does not look. The NMI does not need ENABLE. */
  #sense(line: number): number {
    if (line === NMI) return this.get('NMICTRL') & 7;
    if ((this.get('CTRL') & ENABLE) === 0) return 0;
    return (this.get(`CONFIG${line >> 3}`) >>> (4 * (line & 7))) & 7;
  }

  #read(): number {
    const { port } = this.pins;
    let levels = 0;
    PINS.forEach((candidates, line) => {
      if (this.#sense(line) === 0) return;
      const own = candidates.filter((pin) => port.hasFunction(pin >> 5, pin & 31, FUNCTION_A));
      if (own.length > 1) this.chip.fault(`EIC: ${own.length} pins lead to EXTINT${line}`, this.base);
      for (const pin of own) levels |= ((port.input(pin >> 5) >>> (pin & 31)) & 1) << line;
    });
    return levels;
  }

  #look(): void {
    if ((this.get('CTRL') & ENABLE) === 0 && this.get('NMICTRL') === 0) return;
    const before = this.#levels;
    this.#levels = this.#read();
    const changed = before ^ this.#levels;
    for (let line = 0; line <= NMI; line++) {
      const sense = this.#sense(line);
      const high = ((this.#levels >>> line) & 1) === 1;
      const edge = ((changed >>> line) & 1) === 1;
      if ((sense === RISE || sense === FALL || sense === BOTH) && this.pins.clock() === 0)
        this.chip.fault(`EIC looks for an edge at line ${line} without GCLK_EIC`, this.base);
      const seen =
        (edge && (sense === BOTH || sense === (high ? RISE : FALL))) || sense === (high ? HIGH : LOW);
      if (seen) this.#raise(line);
    }
    this.#update();
  }

  #raise(line: number): void {
    const isNew = ((this.#flags >>> line) & 1) === 0;
    this.#flags |= 1 << line;
    if (line === NMI && isNew) this.pins.nmi();
  }

  /** A level that is still there sets its flag again. */
  #acknowledge(bits: number): void {
    this.#flags &= ~bits;
    this.#look();
    this.#update();
  }

  #update(): void {
    this.chip.setInterrupt(IRQ_EIC, (this.#flags & 0xffff & this.#mask.enabled) !== 0);
  }
}
