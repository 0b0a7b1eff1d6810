// SPDX-License-Identifier: Apache-2.0
/** What a speech synthesizer is to `egru data speak`. */

export const ENGINES = ['flite', 'espeak-ng', 'festival', 'pico2wave', 'piper', 'say'] as const;
export type EngineName = (typeof ENGINES)[number];

export interface Voice {
  readonly engine: EngineName;
  readonly name: string;
  /** Its pitch can be asked for; that of other voices moves with the length of the vocal tract. */
  readonly pitch: boolean;
}

/** An utterance as an engine is asked for it. */
export interface Utterance {
  /** Lower-case words, with `,` `.` `!` or `?` behind them. */
  readonly text: string;
  readonly voice: Voice;
  /** Times as fast as the voice speaks by itself. */
  readonly rate: number;
  /** Times as high; of no effect where the voice has no pitch. */
  readonly pitch: number;
}

/** A synthesizer that is a program of this machine. It writes a WAV file; no shell sees the text. */
export interface Program {
  readonly name: EngineName;
  /** The file on the PATH. */
  readonly command: string;
  /** The one that lists its voices, where it is another. */
  readonly lists?: string;
  /** How it comes to a machine. */
  readonly install: string;
  /** @param ask runs the program with arguments and returns what it prints */
  voices(ask: (...args: string[]) => string): Voice[];
  call(utterance: Utterance, output: string): { readonly args: readonly string[]; readonly input: string };
}
