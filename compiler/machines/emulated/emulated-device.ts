// SPDX-License-Identifier: Apache-2.0
/** A firmware image on the emulated board: time passes, sound comes in, lines go out; USB is plugged in or not. */

import type { Chip, Microphone } from '../../boards/boards.ts';
import { UsbSerialHost } from '../../emulator/usb-host/usb-serial.ts';
import { type EmulatedChip, type EmulatorOptions, emulate } from './emulators.ts';
import { type Sound, type SoundSource, soundFor, soundSource } from './sound.ts';

/** What an emulated board is made of. */
export interface BoardOptions {
  readonly chip: Chip;
  /** Flash from the chip's applicationStart on. */
  readonly image: Uint8Array;
  readonly microphone: Microphone;
  /** Whether a USB host is there, and a program has opened the port. */
  readonly usb?: boolean;
  /** How its chip differs from the typical one. */
  readonly silicon?: EmulatorOptions['silicon'];
}

/** A board with its firmware. Nothing happens but in `run`, which lets time pass. */
export class EmulatedDevice {
  readonly chip: EmulatedChip;
  readonly usb: UsbSerialHost | null;
  /** Bytes from the UART, and from USB. */
  onUart: (bytes: Uint8Array) => void = () => {};
  onUsb: (bytes: Uint8Array) => void = () => {};
  readonly #microphone: Microphone;
  readonly #description: Chip;
  #sound: SoundSource | null = null;
  #gathered: number[] = [];

  constructor({ chip, image, microphone, usb, silicon }: BoardOptions) {
    this.#description = chip;
    this.#microphone = microphone;
    this.chip = emulate(chip, {
      segments: [{ address: chip.applicationStart, bytes: image }],
      vectorTable: chip.applicationStart,
      hardFaults: true,
      ...(silicon === undefined ? {} : { silicon }),
    });
    this.chip.onSerial = (byte) => this.#gathered.push(byte);
    this.usb = usb === true ? new UsbSerialHost(this.chip) : null;
    if (this.usb !== null) {
      this.usb.onBytes = (bytes) => this.onUsb(bytes);
      this.usb.plug();
      this.usb.open();
    }
  }

  /** Seconds since the start. */
  get seconds(): number {
    return this.chip.cycles / this.#description.coreClock;
  }

  /** Share of the time in which the CPU was awake. */
  get load(): number {
    return this.chip.cycles === 0 ? 0 : 1 - this.chip.sleepCycles / this.chip.cycles;
  }

  /** The same with one wait state for every new line of flash: a bound, of at most 1. */
  get loadBound(): number {
    return this.chip.cycles === 0 ? 0 : Math.min(1, this.load + this.chip.flashLines / this.chip.cycles);
  }

  /** Whether the sound that was given is over. */
  get silent(): boolean {
    return this.#sound?.over ?? true;
  }

  /** Sound from now on, once the firmware listens. */
  play(sound: Sound): void {
    this.playPcm(soundFor(this.#microphone.name, sound, this.#description));
  }

  /** The same, at the rate of the microphone's encoder already. */
  playPcm(pcm: Int16Array): void {
    this.#sound = soundSource(this.#microphone.name, pcm);
    this.chip.microphone = this.#sound;
  }

  /** To the UART. */
  send(bytes: Uint8Array): void {
    this.chip.sendSerial(bytes);
  }

  /** Through USB. @throws Error where no host was asked for */
  sendUsb(bytes: Uint8Array): void {
    if (this.usb === null) throw new Error('the board has no USB host');
    this.usb.write(bytes);
  }

  /**
   * Connects to one of its ports. @param receive gets what the firmware sends there
   * @returns what sends to the firmware
   */
  connect(port: 'uart' | 'usb', receive: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
    if (port === 'usb') this.onUsb = receive;
    else this.onUart = receive;
    return (bytes) => (port === 'usb' ? this.sendUsb(bytes) : this.send(bytes));
  }

  /** Lets time pass. @throws ChipFault where the firmware does what nothing handles */
  run(milliseconds: number): void {
    const millisecond = this.#description.coreClock / 1000;
    const end = this.chip.cycles + milliseconds * millisecond;
    while (this.chip.cycles < end) {
      this.chip.run(Math.min(millisecond, end - this.chip.cycles));
      this.#hand();
    }
  }

  #hand(): void {
    if (this.#gathered.length === 0) return;
    const bytes = Uint8Array.from(this.#gathered);
    this.#gathered = [];
    this.onUart(bytes);
  }
}
