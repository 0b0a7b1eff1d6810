// SPDX-License-Identifier: Apache-2.0
/** Misses and false alarms at the thresholds as they are: in words, and as a point on the curve that was measured. */
import type { DetectProgram } from '../../core/program/detect-program.ts';
import type { TuningKeyword } from '../../core/program/tuning.ts';
import {
  type Figures,
  figuresAt,
  otherwiseMeasured,
  placeOf,
  together,
  wordsFor,
} from '../session/figures.ts';
import type { ModelInfo } from '../session/messages.ts';
import { el } from './dom.ts';

/** Units of the picture, and what is left free for the point. */
const WIDTH = 120;
const HEIGHT = 36;
const EDGE = 4;
const SVG = 'http://www.w3.org/2000/svg';

class Tradeoff {
  readonly element: HTMLElement;
  readonly #name: string;
  readonly #text = el('small', { class: 'num' });
  readonly #picture = svg('svg', {
    ...{ role: 'img', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: String(WIDTH), height: String(HEIGHT) },
  });
  readonly #point = svg('circle', { r: '3.5' });

  /** @param name of what the curve is of @param curve in any order */
  constructor(name: string, curve: readonly Figures[]) {
    this.#name = name;
    const [left, bottom, right] = [EDGE, HEIGHT - EDGE, WIDTH - EDGE];
    this.#picture.append(
      svg('path', { class: 'axes', d: `M${left} ${EDGE}V${bottom}H${right}` }),
      svg('path', { d: pathOf(curve) }),
      this.#point,
    );
    this.element = el('div', { class: 'tradeoff' }, this.#picture, this.#text);
  }

  show(figures: Figures): void {
    const words = wordsFor(figures);
    const [x, y] = at(figures);
    this.#point.setAttribute('cx', x);
    this.#point.setAttribute('cy', y);
    this.#text.textContent = words;
    this.#picture.setAttribute('aria-label', `Curve of ${this.#name}: ${words}`);
  }
}

interface Row {
  readonly keyword: TuningKeyword;
  readonly picture: Tradeoff;
}

/** All that tuning.json shows of a model. */
export class Tradeoffs {
  /** What stands below the keywords: all of them as one, and what the figures rest on. */
  readonly together: readonly HTMLElement[];
  readonly #info: ModelInfo;
  /** By keyword; null: nothing was measured of it. */
  readonly #rows: readonly (Row | null)[];
  readonly #joint: Tradeoff | null;
  readonly #note = el('small', { class: 'measured' });

  constructor(info: ModelInfo) {
    this.#info = info;
    const { tuning, program } = info;
    const { keywords = [], hours = 1, curve = [] } = tuning ?? {};
    this.#rows = program.detect.keywords.map(({ label }) => {
      const name = program.labels[label] ?? '';
      const keyword = keywords.find((one) => one.label === name);
      if (keyword === undefined) return null;
      const points = keyword.points.map(({ threshold }) => figuresAt(keyword, hours, threshold));
      return { keyword, picture: new Tradeoff(name, points) };
    });
    const words = keywords.reduce((sum, one) => sum + one.words, 0);
    const isJoint = this.#rows.length > 1 && this.#rows.every((row) => row !== null);
    this.#joint =
      isJoint && this.#rows.length === keywords.length
        ? new Tradeoff(
            'all keywords together',
            curve.map((point) => ({ ...point, words, hours })),
          )
        : null;
    this.together = [
      ...(this.#joint === null
        ? []
        : [el('div', { class: 'keyword' }, el('span', { class: 'name' }, 'All'), this.#joint.element)]),
      this.#note,
    ];
  }

  /** Elements for a keyword's row. */
  of(k: number): readonly HTMLElement[] {
    const row = this.#rows[k] ?? null;
    return row === null ? [] : [row.picture.element];
  }

  /** null: nothing is known. */
  wordsAt(k: number, threshold: number): string | null {
    const figures = this.#figuresAt(k, threshold);
    return figures === null ? null : wordsFor(figures);
  }

  show(detect: DetectProgram): void {
    const all = detect.keywords.map(({ threshold }, k) => this.#figuresAt(k, threshold));
    for (const [k, figures] of all.entries()) {
      if (figures !== null) this.#rows[k]?.picture.show(figures);
    }
    this.#joint?.show(together(all.filter((figures) => figures !== null)));
    this.#note.textContent = this.#noteFor(detect);
  }

  #figuresAt(k: number, threshold: number): Figures | null {
    const { tuning } = this.#info;
    const row = this.#rows[k] ?? null;
    return tuning === null || row === null ? null : figuresAt(row.keyword, tuning.hours, threshold);
  }

  #noteFor(detect: DetectProgram): string {
    const { tuning, tuningProblem, file } = this.#info;
    if (tuningProblem !== null) return tuningProblem;
    if (tuning === null) {
      return file === 'model.json'
        ? '“egru tune MODEL --keywords FOLDER --background FOLDER” shows misses and false alarms here.'
        : '';
    }
    const otherwise = otherwiseMeasured(tuning, detect);
    const hours = `${tuning.hours.toFixed(2)} hours of background`;
    const axes = 'Curves of egru tune: false alarms to the right, misses upwards, each keyword alone';
    return `${axes}, in ${hours}${otherwise === null ? '' : `; ${otherwise}`}.`;
  }
}

function at(figures: Figures): readonly [x: string, y: string] {
  const [x, y] = placeOf(figures);
  return [(EDGE + x * (WIDTH - 2 * EDGE)).toFixed(1), (HEIGHT - EDGE - y * (HEIGHT - 2 * EDGE)).toFixed(1)];
}

/** Steps: between two thresholds there is nothing. */
function pathOf(curve: readonly Figures[]): string {
  const points = [...curve].sort((a, b) => a.events - b.events || b.misses - a.misses);
  return points.map(at).reduce((path, [x, y]) => (path === '' ? `M${x} ${y}` : `${path}H${x}V${y}`), '');
}

function svg<K extends 'svg' | 'path' | 'circle'>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag) as SVGElementTagNameMap[K];
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
