// SPDX-License-Identifier: Apache-2.0
import { type Chip, ClockedBlock, interruptMask, type MaskName } from './registers.ts';
import { DistributedSynchronizer, periodOf } from './synchronizer.ts';

const SWRST = 1;
const ENABLE = 2;
const MODE_MASK = 0x1c;
const MODE_USART_INTERNAL = 4;
const DORD_LSB_FIRST = 0x40000000;
const TXEN = 0x10000;
const RXEN = 0x20000;
const DRE = 1;
const TXC = 2;
const RXC = 4;
const ERROR = 0x80;
const IRQ_SERCOM0 = 9;
/** SYNCBUSY.CTRLB; its bits of CTRLA have their places there. */
const SYNC_CTRLB = 4;

/** What a SERCOM needs from outside. */
export interface SerialLine {
  /** A byte leaves the transmitter. */
  transmitted(byte: number): void;
  /** Bytes wait for a receiver. */
  waiting(): boolean;
  /** Takes the next of them. */
  take(): number;
  busClockOn(n: number): boolean;
  coreFrequency(n: number): number;
}

type Name =
  | 'CTRLA'
  | 'CTRLB'
  | 'BAUD'
  | 'RXPL'
  | 'INTFLAG'
  | 'STATUS'
  | 'SYNCBUSY'
  | 'DATA'
  | 'DBGCTRL'
  | MaskName;

/**
 * SERCOM in USART mode with internal clock (DS40001882, chapters "SERCOM" and "SERCOM USART"), 8 data bits. Bytes take
 * no time: the data register is always empty, and the next byte from outside is there as soon as the last one was read;
 * it waits for a receiver that is not on yet, so that nothing is lost or overrun. A SERCOM without its bus clock or its generic clock faults, where silicon would hang.
 */
export class Sercom extends ClockedBlock<Name> {
  readonly #interrupts: { enabled: number };
  readonly #synchronizer: DistributedSynchronizer;
  #flags = 0;

  constructor(
    chip: Chip,
    readonly index: number,
    private readonly line: SerialLine,
  ) {
    const interrupts = { enabled: 0 };
    super(`SERCOM${index}`, 0x42000800 + 0x400 * index, chip, [
      {
        name: 'CTRLA',
        offset: 0x00,
        size: 4,
        writable: 0x7ff3e19f,
        write: (v, m) => this.#writeControl(v, m),
      },
      { name: 'CTRLB', offset: 0x04, size: 4, writable: 0x32747, write: (v, m) => this.#writeControlB(v, m) },
      { name: 'BAUD', offset: 0x0c, size: 2 },
      { name: 'RXPL', offset: 0x0e, size: 1 },
      ...interruptMask(1, 0x14, 0x16, interrupts, 0xbf, () => this.#update()),
      { name: 'INTFLAG', offset: 0x18, size: 1, read: () => this.#status(), write: (v) => this.#clear(v) },
      { name: 'STATUS', offset: 0x1a, size: 2, write: () => {} }, // no error ever arises
      { name: 'SYNCBUSY', offset: 0x1c, size: 4, read: () => this.#synchronizer.busy, writable: 0 },
      { name: 'DATA', offset: 0x28, size: 2, read: () => this.#readData(), write: (v) => this.#writeData(v) },
      { name: 'DBGCTRL', offset: 0x30, size: 1, writable: 1 },
    ]);
    this.#interrupts = interrupts;
    this.#synchronizer = new DistributedSynchronizer(chip, this.name, this.base);
  }

  override reset(): void {
    super.reset();
    this.#interrupts.enabled = 0;
    this.#flags = 0;
    this.#synchronizer.reset();
    this.#update();
  }

  /** Whether firmware has switched the receiver on. */
  get receiving(): boolean {
    return (this.get('CTRLA') & ENABLE) !== 0 && (this.get('CTRLB') & RXEN) !== 0;
  }

  /** The bytes that wait have changed. */
  arrived(): void {
    this.#update();
  }

  protected override get clocked(): boolean {
    return this.line.busClockOn(this.index);
  }

  override write(offset: number, size: number, value: number): void {
    const reset = offset === 0 && (value & SWRST) !== 0;
    this.#synchronizer.beforeWrite(reset ? SWRST : SWRST | ENABLE, `register 0x${offset.toString(16)}`);
    super.write(offset, size, value);
  }

  #synchronize(bits: number): void {
    this.#synchronizer.begin(bits, periodOf(this.chip, this.line.coreFrequency(this.index)));
  }

  #writeControl(value: number, mask: number): void {
    if (value & SWRST) {
      this.reset();
      this.#synchronize(SWRST);
      return;
    }
    const enabled = (this.get('CTRLA') & ENABLE) !== 0;
    const writable = enabled ? mask & ENABLE : mask & ~SWRST; // the rest is enable-protected
    this.set('CTRLA', (this.get('CTRLA') & ~writable) | (value & writable));
    if (!enabled && value & ENABLE) {
      if ((value & MODE_MASK) !== MODE_USART_INTERNAL)
        this.chip.fault(`${this.name} enabled in a mode other than USART with internal clock`, this.base);
      if (this.line.coreFrequency(this.index) === 0)
        this.chip.fault(`${this.name} enabled without a generic clock (GCLK.CLKCTRL)`, this.base);
    }
    if (enabled !== ((this.get('CTRLA') & ENABLE) !== 0)) this.#synchronize(ENABLE);
    this.#update();
  }

  #writeControlB(value: number, mask: number): void {
    const enabled = (this.get('CTRLA') & ENABLE) !== 0;
    this.#synchronizer.beforeWrite(SYNC_CTRLB, 'CTRLB');
    if (enabled) this.#synchronize(SYNC_CTRLB);
    const writable = enabled ? mask & (TXEN | RXEN) : mask;
    this.set('CTRLB', (this.get('CTRLB') & ~writable) | (value & writable));
    this.#update();
  }

  #status(): number {
    if (!(this.get('CTRLA') & ENABLE)) return 0;
    const transmit = this.get('CTRLB') & TXEN ? DRE : 0;
    const receive = this.get('CTRLB') & RXEN && this.line.waiting() ? RXC : 0;
    return this.#flags | transmit | receive;
  }

  #clear(bits: number): void {
    this.#flags &= ~(bits & (TXC | ERROR));
    this.#update();
  }

  #readData(): number {
    const byte = this.receiving && this.line.waiting() ? this.line.take() : 0;
    this.#update();
    return this.#ordered(byte);
  }

  #writeData(value: number): void {
    if (!(this.get('CTRLA') & ENABLE) || !(this.get('CTRLB') & TXEN))
      this.chip.fault(`${this.name}.DATA written while the transmitter is off`, this.base + 0x28);
    this.#flags |= TXC;
    this.#update();
    this.line.transmitted(this.#ordered(value & 255));
  }

  /** CTRLA.DORD = 0 sends the highest bit first, which the other side of a serial line reads reversed. */
  #ordered(byte: number): number {
    if (this.get('CTRLA') & DORD_LSB_FIRST) return byte;
    let reversed = 0;
    for (let i = 0; i < 8; i++) reversed |= ((byte >> i) & 1) << (7 - i);
    return reversed;
  }

  #update(): void {
    this.chip.setInterrupt(IRQ_SERCOM0 + this.index, (this.#status() & this.#interrupts.enabled) !== 0);
  }
}
