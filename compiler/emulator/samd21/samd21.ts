// SPDX-License-Identifier: Apache-2.0
import { RP2040 } from 'rp2040js';
import type { Bus } from '../core/bus.ts';
import { Samd21Core } from '../core/core.ts';
import { decodeWide, Op } from '../core/decode.ts';
import { ChipFault } from '../core/fault.ts';
import { FlashCache } from '../core/flash-cache.ts';
import { Incoming } from '../core/incoming.ts';
import { FLASH_SIZE, Memory, RAM_SIZE, RAM_START, readBytes } from '../core/memory.ts';
import type { MicrophoneSource } from '../core/microphone.ts';
import { Schedule } from '../core/schedule.ts';
import type { GenericClocks } from '../peripherals/gclk.ts';
import { calibrationWord, type FlashChange, type FlashController } from '../peripherals/nvmctrl.ts';
import type { PowerManager, ResetCause } from '../peripherals/pm.ts';
import { PORT_IOBUS_BASE, type PortPins } from '../peripherals/port.ts';
import type { Peripheral, RegisterBlock } from '../peripherals/registers.ts';
import type { SystemControlSpace } from '../peripherals/scs.ts';
import type { Sercom } from '../peripherals/sercom.ts';
import type { UsbDevice } from '../peripherals/usb.ts';
import { CoreDivision } from './division.ts';
import type { MemoryView, Samd21Options } from './options.ts';
import { wire } from './wiring.ts';

export { ChipFault } from '../core/fault.ts';
export type { ImageSegment } from '../core/memory.ts';
export type { MicrophoneSource } from '../core/microphone.ts';
export type { FlashChange } from '../peripherals/nvmctrl.ts';
export type { MemoryView, Samd21Options, Silicon } from './options.ts';

// Own copies: a test runner may turn every use of an imported name into a slow lookup.
const FLASH_END = FLASH_SIZE;
const RAM = RAM_START;
const RAM_END = RAM_START + RAM_SIZE;

const NO_LOG = { debug() {}, info() {}, warn() {}, error() {} };
/** Above this frequency the flash needs a wait state at 3.3 V (datasheet, "NVM Characteristics"). */
const MAX_HZ_WITHOUT_WAIT = 24e6;

/**
 * ATSAMD21x18: rp2040js's Cortex-M0+ behind the memory map of the SAM D21. What is modelled, and what is not, stands
 * in docs/EMULATOR.md. Everything the chip would not take, or this model does not know, throws ChipFault.
 */
export class Samd21 extends RP2040 implements Bus, MemoryView {
  readonly memory = new Memory();
  override readonly core: Samd21Core = new Samd21Core(this, this.memory);
  /** What peripherals have planned; empty after a reset. */
  readonly schedule = new Schedule(() => this.core.lookNow());
  /** Bytes that the firmware transmits, whichever SERCOM it uses. */
  onSerial: ((byte: number) => void) | null = null;
  /** Called when firmware (AIRCR.SYSRESETREQ) or watchdog reset the chip; it then runs from the vector table again. */
  onSystemReset: ((cause: ResetCause) => void) | null = null;
  /** Called before a command changes flash; what it throws is the loss of power. */
  onFlashChange: ((change: FlashChange) => void) | null = null;
  /** Called when firmware reads its counter of cycles, SysTick. */
  onCounterRead: (() => void) | null = null;
  /** The input of the microphone interfaces; null: silence. */
  microphone: MicrophoneSource | null = null;
  readonly port: PortPins;
  /** The USB controller, for the program that plays the host. */
  readonly usb: UsbDevice;
  readonly #power: PowerManager;
  readonly #clocks: GenericClocks;
  readonly #nvm: FlashController;
  readonly #scs: SystemControlSpace;
  readonly #sercoms: readonly Sercom[];
  readonly #blocks: readonly RegisterBlock[];
  readonly #map = new Map<number, { readonly peripheral: Peripheral; readonly base: number }>();
  readonly #options: Samd21Options;
  readonly #incoming = new Incoming();
  readonly #division = new CoreDivision(this.core, () => 1 << this.#power.get('CPUSEL'));
  readonly #cache: FlashCache | null;

