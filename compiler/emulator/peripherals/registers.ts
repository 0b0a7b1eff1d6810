// SPDX-License-Identifier: Apache-2.0

import type { Schedule } from '../core/schedule.ts';
import type { Clocked, CommonSynchronizer, Waits } from './synchronizer.ts';

/** What a peripheral may ask of the chip around it. */
export interface Chip extends Clocked {
  readonly schedule: Schedule;
  setInterrupt(irq: number, asserted: boolean): void;
}

/** Something that answers reads and writes at byte offsets from its base address. */
export interface Peripheral {
  readonly name: string;
  reset(): void;
  /** @param size 1, 2 or 4 bytes; offset is a multiple of it */
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
}

/** Name: those of the block's registers, so that a misspelt one is an error of types. */
export interface Register<Name extends string = string> {
  readonly name: Name;
  readonly offset: number;
  readonly size: 1 | 2 | 4;
  readonly reset?: number;
  /** Bits that a write reaches; all by default, 0 for read-only. */
  readonly writable?: number;
  /** Its bits go to another clock; for a block that has a synchronizer for all of them. */
  readonly waits?: Waits;
  /** Replaces the stored value. */
  readonly read?: () => number;
  /** Replaces the plain store: the bits that it reaches in place, and a mask of what was written. */
  readonly write?: (value: number, mask: number) => void;
}

/** One register per offset, bytes addressable, as the APB peripherals of the SAM D21 are. Unknown offsets fault. */
export class RegisterBlock<Name extends string = string> implements Peripheral {
  readonly #values = new Map<Name, number>();
  readonly #byOffset: (Register<Name> | undefined)[] = [];
  readonly #registers: readonly Register<Name>[];
  #synchronizer: CommonSynchronizer | null = null;

  constructor(
    readonly name: string,
    readonly base: number,
    protected readonly chip: Chip,
    registers: readonly Register<Name>[],
  ) {
    this.#registers = registers;
    for (const register of registers) {
      for (let i = 0; i < register.size; i++) this.#byOffset[register.offset + i] = register;
    }
    this.#setAll();
  }

  reset(): void {
    this.#setAll();
    this.#synchronizer?.reset();
  }

  /** For the constructor of a block whose registers wait. */
  protected synchronizedBy(synchronizer: CommonSynchronizer): void {
    this.#synchronizer = synchronizer;
  }

  #setAll(): void {
    for (const { name, reset } of this.#registers) this.#values.set(name, reset ?? 0);
  }

  get(name: Name): number {
    return this.#values.get(name) ?? 0;
  }

  set(name: Name, value: number): void {
    this.#values.set(name, value >>> 0);
  }

  read(offset: number, size: number): number {
    const exact = this.#byOffset[offset];
    if (exact?.waits !== undefined) this.#synchronizer?.beforeRead(exact.name, exact.waits);
    if (exact !== undefined && exact.offset === offset && exact.size === size)
      return exact.read === undefined ? this.get(exact.name) : exact.read() >>> 0;
    let result = 0;
    for (const register of this.#touched(offset, size)) {
      const value = register.read === undefined ? this.get(register.name) : register.read();
      const shift = 8 * (register.offset - offset);
      result |= shift >= 0 ? value << shift : value >>> -shift;
    }
    return (size === 4 ? result : result & ((1 << (8 * size)) - 1)) >>> 0;
  }

  write(offset: number, size: number, value: number): void {
    const sized = size === 4 ? 0xffffffff : (1 << (8 * size)) - 1;
    for (const register of this.#touched(offset, size)) {
      this.#synchronizer?.beforeWrite(register.waits);
      const shift = 8 * (register.offset - offset);
      const own = register.size === 4 ? 0xffffffff : (1 << (8 * register.size)) - 1;
      const place = (x: number): number => ((shift >= 0 ? x >>> shift : x << -shift) & own) >>> 0;
      const mask = place(sized);
      const bits = (place(value) & mask) >>> 0;
      const reached = register.writable ?? 0xffffffff;
      if (register.write !== undefined) register.write((bits & reached) >>> 0, mask);
      else {
        const writable = mask & reached;
        this.set(register.name, (this.get(register.name) & ~writable) | (bits & writable));
      }
      if (register.waits !== undefined) this.#synchronizer?.begin(register.name, register.waits);
    }
  }

  /** The registers that the access covers; its first byte must belong to one, reserved bytes behind it read as zero. */
  #touched(offset: number, size: number): Set<Register<Name>> {
    const found = new Set<Register<Name>>();
    for (let i = 0; i < size; i++) {
      const register = this.#byOffset[offset + i];
      if (register !== undefined) found.add(register);
      else if (i === 0)
        this.chip.fault(
          `bus fault: ${this.name} has no register at offset 0x${offset.toString(16)}`,
          this.base + offset,
        );
    }
    return found;
  }
}

/** A block that answers while its bus clock runs; without it silicon would read zeros, or hang. */
export abstract class ClockedBlock<Name extends string = string> extends RegisterBlock<Name> {
  /** What the power manager stops, for the message of the fault. */
  protected readonly clockMask: string = 'PM.APBCMASK';

  protected abstract get clocked(): boolean;

  override read(offset: number, size: number): number {
    this.#needClock();
    return super.read(offset, size);
  }

  override write(offset: number, size: number, value: number): void {
    this.#needClock();
    super.write(offset, size, value);
  }

  #needClock(): void {
    if (!this.clocked)
      this.chip.fault(`${this.name} used while ${this.clockMask} stops its bus clock`, this.base);
  }
}

export type MaskName = 'INTENCLR' | 'INTENSET';

/** Pair of registers that set and clear the bits of an interrupt-enable mask; both read the mask. */
export function interruptMask(
  size: 1 | 2 | 4,
  clearOffset: number,
  setOffset: number,
  mask: { enabled: number },
  writable: number,
  changed: () => void,
): Register<MaskName>[] {
  const read = (): number => mask.enabled;
  return [
    {
      name: 'INTENCLR',
      offset: clearOffset,
      size,
      writable,
      read,
      write: (value) => {
        mask.enabled &= ~value;
        changed();
      },
    },
    {
      name: 'INTENSET',
      offset: setOffset,
      size,
      writable,
      read,
      write: (value) => {
        mask.enabled |= value;
        changed();
      },
    },
  ];
}
