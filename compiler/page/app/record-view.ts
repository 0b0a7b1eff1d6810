// SPDX-License-Identifier: Apache-2.0
/** Recordings for a dataset: a label, a button that is held or a loudness that cuts, and the clips. */
import { labelProblem } from '../session/dataset.ts';
import type { Clip, Request } from '../session/messages.ts';
import { Clips } from './clips.ts';
import { el, nextId, slider } from './dom.ts';
import type { Palette } from './palette.ts';

/** Steps of the loudness slider for a factor of 2. */
const PER_OCTAVE = 8;
const LOUDEST = 13 * PER_OCTAVE;
/** -40 dB of full scale. */
const PRESET = 67;
/** Meter: decibels below full scale at its left end. */
const RANGE = 72;

type Cutting = Extract<Request, { type: 'record' }>;

export class RecordView {
  readonly element: HTMLElement;
  readonly #clips: Clips;
  readonly #onRecord: (request: Cutting) => void;
  readonly #label = el('input', {
    type: 'text',
    id: nextId(),
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: '100',
  });
  readonly #labels = el('datalist', { id: nextId() });
  readonly #hold = el('button', { type: 'button', class: 'hold', disabled: true }, 'Hold to record');
  readonly #auto = el('input', { type: 'checkbox', id: nextId(), disabled: true });
  readonly #note = el(
    'p',
    { role: 'status', class: 'empty' },
    'Press Listen first: recording needs the microphone.',
  );
  readonly #fill = el('div');
  readonly #bar = el('div', { class: 'bar' }, this.#fill);
  #step = PRESET;
  #held = false;

  constructor(palette: Palette, onRecord: (request: Cutting) => void) {
    this.#clips = new Clips(palette);
    this.#onRecord = onRecord;
    this.#label.setAttribute('list', this.#labels.id);
    this.#listen();
    this.element = this.#build();
  }

  #build(): HTMLElement {
    const loudness = slider({
      label: 'Loud is',
      min: 0,
      max: LOUDEST,
      value: PRESET,
      text: (value) => `${decibels(2 ** (value / PER_OCTAVE)).toFixed(0)} dB`,
      onChange: (value) => {
        this.#step = value;
        this.#send();
      },
    });
    return el(
      'div',
      {},
      el(
        'div',
        { class: 'two' },
        el(
          'section',
          { class: 'card stack', 'aria-label': 'Record' },
          el('h2', {}, 'Record'),
          el('label', { for: this.#label.id }, 'Label'),
          this.#label,
          this.#labels,
          this.#hold,
          el(
            'div',
            { class: 'row' },
            this.#auto,
            el('label', { for: this.#auto.id }, 'Cut by loudness: speak, pause, speak'),
          ),
          loudness.element,
          this.#bar,
          this.#note,
        ),
        el('section', { class: 'card stack', 'aria-label': 'Clips' }, this.#clips.element),
      ),
    );
  }

  #listen(): void {
    const hold = (isHeld: boolean) => {
      if (isHeld === this.#held || (isHeld && !this.#ready())) return;
      this.#held = isHeld;
      this.#hold.classList.toggle('on', isHeld);
      this.#hold.textContent = isHeld ? 'Recording …' : 'Hold to record';
      this.#send();
    };
    this.#hold.addEventListener('pointerdown', (event) => {
      this.#hold.setPointerCapture(event.pointerId);
      hold(true);
    });
    for (const end of ['pointerup', 'pointercancel', 'blur'])
      this.#hold.addEventListener(end, () => hold(false));
    this.#hold.addEventListener('keydown', (event) => {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      hold(true);
    });
    this.#hold.addEventListener('keyup', () => hold(false));
    this.#auto.addEventListener('change', () => {
      if (this.#auto.checked && !this.#ready()) this.#auto.checked = false;
      this.#send();
    });
  }

  /** Whether there is a label to record for. */
  #ready(): boolean {
    const problem = labelProblem(this.#label.value);
    this.#note.textContent = problem ?? '';
    if (problem !== null) this.#label.focus();
    return problem === null;
  }

  #send(): void {
    const how = this.#held ? 'hold' : this.#auto.checked ? 'auto' : 'off';
    this.#onRecord({ type: 'record', how, level: 2 ** (this.#step / PER_OCTAVE) });
  }

  use(palette: Palette): void {
    this.#clips.use(palette);
  }

  /** Labels that are offered. */
  suggest(labels: readonly string[]): void {
    this.#labels.replaceChildren(...labels.map((value) => el('option', { value })));
    if (this.#label.value === '') this.#label.value = labels[0] ?? '';
  }

  microphone(isOn: boolean): void {
    this.#hold.disabled = !isOn;
    this.#auto.disabled = !isOn;
    this.#note.textContent = isOn ? '' : 'Press Listen first: recording needs the microphone.';
    this.#fill.style.transform = 'scaleX(0)';
  }

  /** Root mean square in 16-bit steps. */
  level(level: number, isOpen: boolean): void {
    const share = Math.max(0, Math.min(1, 1 + decibels(Math.max(1, level)) / RANGE));
    this.#fill.style.transform = `scaleX(${share.toFixed(3)})`;
    this.#bar.classList.toggle('loud', isOpen);
  }

  add(clip: Clip): void {
    const label = this.#label.value;
    if (labelProblem(label) !== null) return;
    this.#clips.add({ ...clip, label });
    this.#note.textContent = `${label}: ${(clip.samples.length / clip.sampleRate).toFixed(2)} s recorded.`;
  }
}

/** Of full scale. */
function decibels(level: number): number {
  return 20 * Math.log10(level / 32768);
}
