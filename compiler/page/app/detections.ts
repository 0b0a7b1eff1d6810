// SPDX-License-Identifier: Apache-2.0
/** What was detected: the last word in large letters, and the words before it. */
import type { ModelInfo, RunEvent } from '../session/messages.ts';
import { el } from './dom.ts';

const SHOWN = 60;
/** Milliseconds that the last word is coloured. */
const FRESH = 1500;

export class Detections {
  readonly element: HTMLElement;
  readonly #info: ModelInfo;
  readonly #word = el('div', { class: 'word' });
  readonly #note = el('small');
  readonly #list = el('ol');
  #freshUntil = 0;
  #count = 0;

  constructor(info: ModelInfo) {
    this.#info = info;
    this.element = el(
      'section',
      { role: 'group', 'aria-label': 'Detections' },
      el('h3', {}, 'Detected'),
      el('div', { class: 'last' }, this.#word, this.#note),
      el('div', { class: 'log', role: 'log', 'aria-label': 'Detections', tabindex: '0' }, this.#list),
    );
    this.clear();
  }

  clear(): void {
    this.#list.replaceChildren();
    this.#count = 0;
    this.#freshUntil = 0;
    this.#word.textContent = '…';
    this.#note.textContent = 'No keyword yet.';
  }

  add(events: readonly RunEvent[], now: number): void {
    for (const { label, score, sample } of events) {
      const name = this.#info.program.labels[label] ?? '';
      const seconds = `${((sample + 1) / this.#info.sampleRate).toFixed(2)} s`;
      this.#list.prepend(
        el(
          'li',
          {},
          el('span', { class: 'label' }, name),
          el('span', { class: 'num dim' }, (score / 32768).toFixed(2)),
          el('span', { class: 'num' }, seconds),
        ),
      );
      this.#count++;
      this.#word.textContent = name;
      this.#note.textContent = `score ${(score / 32768).toFixed(2)}, ${seconds} into the run, no. ${this.#count}`;
      this.#freshUntil = now + FRESH;
    }
    while (this.#list.childElementCount > SHOWN) this.#list.lastElementChild?.remove();
  }

  draw(now: number): void {
    this.#word.classList.toggle('fresh', now < this.#freshUntil);
  }
}
