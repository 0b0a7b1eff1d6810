// SPDX-License-Identifier: Apache-2.0
/** Everything that is shown of one model. */
import type { DetectProgram } from '../../core/program/detect-program.ts';
import type { ProgramLoad } from '../../report/measure/load.ts';
import type { Frames, ModelInfo } from '../session/messages.ts';
import { Detections } from './detections.ts';
import { button, el } from './dom.ts';
import { History } from './history.ts';
import { KeywordRows } from './keywords.ts';
import { LoadMeter } from './load-meter.ts';
import type { Palette } from './palette.ts';
import { pictures } from './pictures.ts';
import { Settings } from './settings.ts';
import type { Strip } from './strip.ts';

export interface ModelActions {
  /** Called where a picture is due. */
  readonly onChange: () => void;
  readonly onDetect: (detect: DetectProgram) => void;
  readonly onDownload: () => void;
  /** null: this page can write no file. */
  readonly onSave: (() => void) | null;
  readonly onRecording: () => void;
  /** null: it is the only model. */
  readonly onClose: (() => void) | null;
}

export class ModelView {
  readonly element: HTMLElement;
  readonly info: ModelInfo;
  readonly #history: History;
  readonly #strips: readonly Strip[];
  readonly #keywords: KeywordRows;
  readonly #settings: Settings;
  readonly #detections: Detections;
  readonly #load = new LoadMeter();
  readonly #digest = el('code', { class: 'mono' }, '–');
  readonly #steps = el('small', {}, 'No frames yet.');
  readonly #actions: ModelActions;
  #palette: Palette;
  #detect: DetectProgram;
  /** Whether the worker computes with the detection that was sent last, and whether there is a newer one. */
  #waiting = false;
  #changed = false;
  #run = 0;
  #shown = -1;

  constructor(info: ModelInfo, palette: Palette, actions: ModelActions) {
    this.info = info;
    this.#palette = palette;
    this.#actions = actions;
    this.#detect = info.program.detect;
    this.#history = new History(info.width);
    this.#detections = new Detections(info);
    const shown = pictures(info, this.#history, () => this.#palette);
    this.#keywords = new KeywordRows(info, this.#history, palette, (k, threshold) =>
      this.#threshold(k, threshold),
    );
    this.#strips = [...shown.strips, ...this.#keywords.strips];
    this.#settings = new Settings(info, {
      onChange: (detect) => this.#send(detect),
      onReset: () => this.reset(),
      onDownload: actions.onDownload,
      onSave: actions.onSave,
    });
    this.element = this.#build(shown.elements);
    const observer = new ResizeObserver(() => {
      for (const strip of this.#strips) strip.resize();
      this.#redraw();
    });
    for (const canvas of this.element.querySelectorAll('canvas')) observer.observe(canvas);
  }

  #build(pictures: readonly HTMLElement[]): HTMLElement {
    const { info } = this;
    const { onClose } = this.#actions;
    const labels = info.stated ? '' : ' No “detect” in model.json: every label is a keyword.';
    return el(
      'section',
      { class: 'model card', 'aria-label': `Model ${info.name}` },
      el(
        'div',
        { class: 'head row spread' },
        el(
          'div',
          {},
          el('h2', {}, info.name),
          el(
            'small',
            {},
            `${info.program.layers.map(({ name, units }) => `${name} ${units}`).join(' → ')}, ${info.sampleRate} Hz, a frame every ${((1000 * info.hop) / info.sampleRate).toFixed(0)} ms.${labels}`,
          ),
        ),
        ...(onClose === null ? [] : [button('Remove', onClose, { class: 'small' })]),
      ),
      el(
        'div',
        { class: 'panes' },
        el('div', { class: 'detected' }, this.#detections.element),
        el('div', { class: 'strips' }, ...pictures, this.#keywords.element),
        el('div', { class: 'side' }, this.#load.element, this.#settings.element, this.#trace()),
      ),
    );
  }

  #trace(): HTMLElement {
    return el(
      'section',
      { role: 'group', 'aria-label': 'Proof' },
      el('h3', {}, 'Every integer so far, SHA-256'),
      this.#digest,
      this.#steps,
      el('div', { class: 'row' }, button('Download this run', this.#actions.onRecording, { class: 'small' })),
      el(
        'small',
        {},
        '“egru run MODEL run.wav --stream --digest” prints the same number for it, and so does the chip.',
      ),
    );
  }

  #threshold(k: number, threshold: number): void {
    const keywords = this.#detect.keywords.map((keyword, i) => {
      if (i !== k) return keyword;
      const own = this.info.program.detect.keywords[k] ?? keyword;
      const release = Math.round((threshold * own.release) / own.threshold);
      return { ...keyword, threshold, release: Math.min(threshold, Math.max(1, release)) };
    });
    const detect = { ...this.#detect, keywords };
    this.#settings.show(detect);
    this.#send(detect);
  }

  /** Detection as the model's files have it. */
  reset(): void {
    this.#settings.show(this.info.program.detect);
    this.#send(this.info.program.detect);
    this.#keywords.showThresholds();
  }

  /** One at a time: a change computes the last half minute again. */
  #send(detect: DetectProgram): void {
    this.#detect = { ...detect, keywords: detect.keywords };
    this.#keywords.use(this.#detect, this.#palette);
    this.#redraw();
    if (this.#waiting) {
      this.#changed = true;
      return;
    }
    this.#waiting = true;
    this.#actions.onDetect(this.#detect);
  }

  frames(frames: Frames, now: number): void {
    if (frames.restart) {
      this.#run++;
      this.#detections.clear();
      this.#waiting = false;
    }
    this.#history.add(frames);
    this.#detections.add(frames.events, now);
    for (const { label } of frames.events) this.#keywords.fired(label, now);
    if (!this.#waiting && this.#changed) {
      this.#changed = false;
      this.#send(this.#detect);
    }
  }

  /** What became of saving. */
  saved(text: string): void {
    this.#settings.note(text);
  }

  setLoad(load: ProgramLoad): void {
    this.#load.set(load);
  }

  digest(digest: string, steps: number): void {
    this.#digest.textContent = digest;
    this.#steps.textContent = `${steps} frames of ${this.info.width} integers.`;
  }

  #redraw(): void {
    this.#shown = -1;
    this.#actions.onChange();
  }

  /** New colours. */
  use(palette: Palette): void {
    this.#palette = palette;
    this.#keywords.use(this.#detect, palette);
    for (const strip of this.#strips) strip.repaint();
    this.#redraw();
  }

  /** To be called behind onChange, behind frames, and a while after a keyword. */
  draw(now: number): void {
    this.#keywords.draw(now);
    this.#detections.draw(now);
    const state = this.#history.steps + this.#run * 2 ** 32;
    if (state === this.#shown) return;
    this.#shown = state;
    for (const strip of this.#strips) strip.draw(this.#history, this.#run, this.#palette);
    this.#load.show(this.#active());
  }

  /** Share of the last second's frames in which the network ran; before any, all of them. */
  #active(): number {
    const vad = this.info.groups.find(({ name }) => name === 'vad')?.offset ?? 0;
    const { steps } = this.#history;
    const count = Math.min(steps, Math.round(this.info.sampleRate / this.info.hop));
    if (count === 0) return 1;
    let open = 0;
    for (let step = steps - count; step < steps; step++) {
      if (this.#history.row(step)[vad + 1] === 0) open++;
    }
    return open / count;
  }
}
