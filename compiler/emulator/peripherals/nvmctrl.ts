// SPDX-License-Identifier: Apache-2.0
import type { Memory } from '../core/memory.ts';
import { type Chip, interruptMask, type MaskName, RegisterBlock } from './registers.ts';

const PAGE = 64;
const ROW = 256;
const COMMAND_KEY = 0xa5;
/** CTRLB: a page is written by command alone. */
const MANW = 0x80;
/** Seconds that a command takes at most (chapter "Electrical Characteristics", "NVM Characteristics"). */
const ERASE_TIME = 0.006;
const WRITE_TIME = 0.0025;

export interface FlashChange {
  readonly command: 'erase' | 'write';
  /** Of the row or page. */
  readonly address: number;
  /** What it will hold. */
  readonly bytes: Uint8Array;
}

export interface FlashWorld {
  before(change: FlashChange): void;
  /** The read cache holds nothing any more. */
  invalidated(): void;
  /** The CPU, which runs from flash, waits. */
  stall(seconds: number): void;
}

type Name = 'CTRLA' | 'CTRLB' | 'PARAM' | 'INTFLAG' | 'STATUS' | 'ADDR' | 'LOCK' | MaskName;

/**
 * Non-Volatile Memory Controller (DS40001882, chapter "NVMCTRL"): wait states, row erase and page write. The page
 * buffer is open for stores only between the command PBC (clear page buffer) and a page write; any other store to
 * flash is a fault, although silicon would take it silently: firmware that does not mean to write flash does not.
 */
export class FlashController extends RegisterBlock<Name> {
  readonly #buffer = new Uint8Array(PAGE).fill(0xff);
  #open = false;

  constructor(
    chip: Chip,
    private readonly memory: Memory,
    private readonly world: FlashWorld,
  ) {
    const mask = { enabled: 0 };
    super('NVMCTRL', 0x41004000, chip, [
      { name: 'CTRLA', offset: 0x00, size: 2, write: (v, m) => this.#command(v, m) },
      { name: 'CTRLB', offset: 0x04, size: 4, writable: 0x0007039e },
      { name: 'PARAM', offset: 0x08, size: 4, reset: 0x00031000, writable: 0 }, // 4,096 pages of 64 bytes
      ...interruptMask(1, 0x0c, 0x10, mask, 0x03, () => {}),
      { name: 'INTFLAG', offset: 0x14, size: 1, read: () => 1, write: () => {} }, // READY: the CPU waits, and looks afterwards
      { name: 'STATUS', offset: 0x18, size: 2, write: () => {} },
      { name: 'ADDR', offset: 0x1c, size: 4, writable: 0x3fffff }, // in halfwords
      { name: 'LOCK', offset: 0x20, size: 2, reset: 0xffff, writable: 0 },
    ]);
  }

  override reset(): void {
    super.reset();
    this.#open = false;
  }

  /** CTRLB.RWS. */
  get waitStates(): number {
    return (this.get('CTRLB') >>> 1) & 15;
  }

  /** A store to flash: bits can only be cleared in the page buffer. */
  store(address: number, size: number, value: number): void {
    if (!this.#open)
      this.chip.fault('store to flash with no page buffer opened (NVMCTRL command PBC)', address);
    if (!(this.get('CTRLB') & MANW))
      this.chip.fault(
        'store to the page buffer with NVMCTRL.CTRLB.MANW = 0: the last word would write the page',
        address,
      );
    if (size === 1) this.chip.fault('byte store to the page buffer', address);
    for (let i = 0; i < size; i++) {
      const at = (address + i) % PAGE;
      this.#buffer[at] = (this.#buffer[at] ?? 0) & (value >>> (8 * i));
    }
    this.set('ADDR', address >>> 1);
  }

  #command(value: number, mask: number): void {
    if (mask !== 0xffff || value >>> 8 !== COMMAND_KEY)
      this.chip.fault('NVMCTRL.CTRLA written without the command key 0xA5', this.base);
    const address = this.get('ADDR') * 2;
    switch (value & 0x7f) {
      case 0x02: // ER: erase row
        this.#change('erase', address - (address % ROW), new Uint8Array(ROW).fill(0xff));
        return;
      case 0x04: {
        // WP: write page
        const start = address - (address % PAGE);
        this.#change(
          'write',
          start,
          this.#buffer.map((byte, i) => byte & (this.memory.flash8[start + i] ?? 0)),
        );
        this.#open = false;
        this.#buffer.fill(0xff);
        return;
      }
      case 0x44: // PBC: clear page buffer
        this.#buffer.fill(0xff);
        this.#open = true;
        return;
      case 0x46: // INVALL: invalidate the read cache
        this.world.invalidated();
        return;
      default:
        this.chip.fault(`NVMCTRL command 0x${(value & 0x7f).toString(16)} is not modelled`, this.base);
    }
  }

  #change(command: FlashChange['command'], start: number, bytes: Uint8Array): void {
    if (start + bytes.length > this.memory.flash8.length)
      this.chip.fault('NVMCTRL.ADDR outside flash', start);
    this.world.before({ command, address: start, bytes });
    this.world.stall(command === 'erase' ? ERASE_TIME : WRITE_TIME);
    this.memory.flash8.set(bytes, start);
    this.memory.decode(start, bytes.length);
  }
}

/**
 * Rows beside the flash array (chapter "Memories"): user row, software calibration area and serial number, as 32-bit
 * words. The DFLL48M's coarse value (bits 63:58 of 0x00806020) and the USB pads' (57:45) are plausible ones.
 */
const ROWS: ReadonlyMap<number, number> = new Map([
  [0x00804000, 0xd8e0c7ff],
  [0x00804004, 0xfffffc5d],
  [0x00806020, 0xffffffff],
  [0x00806024, 0x5df4a5ff],
  [0x0080a00c, 0x65677275],
  [0x0080a040, 0x756d6520],
  [0x0080a044, 0x6574616c],
  [0x0080a048, 0x00000064],
]);

/** The word at a multiple of 4 in those rows; undefined where nothing is modelled. */
export function calibrationWord(address: number): number | undefined {
  return ROWS.get(address);
}
