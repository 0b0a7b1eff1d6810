// SPDX-License-Identifier: Apache-2.0
/** What the board's worker does: a firmware image on the emulated chip, in step with the sound at its microphone. */
import { latin1Bytes } from '../../core/base/bytes.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { ChipFault } from '../../emulator/samd21/samd21.ts';
import { EmulatedDevice } from '../../machines/emulated/emulated-device.ts';
import { LiveSound } from '../../machines/emulated/sound.ts';
import { type BoardImage, readBoardImage } from '../../machines/image/board-image.ts';
import { imageDigest } from '../../machines/image/image-digest.ts';
import { findModels } from '../../machines/image/model-record.ts';
import { describe, SerialLog } from '../../machines/protocol/serial-log.ts';
import type { BoardAnswer, BoardRequest } from '../session/messages.ts';

/** Milliseconds that the board stays behind its sound, more than the resampler holds back: it never waits for a sample. */
const BEHIND = 60;
/** Time behind the end of a sound, which the last keyword needs. */
const AFTER = 1000;
/** Milliseconds of the board's time that pass at once; messages are looked at in between. */
const PIECE = 10;
/** Milliseconds between two reports. */
const REPORT_EVERY = 60;
/** What a person types. */
const MAX_TEXT = 200;

export class BoardEngine {
  readonly #post: (answer: BoardAnswer) => void;
  #image: BoardImage | null = null;
  #labels: readonly string[] = [];
  #device: EmulatedDevice | null = null;
  /** For a person, not sent yet. */
  #lines: string[] = [];
  #sound: LiveSound | null = null;
  #rate = 0;
  /** Milliseconds of sound that came, and until when the board may run. */
  #came = 0;
  #until = 0;
  #running = false;
  #reported = 0;
  #lit = false;
  #before = { cycles: 0, sleep: 0 };

  constructor(post: (answer: BoardAnswer) => void) {
    this.#post = post;
  }

  receive(request: BoardRequest): void {
    try {
      this.#handle(request);
    } catch (error) {
      this.#fail(error);
    }
  }

  #handle(request: BoardRequest): void {
    switch (request.type) {
      case 'image':
        this.#open(request.name, request.bytes);
        break;
      case 'send':
        this.#device?.send(latin1Bytes(`${printable(request.text.slice(0, MAX_TEXT))}\n`));
        this.#allow(20);
        return;
      case 'begin':
        this.#rate = request.sampleRate;
        this.#reset();
        break;
      case 'samples':
        if (this.#sound === null) return;
        this.#sound.push(request.samples);
        this.#came += (1000 * request.samples.length) / this.#rate;
        this.#until = Math.max(this.#until, this.#came - BEHIND);
        this.#wake();
        break;
      case 'end':
        this.#sound?.end();
        this.#allow(BEHIND + AFTER);
    }
  }

  #open(name: string, bytes: Uint8Array): void {
    const opened = readBoardImage(bytes, name);
    this.#image = opened;
    this.#labels = findModels(opened.image, opened.image.name)[0]?.labels ?? [];
    this.#post({
      type: 'board',
      title: opened.board.title,
      microphone: opened.microphone.name,
      digest: imageDigest(opened.image.bytes),
      labels: this.#labels,
    });
    this.#reset();
  }

  /** From the reset on, with the sound that comes from now on. */
  #reset(): void {
    if (this.#image === null) return;
    const { image, board, microphone } = this.#image;
    const device = new EmulatedDevice({ chip: board.chip, image: image.bytes, microphone });
    const log = new SerialLog(this.#labels, (line) => this.#lines.push(line));
    device.onUart = (bytes) => this.#receiveBytes(log, bytes);
    const { led } = board;
    this.#lit = false;
    device.chip.port.onPin = (group, pin, level) => {
      if (group === led.port && pin === led.pin) this.#lit = level === (led.activeLow ? 0 : 1);
    };
    this.#sound = this.#rate === 0 ? null : new LiveSound(microphone.name, this.#rate, board.chip);
    device.chip.microphone = this.#sound;
    this.#device = device;
    this.#came = 0;
    this.#until = 0;
    this.#before = { cycles: 0, sleep: 0 };
    if (this.#rate === 0) this.#allow(100);
  }

  #receiveBytes(log: SerialLog, bytes: Uint8Array): void {
    const before = log.events.length;
    log.push(bytes);
    if (this.#lines.length > 0) this.#post({ type: 'lines', lines: this.#lines });
    this.#lines = [];
    for (const event of log.events.slice(before))
      this.#post({ type: 'keyword', ...event, text: describe(event) });
  }

  /** Lets so many milliseconds more pass. */
  #allow(milliseconds: number): void {
    if (this.#device === null) return;
    this.#until = Math.max(this.#until, 1000 * this.#device.seconds) + milliseconds;
    this.#wake();
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    setTimeout(() => this.#run(), 0);
  }

  #run(): void {
    this.#running = false;
    const device = this.#device;
    if (device === null) return;
    try {
      device.run(Math.min(PIECE, this.#until - 1000 * device.seconds));
    } catch (error) {
      this.#device = null;
      this.#fail(error);
      return;
    }
    const isDone = 1000 * device.seconds >= this.#until;
    this.#report(device, isDone);
    if (!isDone) this.#wake();
  }

  #report(device: EmulatedDevice, isDone: boolean): void {
    const now = performance.now();
    if (now - this.#reported < REPORT_EVERY && !isDone) return;
    this.#reported = now;
    const { cycles, sleepCycles } = device.chip;
    const passed = cycles - this.#before.cycles;
    const load = passed <= 0 ? 0 : 1 - (sleepCycles - this.#before.sleep) / passed;
    if (passed > device.chip.cycles / 1e9) this.#before = { cycles, sleep: sleepCycles };
    const behind = Math.max(0, this.#until / 1000 - device.seconds);
    this.#post({ type: 'state', led: this.#lit, seconds: device.seconds, behind, load });
  }

  #fail(error: unknown): void {
    const isChip = error instanceof ChipFault;
    if (!isChip && !(error instanceof InputError)) throw error;
    const message = isChip ? `the chip stops: ${printable(error.message)}` : error.message;
    this.#post({ type: 'failed', message });
  }
}
