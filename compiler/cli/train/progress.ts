// SPDX-License-Identifier: Apache-2.0
/** What a training prints while it runs: one line on a terminal, and lines to keep where --every asks for them. */

import { StatusLine, type Terminal } from '../../host/pool/progress.ts';
import { percent } from '../../report/table/table.ts';
import type { MiningRecord } from '../../training/train/background/feed.ts';
import type { Best, EpochRecord, Phase } from '../../training/train/run.ts';

/** Epochs that the time left is reckoned from. */
const RECENT = 10;

export class TrainingProgress {
  readonly #phases: readonly Phase[];
  readonly #every: number | null;
  readonly #terminal: Terminal;
  readonly #line: StatusLine;
  readonly #seconds: number[] = [];
  #last: EpochRecord | null = null;
  #stopping = false;

  /** @param every a plain line on stderr every n epochs, terminal or not; null: none */
  constructor(
    phases: readonly Phase[],
    every: number | null,
    terminal: Terminal = process.stderr,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.#phases = phases;
    this.#every = every;
    this.#terminal = terminal;
    this.#line = new StatusLine(terminal, env);
  }

  batch(epoch: number, done: number, batches: number): void {
    if (!this.#line.isDue) return;
    const place = `epoch ${epoch + 1}/${this.#total}`;
    const result = this.#last === null ? `batch ${done}/${batches}` : describeEpoch(this.#last);
    const left = this.#stopping ? ', stopping' : this.#left(epoch + done / batches);
    this.#line.draw(`${place} ${result}${left}`);
  }

  epoch(record: EpochRecord, best: Best | null): void {
    this.#last = record;
    this.#seconds.push(record.seconds);
    const done = record.epoch + 1;
    if (this.#every === null || (done % this.#every !== 0 && done !== this.#total)) return;
    this.#line.clear();
    const top = best === null ? '' : `, best ${percent(best.validationAccuracy)} in ${best.epoch + 1}`;
    this.#terminal.write(`epoch ${done}/${this.#total} ${describeEpoch(record)}${top}\n`);
  }

  /** Rounds are few, and what they find is the point of it: a line each. */
  mining({ epoch, hard, events, hours, eventsPerHour }: MiningRecord): void {
    if (this.#every === null && this.#terminal.isTTY !== true) return;
    this.#line.clear();
    this.#terminal.write(
      `mining before epoch ${epoch + 1}: ${eventsPerHour.toFixed(1)} false alarms per hour at 10 % missed ` +
        `(${events} in ${hours.toFixed(1)} h that train), ${hard} hard places\n`,
    );
  }

  stopping(): void {
    this.#stopping = true;
  }

  finish(): void {
    this.#line.clear();
  }

  get #total(): number {
    return this.#phases.reduce((sum, { epochs }) => sum + epochs, 0);
  }

  #left(done: number): string {
    const recent = this.#seconds.slice(-RECENT);
    if (recent.length === 0) return '';
    const mean = recent.reduce((sum, seconds) => sum + seconds, 0) / recent.length;
    return `, ${duration(mean * (this.#total - done))} left`;
  }
}

/** "float loss 1.234 validation 56.7 % rate 0.0030", of a network that sends events with their share, layer by layer */
function describeEpoch({ quantized, loss, validationAccuracy, rate, activity = [] }: EpochRecord): string {
  const kind = quantized ? 'QAT' : 'float';
  const active = activity.filter((share) => share > 0).map(percent);
  const events = activity.length === 0 ? '' : ` activity ${active.join(', ') || 'none'}`;
  return `${kind} loss ${loss.toFixed(3)} validation ${percent(validationAccuracy)}${events} rate ${rate.toPrecision(2)}`;
}

/** 59 -> "59 s", 60 -> "1 min", 5400 -> "1 h 30 min" */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
