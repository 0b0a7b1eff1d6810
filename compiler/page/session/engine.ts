// SPDX-License-Identifier: Apache-2.0
/** What the computing worker does: sound in from microphone or file, frames, clips and digests out. */
import { memoryBytes } from '../../core/audio/bytes.ts';
import { openSource } from '../../core/audio/open.ts';
import { readAll } from '../../core/audio/pcm.ts';
import { InputError } from '../../core/base/errors.ts';
import { Cutter } from './cutter.ts';
import { Intake, pcmOf } from './intake.ts';
import type { Answer, BoardSound, Clip, Frames, Request } from './messages.ts';
import { type OpenedModel, openModel } from './models.ts';
import { FilePlayer } from './player.ts';
import { Session } from './session.ts';

/** Gets what is sent, with the arrays that are handed over. */
export type Post<Message> = (message: Message, handed: readonly ArrayBufferLike[]) => void;

/** Milliseconds between two reports of loudness. */
const LEVEL_EVERY = 60;

export class Engine {
  readonly #post: Post<Answer>;
  readonly #models = new Map<number, OpenedModel>();
  readonly #sessions = new Map<number, Session>();
  /** Where the sound goes beside the models; null: nowhere. */
  #board: Post<BoardSound> | null = null;
  /** Of the microphone. */
  #rate = 0;
  readonly #intakes = new Map<number, Intake>();
  #cutter: Cutter | null = null;
  #cut: { how: 'hold' | 'auto' | 'off'; level: number } = { how: 'off', level: 0 };
  #levelAt = 0;
  #player: FilePlayer | null = null;

  constructor(post: Post<Answer>) {
    this.#post = post;
  }

  /** The board's end of the sound from now on. */
  connectBoard(board: Post<BoardSound> | null): void {
    this.#board = board;
    if (this.#rate > 0) board?.({ type: 'begin', sampleRate: this.#rate }, []);
  }

  receive(request: Request): void {
    try {
      this.#handle(request);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const slot = 'slot' in request ? request.slot : null;
      this.#post({ type: 'failed', slot, message: error.message }, []);
    }
  }

  #handle(request: Request): void {
    switch (request.type) {
      case 'load':
        this.#load(request);
        break;
      case 'unload':
        this.#models.delete(request.slot);
        this.#sessions.delete(request.slot);
        this.#intakes.delete(request.slot);
        return;
      case 'detect': {
        const frames = this.#session(request.slot)?.change(request.detect);
        if (frames !== undefined) this.#frames(request.slot, frames);
        return;
      }
      case 'microphone':
        this.#microphone(request.sampleRate);
        break;
      case 'sound':
        this.#sound(pcmOf(request.samples));
        break;
      case 'file':
        this.#file(request.name, request.bytes);
        break;
      case 'finish':
        this.#player?.finish();
        break;
      case 'stop':
        this.#stop();
        break;
      case 'digest': {
        const { slot } = request;
        const session = this.#session(slot);
        if (session !== undefined)
          this.#post({ type: 'digest', slot, digest: session.digest, steps: session.steps }, []);
        return;
      }
      case 'recording':
        this.#recording(request.slot);
        break;
      case 'save':
        this.#save(request);
        break;
      case 'record': {
        this.#cut = { how: request.how, level: request.level };
        const clip = this.#cutter?.set(request.how, request.level) ?? null;
        if (clip !== null) this.#clip(clip);
      }
    }
  }