  constructor(options: Samd21Options) {
    super();
    this.logger = NO_LOG;
    this.#options = options;
    this.#cache = options.flash === 'cache' ? new FlashCache() : null;
    this.core.reference = this.#cache !== null || options.reference === true;
    for (const segment of options.segments) this.memory.load(segment);
    const parts = wire({
      ...{ chip: this, memory: this.memory, incoming: this.#incoming },
      bus: {
        mapped: (address) => this.#mapped(address),
        read: (address, size) => this.#read(address, size),
        write: (address, size, value) => this.#write(address, size, value),
      },
      silicon: options.silicon ?? {},
      microphone: () => this.microphone,
      transmitted: (byte) => this.onSerial?.(byte),
      flashChange: (change) => {
        this.onFlashChange?.(change);
        this.#cache?.clear();
      },
      cacheInvalidated: () => this.#cache?.clear(),
      counterRead: () => this.onCounterRead?.(),
      systemReset: (cause) => this.#systemReset(cause),
    });
    ({ port: this.port, usb: this.usb } = parts);
    this.#power = parts.power;
    this.#clocks = parts.clocks;
    this.#nvm = parts.nvm;
    this.#scs = parts.scs;
    this.#sercoms = parts.sercoms;
    this.#blocks = parts.blocks;
    this.core.timers = [this.#scs, this.schedule];
    this.#clocks.changed = () => this.#checkWaitStates();
    this.#power.changing = () => this.#division.settle();
    for (const block of this.#blocks) this.#place(block, block.base, block === this.#scs ? 4 : 1);
    this.#place(this.port, PORT_IOBUS_BASE, 1);
    this.reset();
  }

  /** Cycles of generator 0 since reset: the core's, unless it is divided (PM.CPUSEL). */
  get cycles(): number {
    return this.core.cycles;
  }

  /** Those of them that the core slept through. */
  get sleepCycles(): number {
    return this.core.asleep;
  }

  /** Cycles that the buses had meanwhile: fewer where the firmware has divided their clock. */
  get sleepBusCycles(): number {
    return this.#division.sleepBusCycles;
  }

  /** Times that a fetch or a data read touched another 8-byte line of flash than the access before it. */
  get flashLines(): number {
    return this.core.flashLines;
  }

  /** Cycles that the flash's wait state adds, as the option `flash` has them counted. */
  get flashWaits(): number {
    if (this.#options.flash === '0') return 0;
    return this.#cache?.misses ?? this.core.flashLines;
  }

  get lowestStack(): number {
    return this.core.lowestStack;
  }

  /** Clock in hertz of `cycles`, generator 0, as firmware has set it up. */
  get frequency(): number {
    return this.#clocks.generatorFrequency(0);
  }

  resetStackMark(): void {
    this.core.lowestStack = (this.core.registers[13] ?? 0) >>> 0;
  }

  /** @throws ChipFault, unless the firmware handles its hard faults */
  run(maxCycles: number): 'stopped' | 'limit' {
    const end = this.core.cycles + maxCycles;
    for (;;) {
      try {
        return this.core.run(end - this.core.cycles);
      } catch (error) {
        const handled = this.#options.hardFaults === true && error instanceof ChipFault && !error.fatal;
        if (!handled || !this.core.enterHardFault()) throw error;
      }
    }
  }

  stop(): void {
    this.core.stop();
  }

  stall(cycles: number): void {
    this.core.stall(cycles);
  }

  hook(address: number, callback: (() => void) | null): void {
    this.core.hook(address, callback);
  }

  interruptAt(cycle: number, irq: number): void {
    this.core.interruptAt(cycle, irq);
  }

  /** Queues bytes for whichever SERCOM receives; they wait until one does. */
  sendSerial(bytes: Uint8Array): void {
    this.#incoming.push(bytes);
    for (const sercom of this.#sercoms) sercom.arrived();
    this.core.lookNow();
  }

  /** Power-on reset; flash and RAM keep their contents. */
  override reset(): void {
    if (!(#map in this)) return; // called by RP2040's constructor
    this.schedule.clear();
    for (const block of this.#blocks) block.reset();
    this.#cache?.clear();
    this.core.resetTo(this.#options.vectorTable);
    this.#division.reset();
    this.resetStackMark();
  }

  #systemReset(cause: ResetCause): void {
    this.#division.settle();
    const { cycles, asleep } = this.core;
    this.reset();
    this.#power.resetBy(cause);
    Object.assign(this.core, { cycles, asleep });
    this.#division.begin();
    this.onSystemReset?.(cause);
  }

  #place(peripheral: Peripheral, base: number, kilobytes: number): void {
    for (let i = 0; i < kilobytes; i++) this.#map.set((base >>> 10) + i, { peripheral, base });
  }

  #checkWaitStates(): void {
    const hz = this.frequency;
    if (hz > MAX_HZ_WITHOUT_WAIT && this.#nvm.waitStates === 0)
      this.fault(`core clock set to ${hz} Hz with NVMCTRL.CTRLB.RWS = 0`, 0x41004004);
  }

  // --- bus -----------------------------------------------------------------------------------------------------

  #read(address: number, size: 1 | 2 | 4): number {
    if (address & (size - 1)) this.fault(`unaligned ${size}-byte read`, address);
    if (address < FLASH_END) {
      this.#touch(address);
      return readBytes(this.memory.flash8, address, size);
    }
    if (address >= RAM && address < RAM_END) return readBytes(this.memory.ram8, address - RAM, size);
    const word = calibrationWord(address & ~3);
    if (word !== undefined) {
      const value = word >>> (8 * (address & 3));
      return size === 4 ? value : value & ((1 << (8 * size)) - 1);
    }
    const { peripheral, base } = this.#peripheral(address, 'read');
    return peripheral.read(address - base, size);
  }

  #write(address: number, size: 1 | 2 | 4, value: number): void {
    if (address & (size - 1)) this.fault(`unaligned ${size}-byte write`, address);
    if (address >= RAM && address < RAM_END) {
      const offset = address - RAM;
      for (let i = 0; i < size; i++) this.memory.ram8[offset + i] = value >>> (8 * i);
      return;
    }
    if (address < FLASH_END) {
      this.#nvm.store(address, size, value >>> 0);
      return;
    }
    const { peripheral, base } = this.#peripheral(address, 'write');
    peripheral.write(address - base, size, value >>> 0);
  }

  #mapped(address: number): boolean {
    return address < FLASH_END || (address >= RAM && address < RAM_END) || this.#map.has(address >>> 10);
  }

  #peripheral(address: number, what: 'read' | 'write'): { peripheral: Peripheral; base: number } {
    return (
      this.#map.get(address >>> 10) ?? this.fault(`bus fault: ${what} where nothing is modelled`, address)
    );
  }

  #touch(address: number): void {
    const line = address >> 3;
    if (line === this.core.lastLine) return;
    this.core.lastLine = line;
    this.core.flashLines++;
    this.#cache?.touch(line);
  }

  override readUint32(address: number): number {
    return this.#read(address >>> 0, 4);
  }
  override readUint16(address: number): number {
    return this.#read(address >>> 0, 2);
  }
  override readUint8(address: number): number {
    return this.#read(address >>> 0, 1);
  }
  override writeUint32(address: number, value: number): void {
    this.#write(address >>> 0, 4, value);
  }
  override writeUint16(address: number, value: number): void {
    this.#write(address >>> 0, 2, value);
  }
  override writeUint8(address: number, value: number): void {
    this.#write(address >>> 0, 1, value);
  }

  checkExecutable(address: number): void {
    if (address >= FLASH_END && (address < RAM || address >= RAM_END))
      this.fault('execution outside flash and RAM', address);
  }

  checkWide(address: number, first: number): void {
    const second = this.peek16(address + 2);
    if (decodeWide(first, second) === Op.UNDEFINED)
      this.fault(`undefined instruction 0x${first.toString(16)} 0x${second.toString(16)}`, address);
  }

  checkSleep(): void {
    this.#division.settle();
    if (this.#scs.get('SCR') & 4)
      this.fault('sleep mode STANDBY (SCR.SLEEPDEEP) is not modelled: every clock stops', 0xe000ed10);
    const mode = this.#power.get('SLEEP');
    if (mode !== 0)
      this.fault(`sleep mode IDLE ${mode} is not modelled: it stops the DMA controller`, 0x40000401);
  }

  breakpoint(immediate: number, address: number): void {
    const { registers } = this.core;
    const serve = immediate === 0xab ? this.#options.semihosting : undefined;
    if (serve === undefined) this.fault(`breakpoint 0x${immediate.toString(16)}`, address);
    registers[0] = serve(registers[0] ?? 0, registers[1] ?? 0, this);
  }

  noteStack(pointer: number): void {
    if (pointer >>> 0 >= this.core.lowestStack) return;
    this.core.lowestStack = pointer >>> 0;
    if (pointer >>> 0 < (this.#options.stackLimit ?? RAM))
      throw this.#faultAt('stack overflow', pointer, true);
  }

  fault(what: string, address: number): never {
    throw this.#faultAt(what, address, false);
  }

  #faultAt(what: string, address: number, fatal: boolean): ChipFault {
    return new ChipFault(what, address >>> 0, this.core.instructionAt >>> 0, this.core.cycles, fatal);
  }

  peek8(address: number): number {
    if (address < FLASH_END) return this.memory.flash8[address] ?? 0;
    return this.memory.ram8[address - RAM] ?? 0;
  }
  peek16(address: number): number {
    return this.peek8(address) | (this.peek8(address + 1) << 8);
  }
  peek32(address: number): number {
    return (this.peek16(address) | (this.peek16(address + 2) << 16)) >>> 0;
  }
  poke8(address: number, value: number): void {
    if (address < FLASH_END) this.memory.load({ address, bytes: Uint8Array.of(value) });
    else this.memory.ram8[address - RAM] = value;
  }
}
