// SPDX-License-Identifier: Apache-2.0
/** A row per keyword: its smoothed posterior over time, the threshold on it, and the slider that moves it. */
import type { DetectProgram } from '../../core/program/detect-program.ts';
import type { ModelInfo } from '../session/messages.ts';
import { el } from './dom.ts';
import type { History } from './history.ts';
import type { Palette } from './palette.ts';
import { Strip } from './strip.ts';
import { Tradeoffs } from './tradeoff.ts';

const ONE = 32768;
/** Milliseconds that a row shows that it fired. */
const FRESH = 900;

interface Row {
  readonly label: number;
  readonly element: HTMLElement;
  readonly strip: Strip;
  readonly show: (threshold: number) => void;
  firedAt: number;
}

export class KeywordRows {
  readonly element: HTMLElement;
  readonly #rows: readonly Row[];
  readonly #tradeoffs: Tradeoffs;
  #detect: DetectProgram;
  #palette: Palette;

  /** @param onThreshold called with the index of the keyword */
  constructor(
    info: ModelInfo,
    history: History,
    palette: Palette,
    onThreshold: (keyword: number, threshold: number) => void,
  ) {
    this.#detect = info.program.detect;
    this.#palette = palette;
    this.#tradeoffs = new Tradeoffs(info);
    const sums = info.groups.find(({ name }) => name === 'sums')?.offset ?? 0;
    this.#rows = this.#detect.keywords.map(({ label }, k) =>
      this.#row(info.program.labels[label] ?? '', label, k, {
        score: (step) => (history.row(step)[sums + k] ?? 0) / this.#detect.window,
        fired: (step) => history.fired(step) === label,
        onThreshold: (value) => onThreshold(k, value),
      }),
    );
    const title = el('h3', {}, 'Keywords: smoothed posteriors and their thresholds');
    const rows = this.#rows.map(({ element }) => element);
    this.element = el('div', { class: 'keywords' }, title, ...rows, ...this.#tradeoffs.together);
    this.#tradeoffs.show(this.#detect);
  }

  #row(
    name: string,
    label: number,
    k: number,
    on: {
      readonly score: (step: number) => number;
      readonly fired: (step: number) => boolean;
      readonly onThreshold: (value: number) => void;
    },
  ): Row {
    const threshold = () => this.#detect.keywords[k]?.threshold ?? ONE;
    const canvas = el('canvas', { role: 'img', 'aria-label': `Smoothed posterior of ${name} over time` });
    const strip = new Strip({
      canvas,
      rows: null,
      paint: (context, x, height, step) => {
        const score = on.score(step);
        const top = Math.round(height * (1 - score / ONE));
        context.fillStyle = score >= threshold() ? this.#palette.accent : this.#palette.soft;
        context.fillRect(x, top, 1, height - top);
        if (!on.fired(step)) return;
        context.fillStyle = this.#palette.hit;
        context.fillRect(x, 0, 1, height);
      },
      overlay: (context, width, height, palette) => {
        const y = Math.round(height * (1 - threshold() / ONE));
        const thick = Math.max(1, Math.round(window.devicePixelRatio));
        context.strokeStyle = palette.hit;
        context.lineWidth = thick;
        context.setLineDash([3 * thick, 3 * thick]);
        context.beginPath();
        context.moveTo(0, y + thick / 2);
        context.lineTo(width, y + thick / 2);
        context.stroke();
      },
    });
    const output = el('output', { class: 'num' });
    const input = el('input', {
      type: 'range',
      min: '1',
      max: String(ONE - 1),
      step: '1',
      'aria-label': `Threshold of ${name}`,
    });
    const text = (value: number) => (value / ONE).toFixed(2);
    const write = (value: number) => {
      output.value = text(value);
      const words = this.#tradeoffs.wordsAt(k, value);
      input.setAttribute('aria-valuetext', words === null ? text(value) : `${text(value)}: ${words}`);
    };
    const show = (value: number) => {
      input.value = String(value);
      write(value);
    };
    input.addEventListener('input', () => {
      write(input.valueAsNumber);
      on.onThreshold(input.valueAsNumber);
    });
    show(threshold());
    const element = el(
      'div',
      { class: 'keyword' },
      el('span', { class: 'name', title: name }, name),
      el('span', { class: 'set' }, input, output),
      canvas,
      ...this.#tradeoffs.of(k),
    );
    return { label, element, strip, show, firedAt: Number.NEGATIVE_INFINITY };
  }

  get strips(): readonly Strip[] {
    return this.#rows.map(({ strip }) => strip);
  }

  /** Colours and detection from now on. */
  use(detect: DetectProgram, palette: Palette): void {
    this.#detect = detect;
    this.#palette = palette;
    this.#tradeoffs.show(detect);
  }

  /** Puts the sliders to the thresholds. */
  showThresholds(): void {
    for (const [k, { show }] of this.#rows.entries()) show(this.#detect.keywords[k]?.threshold ?? 0);
  }

  fired(label: number, now: number): void {
    const row = this.#rows.find((one) => one.label === label);
    if (row !== undefined) row.firedAt = now;
  }

  draw(now: number): void {
    for (const { element, firedAt } of this.#rows) element.classList.toggle('fired', now - firedAt < FRESH);
  }
}