  #session(slot: number): Session | undefined {
    return this.#sessions.get(slot);
  }

  #load({ slot, files }: Extract<Request, { type: 'load' }>): void {
    const opened = openModel(files);
    const { program, info } = opened;
    this.#models.set(slot, opened);
    this.#sessions.set(slot, new Session(program));
    if (this.#rate > 0) this.#intakes.set(slot, new Intake(this.#rate, info.sampleRate));
    this.#post({ type: 'loaded', slot, info }, []);
  }

  /** A run of every model begins with the first sample. */
  #microphone(sampleRate: number): void {
    this.#stop();
    this.#rate = sampleRate;
    for (const [slot, session] of this.#sessions) {
      session.restart();
      this.#intakes.set(slot, new Intake(sampleRate, session.program.frontend.sampleRate));
    }
    this.#cutter = new Cutter(sampleRate);
    this.#cutter.set(this.#cut.how, this.#cut.level);
    this.#board?.({ type: 'begin', sampleRate }, []);
  }

  #sound(pcm: Int16Array): void {
    if (this.#rate === 0) return;
    for (const [slot, intake] of this.#intakes) {
      const session = this.#session(slot);
      if (session !== undefined) this.#frames(slot, session.push(intake.push(pcm)));
    }
    const cutter = this.#cutter;
    if (cutter !== null) {
      for (const clip of cutter.push(pcm)) this.#clip(clip);
      const now = performance.now();
      if (now - this.#levelAt >= LEVEL_EVERY) {
        this.#levelAt = now;
        this.#post({ type: 'level', level: cutter.level, open: cutter.open }, []);
      }
    }
    this.#board?.({ type: 'samples', samples: pcm }, [pcm.buffer]);
  }

  #clip(samples: Int16Array): void {
    this.#post({ type: 'clip', clip: { samples, sampleRate: this.#rate } }, [samples.buffer]);
  }

  /** Decoded for every model, then played to all of them in real time. */
  #file(name: string, bytes: Uint8Array): void {
    const source = openSource(name, memoryBytes(bytes));
    const own = readAll(name, source);
    const parts = [...this.#sessions].map(([slot, session]) => {
      const { sampleRate } = session.program.frontend;
      const { samples } = readAll(name, openSource(name, memoryBytes(bytes)), sampleRate);
      return {
        sampleRate,
        samples,
        push: (piece: Int16Array) => this.#frames(slot, session.push(piece)),
      };
    });
    this.#stop();
    for (const session of this.#sessions.values()) session.restart();
    const sound: Clip = { samples: own.samples, sampleRate: own.sampleRate };
    this.#board?.({ type: 'begin', sampleRate: own.sampleRate }, []);
    const board = {
      ...sound,
      push: (piece: Int16Array) => this.#board?.({ type: 'samples', samples: piece.slice() }, []),
    };
    this.#player = new FilePlayer([...parts, board], () => {
      this.#board?.({ type: 'end' }, []);
      this.#player = null;
      this.#post({ type: 'ended' }, []);
    });
    this.#post({ type: 'playing', name, sound, notes: own.notes.map(({ text }) => text) }, []);
  }

  #stop(): void {
    this.#player?.stop();
    this.#player = null;
    if (this.#rate === 0) return;
    for (const [slot, intake] of this.#intakes) {
      const session = this.#session(slot);
      if (session !== undefined) this.#frames(slot, session.push(intake.end()));
    }
    this.#board?.({ type: 'end' }, []);
    this.#intakes.clear();
    this.#cutter = null;
    this.#rate = 0;
  }

  #recording(slot: number): void {
    const session = this.#session(slot);
    if (session === undefined) return;
    const samples = session.recording();
    const recording = { samples, sampleRate: session.program.frontend.sampleRate };
    this.#post({ type: 'recording', slot, recording }, [samples.buffer]);
  }

  #save({ slot, how }: Extract<Request, { type: 'save' }>): void {
    const session = this.#session(slot);
    const model = this.#models.get(slot);
    if (session === undefined || model === undefined) return;
    const { program } = session;
    this.#post({ type: 'save', slot, how, text: model.write(program), detect: model.detect(program) }, []);
  }

  #frames(slot: number, frames: Frames): void {
    if (frames.count === 0 && !frames.restart) return;
    this.#post({ type: 'frames', slot, frames }, [frames.rows.buffer, frames.wave.buffer]);
  }
}
