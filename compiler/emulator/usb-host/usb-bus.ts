// SPDX-License-Identifier: Apache-2.0
/**
 * The host's end of the cable: frames, time on the bus, and scripts that run beside the chip. A script is a generator
 * that yields core cycles to wait; several may run at a time, and their packets share the bus.
 */

import type { Appointment, Schedule } from '../core/schedule.ts';
import type { Handshake, InAnswer, UsbDevice } from '../peripherals/usb.ts';

/** Core cycles per frame of 1 ms, and per bit at 12 Mbit/s, with a core at 48 MHz. */
export const FRAME = 48_000;
const BIT = 4;
/** Bits on the wire, end of packet and gaps included (Universal Serial Bus Specification 2.0, 8.3 to 8.4). */
const TOKEN = 35;
const HANDSHAKE = 19;
const DATA = 35;
const GAP = 8;
/** Largest packet, for a place in the frame before its length is known. */
const LARGEST = 64;

export type Script<T> = Generator<number, T, void>;

/** A transfer failed: the device was silent, broke a rule, or went away. */
export class UsbError extends Error {
  override readonly name: string = 'UsbError';
}

/** What a host needs of the chip. */
export interface HostedChip {
  readonly usb: UsbDevice;
  readonly schedule: Schedule;
  readonly cycles: number;
  run(maxCycles: number): 'stopped' | 'limit';
  stop(): void;
}

/** A script under way. */
export interface Task<T> {
  readonly done: boolean;
  /** Why it ended before its end; null if it did not. */
  readonly error: UsbError | null;
  /** What the script returned. */
  readonly value: T | undefined;
}

interface Running {
  /** Somebody waits for it with complete(). */
  readonly awaited: boolean;
  readonly script: Script<unknown>;
  appointment: Appointment | null;
  done: boolean;
  error: UsbError | null;
  value: unknown;
}

export class UsbBus {
  /** A device has appeared at the bus, or gone. */
  onConnect: (() => void) | null = null;
  onDisconnect: (() => void) | null = null;
  /** Calls with every transaction, for tests and traces. */
  onTransaction: ((line: string) => void) | null = null;
  /** Whether the handshake of a transaction gets lost on its way, from the device (out) or from the host (in). */
  loses: ((direction: 'in' | 'out') => boolean) | null = null;
  #plugged = false;
  #connected = false;
  #frame = 0;
  #nextFrame: Appointment | null = null;
  #freeAt = 0;
  #running: Running[] = [];

  constructor(readonly chip: HostedChip) {
    chip.usb.onAttach = () => this.#look();
    chip.usb.onDetach = () => this.#look();
  }

  /** Whether a device is there. */
  get connected(): boolean {
    return this.#connected;
  }

  /** Whether frames are being sent. */
  get active(): boolean {
    return this.#nextFrame !== null;
  }

  /** Number of the last frame. */
  get frame(): number {
    return this.#frame;
  }

  plug(): void {
    this.#plugged = true;
    this.#look();
  }

  unplug(): void {
    this.#plugged = false;
    this.#look();
  }

  /** Starts a script; it goes on whenever the chip runs. awaited: its end stops the chip. */
  start<T>(script: Script<T>, awaited = false): Task<T> {
    const task: Running = { awaited, script, appointment: null, done: false, error: null, value: undefined };
    this.#running.push(task);
    this.#plan(task, 0);
    return task as Task<T>;
  }

  /** Runs the chip until the script has ended. @throws UsbError of the script, or when it takes too long */
  complete<T>(script: Script<T>, maxCycles = 5000 * FRAME): T {
    const task = this.start(script, true);
    const end = this.chip.cycles + maxCycles;
    while (!task.done) {
      if (this.chip.cycles >= end)
        throw new UsbError(`nothing came of a transfer within ${maxCycles} cycles`);
      this.chip.run(Math.min(FRAME, end - this.chip.cycles));
    }
    if (task.error !== null) throw task.error;
    return task.value as T;
  }

  // --- scripts -------------------------------------------------------------------------------------------------

  /** Reset signalling, then frames. */
  *reset(frames = 10): Script<void> {
    this.#stopFrames();
    yield frames * FRAME;
    this.#usb().busReset();
    this.#note('reset');
    this.#startFrames();
  }

  /** Stops the frames: the device is to suspend itself after 3 ms. */
  suspend(): void {
    this.#stopFrames();
    this.#note('suspend');
  }

