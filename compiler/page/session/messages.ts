// SPDX-License-Identifier: Apache-2.0
/** What the page and its workers send each other. Plain data; large arrays are handed over, not copied. */
import type { DetectProgram } from '../../core/program/detect-program.ts';
import type { StreamProgram } from '../../core/program/program.ts';
import type { TraceGroup } from '../../core/program/trace.ts';
import type { TuningFile } from '../../core/program/tuning.ts';

/** Files of a model as a page gets them: model.json with its weights file and perhaps tuning.json, or a program.json alone. */
export type ModelBytes =
  | {
      readonly name: string;
      readonly json: Uint8Array;
      readonly weights: Uint8Array;
      /** Text: why it cannot be loaded. */
      readonly tuning?: Uint8Array | string;
    }
  | { readonly name: string; readonly program: Uint8Array };

/** What the views show of a model. */
export interface ModelInfo {
  /** What the user calls it. */
  readonly name: string;
  readonly program: StreamProgram;
  /** SHA-256 of the program as its files have it. */
  readonly digest: string;
  /** Columns of a frame's row, and their number. */
  readonly groups: readonly TraceGroup[];
  readonly width: number;
  readonly sampleRate: number;
  readonly frame: number;
  readonly hop: number;
  /** Whether the files have detection of their own. */
  readonly stated: boolean;
  /** Indices of the layers that have a state. */
  readonly recurrent: readonly number[];
  /** What it was read from, and what `save` gives again. */
  readonly file: 'model.json' | 'program.json';
  /** What tuning.json has; null: there is none that can be used. */
  readonly tuning: TuningFile | null;
  /** What is wrong with it. */
  readonly tuningProblem: string | null;
}

/** A keyword in a run. */
export interface RunEvent {
  /** Index of the label. */
  readonly label: number;
  /** Smoothed posterior, Q15. */
  readonly score: number;
  /** Index of the deciding frame's last sample, from the start of the run. */
  readonly sample: number;
}

/** Frames that a session has computed since the last message. */
export interface Frames {
  /** Whether these are the first of a run: whatever was shown before is over. */
  readonly restart: boolean;
  readonly count: number;
  /** count rows of ModelInfo.width integers. */
  readonly rows: Int32Array;
  /** Least and largest sample of each frame's hop. */
  readonly wave: Int16Array;
  readonly events: readonly RunEvent[];
  /** Frames of the run so far. */
  readonly steps: number;
  /** Samples of the run so far. */
  readonly samples: number;
}

/** A piece of sound as it was recorded. */
export interface Clip {
  readonly samples: Int16Array;
  readonly sampleRate: number;
}

/** What the page asks of the worker that computes. `slot`: 0 or 1, a model's place. */
export type Request =
  | { readonly type: 'load'; readonly slot: number; readonly files: ModelBytes }
  | { readonly type: 'unload'; readonly slot: number }
  | { readonly type: 'detect'; readonly slot: number; readonly detect: DetectProgram }
  | { readonly type: 'microphone'; readonly sampleRate: number }
  | { readonly type: 'sound'; readonly samples: Float32Array }
  | { readonly type: 'file'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'finish' }
  | { readonly type: 'stop' }
  | { readonly type: 'digest'; readonly slot: number }
  | { readonly type: 'recording'; readonly slot: number }
  | { readonly type: 'save'; readonly slot: number; readonly how: 'download' | 'folder' }
  | { readonly type: 'record'; readonly how: 'hold' | 'auto' | 'off'; readonly level: number };

/** What it answers. */
export type Answer =
  | { readonly type: 'loaded'; readonly slot: number; readonly info: ModelInfo }
  | { readonly type: 'frames'; readonly slot: number; readonly frames: Frames }
  | {
      readonly type: 'playing';
      readonly name: string;
      readonly sound: Clip;
      readonly notes: readonly string[];
    }
  | { readonly type: 'ended' }
  | { readonly type: 'digest'; readonly slot: number; readonly digest: string; readonly steps: number }
  | { readonly type: 'recording'; readonly slot: number; readonly recording: Clip }
  /** The model's file with the detection as it is now, and `detect` of model.json alone. */
  | {
      readonly type: 'save';
      readonly slot: number;
      readonly how: 'download' | 'folder';
      readonly text: string;
      readonly detect: object;
    }
  | { readonly type: 'clip'; readonly clip: Clip }
  /** Root mean square of the last sound, in 16-bit steps, and whether a clip is being cut. */
  | { readonly type: 'level'; readonly level: number; readonly open: boolean }
  | { readonly type: 'failed'; readonly slot: number | null; readonly message: string };

/** What the page asks of the worker that emulates a board; sound comes through a port from the other worker. */
export type BoardRequest =
  | { readonly type: 'image'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: 'send'; readonly text: string }
  | BoardSound;

/** Sound for the board's microphone. */
export type BoardSound =
  /** From now on: 16-bit PCM, mono, at this rate. The board begins at its reset. */
  | { readonly type: 'begin'; readonly sampleRate: number }
  | { readonly type: 'samples'; readonly samples: Int16Array }
  /** The sound is over; silence follows. */
  | { readonly type: 'end' };

/** What it answers. */
export type BoardAnswer =
  | {
      readonly type: 'board';
      readonly title: string;
      readonly microphone: string;
      readonly digest: string;
      readonly labels: readonly string[];
    }
  /** Lines that the firmware sent over its UART. */
  | { readonly type: 'lines'; readonly lines: readonly string[] }
  /** A keyword that it reports; `text` for a person. */
  | {
      readonly type: 'keyword';
      readonly label: string;
      /** Of the sound since the board began to listen, at 8 kHz. */
      readonly sample: number;
      /** Q15 */
      readonly score: number;
      readonly text: string;
    }
  | {
      readonly type: 'state';
      readonly led: boolean;
      /** Seconds of the board's time, and of the sound that waits for it. */
      readonly seconds: number;
      readonly behind: number;
      /** Share of the time in which its CPU is awake. */
      readonly load: number;
    }
  | { readonly type: 'failed'; readonly message: string };
