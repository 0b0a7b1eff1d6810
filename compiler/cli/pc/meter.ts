// SPDX-License-Identifier: Apache-2.0
/** Level and posteriors as bars in a terminal, drawn again in their place. */

import { printable } from '../../core/base/errors.ts';
import type { SoundProgram } from '../../core/program/program.ts';
import { pad } from '../terminal/table.ts';

export interface MeterState {
  /** Root mean square of the last sound, in 16-bit steps. */
  readonly level: number;
  /** Whether voice activity keeps the network asleep. */
  readonly asleep: boolean;
  /** Smoothed posteriors, Q15, keyword by keyword. */
  readonly scores: readonly number[];
}

const ONE = 32768;
/** Decibels below full scale at the left end of the level's bar. */
const RANGE = 72;
/** Keywords that have room on a screen. */
const MOST = 20;
const NAME = 16;
const LEAST_BAR = 10;

/** Lines of at most `width` columns: the level, then a bar for each keyword with its threshold as "|". */
export function meterLines({ labels, detect }: SoundProgram, state: MeterState, width: number): string[] {
  const bar = Math.max(LEAST_BAR, width - NAME - 9);
  const decibels = 20 * Math.log10(Math.max(1, state.level) / ONE);
  const level = Math.max(0, Math.min(1, 1 + decibels / RANGE));
  const note = state.asleep ? 'asleep' : `${decibels.toFixed(0)} dB`;
  return [
    line('microphone', filled(level, bar), note),
    ...detect.keywords.slice(0, MOST).map(({ label, threshold }, k) => {
      const score = (state.scores[k] ?? 0) / ONE;
      const mark = Math.min(bar - 1, Math.floor((bar * threshold) / ONE));
      const cells = [...filled(score, bar)];
      if (cells[mark] === ' ') cells[mark] = '|';
      return line(printable(labels[label] ?? ''), cells.join(''), score.toFixed(2));
    }),
  ];
}

function line(name: string, bar: string, note: string): string {
  const points = [...name];
  const short = points.length > NAME ? `${points.slice(0, NAME - 1).join('')}…` : name;
  return `${pad(short, NAME, 'left')} ${bar} ${note}`;
}

function filled(share: number, width: number): string {
  const count = Math.round(Math.max(0, Math.min(1, share)) * width);
  return '#'.repeat(count) + ' '.repeat(width - count);
}

/** Lines at the end of a terminal that are drawn again; other lines come above them. */
export class Block {
  readonly #write: (text: string) => unknown;
  #height = 0;

  constructor(write: (text: string) => unknown = (text) => process.stdout.write(text)) {
    this.#write = write;
  }

  draw(lines: readonly string[], above: readonly string[] = []): void {
    const up = this.#height > 0 ? `\x1b[${this.#height}A\r` : '';
    this.#write(`${up}\x1b[J${[...above, ...lines].map((text) => `${text}\n`).join('')}`);
    this.#height = lines.length;
  }

  /** Removes it. */
  clear(): void {
    this.draw([]);
  }
}