  /** Resume signalling for 20 ms, then frames. */
  *resume(): Script<void> {
    this.#usb().startOfFrame(this.#frame); // activity of any kind ends the suspension
    yield 20 * FRAME;
    this.#usb().resumed();
    this.#startFrames();
    this.#note('resume');
  }

  *setup(address: number, bytes: Uint8Array): Script<Handshake> {
    yield* this.#slot(TOKEN + GAP + DATA + 8 * bytes.length + GAP + HANDSHAKE);
    const answer = this.#usb().setup(address, 0, bytes);
    this.#note(`setup ${address}.0 ${hexOf(bytes)} ${answer}`);
    return answer;
  }

  *out(address: number, endpoint: number, toggle: 0 | 1, bytes: Uint8Array): Script<Handshake> {
    yield* this.#slot(TOKEN + GAP + DATA + 8 * bytes.length + GAP + HANDSHAKE);
    const answer = this.#usb().out(address, endpoint, toggle, bytes);
    this.#note(`out ${address}.${endpoint} data${toggle} ${bytes.length} ${answer}`);
    return this.loses?.('out') ? null : answer;
  }

  *in(address: number, endpoint: number): Script<InAnswer> {
    yield* this.#slot(TOKEN + GAP, DATA + 8 * LARGEST + GAP + HANDSHAKE);
    const answer = this.#usb().in(address, endpoint);
    if (typeof answer === 'string' || answer === null) {
      this.#freeAt = this.chip.cycles + BIT * (GAP + HANDSHAKE);
      this.#note(`in ${address}.${endpoint} ${answer}`);
      return answer;
    }
    yield BIT * (DATA + 8 * answer.bytes.length + GAP + HANDSHAKE);
    if (!this.loses?.('in')) this.#usb().acknowledge(address, endpoint);
    this.#freeAt = this.chip.cycles;
    this.#note(`in ${address}.${endpoint} data${answer.toggle} ${answer.bytes.length}`);
    return answer;
  }

  /** Waits for a place on the bus and through its first part; the place has room for `more` bits behind it. */
  *#slot(bits: number, more = 0): Script<void> {
    if (this.#nextFrame === null) throw new UsbError('transfer while the bus is suspended');
    const now = this.chip.cycles;
    let start = Math.max(now, this.#freeAt);
    const end =
      this.#nextFrame.cycle + FRAME * Math.max(0, Math.ceil((start - this.#nextFrame.cycle) / FRAME));
    if (start + BIT * (bits + more) > end) start = end + BIT * TOKEN; // not across a start of frame
    this.#freeAt = start + BIT * (bits + more);
    yield start + BIT * bits - now;
  }

  #usb(): UsbDevice {
    if (!this.#connected) throw new UsbError('the device was disconnected');
    return this.chip.usb;
  }

  #note(text: string): void {
    this.onTransaction?.(text);
  }

  // --- frames and tasks ----------------------------------------------------------------------------------------

  #startFrames(): void {
    this.#stopFrames();
    const next = (at: number): void => {
      this.#nextFrame = this.chip.schedule.at(at, () => {
        this.#frame = (this.#frame + 1) & 0x7ff;
        this.chip.usb.startOfFrame(this.#frame);
        next(at + FRAME);
      });
    };
    next(this.chip.cycles + BIT);
  }

  #stopFrames(): void {
    this.chip.schedule.cancel(this.#nextFrame);
    this.#nextFrame = null;
  }

  /** Cable and pull-up together make a connection. Whatever was under way ends with it. */
  #look(): void {
    const connected = this.#plugged && this.chip.usb.attached;
    if (connected === this.#connected) return;
    this.#connected = connected;
    if (connected) {
      this.onConnect?.();
      return;
    }
    this.#stopFrames();
    this.#freeAt = 0;
    const ended = this.#running;
    this.#running = [];
    for (const task of ended) {
      this.chip.schedule.cancel(task.appointment);
      task.done = true;
      task.error = new UsbError('the device was disconnected');
    }
    this.onDisconnect?.();
  }

  #plan(task: Running, cycles: number): void {
    task.appointment = this.chip.schedule.at(this.chip.cycles + cycles, () => this.#step(task));
  }

  #step(task: Running): void {
    try {
      const { done, value } = task.script.next();
      if (!done) {
        if (!task.done) this.#plan(task, value);
        return;
      }
      task.value = value;
    } catch (error) {
      if (!(error instanceof UsbError)) throw error;
      task.error = error;
    }
    task.done = true;
    this.#running = this.#running.filter((other) => other !== task);
    if (task.awaited) this.chip.stop();
  }
}

function hexOf(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
