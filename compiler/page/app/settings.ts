// SPDX-License-Identifier: Apache-2.0
/** Sliders for what detection has besides thresholds: smoothing, refractory time, voice activity. */
import {
  type DetectProgram,
  type DetectVad,
  defaultVad,
  MAX_RING,
  MAX_WINDOW,
} from '../../core/program/detect-program.ts';
import type { ModelInfo } from '../session/messages.ts';
import { button, el, nextId, type Slider, slider } from './dom.ts';

/** Longest times that sliders offer, in seconds. */
const MOST = { window: 2, refractory: 4, hangover: 2 };
/** Steps of the loudness slider for a factor of 2. */
const PER_OCTAVE = 8;
const LOUDEST = 13 * PER_OCTAVE;

export interface SettingsActions {
  readonly onChange: (detect: DetectProgram) => void;
  readonly onReset: () => void;
  readonly onDownload: () => void;
  /** null: this page can write no file. */
  readonly onSave: (() => void) | null;
}

export class Settings {
  readonly element: HTMLElement;
  readonly #info: ModelInfo;
  readonly #actions: SettingsActions;
  readonly #sliders: {
    readonly window: Slider;
    readonly refractory: Slider;
    readonly level: Slider;
    readonly hangover: Slider;
  };
  readonly #gate: HTMLInputElement;
  readonly #note = el('p', { class: 'empty', role: 'status' });
  #detect: DetectProgram;
  /** Of the gate while it is off. */
  #vad: DetectVad;

  constructor(info: ModelInfo, actions: SettingsActions) {
    this.#info = info;
    this.#actions = actions;
    this.#detect = info.program.detect;
    this.#vad = this.#detect.vad ?? defaultVad(info) ?? { level: 32, hangover: 0, reset: 1 };
    const frames = (seconds: number) => Math.max(1, Math.round((seconds * info.sampleRate) / info.hop));
    const { window: span, refractory } = this.#detect;
    const mostWindow = Math.min(MAX_WINDOW, Math.floor(MAX_RING / this.#detect.keywords.length));
    const gateId = nextId();
    this.#gate = el('input', { type: 'checkbox', id: gateId });
    this.#gate.addEventListener('change', () => this.#change({ vad: this.#gate.checked ? this.#vad : null }));
    this.#sliders = {
      window: slider({
        label: 'Smoothing',
        min: 1,
        max: Math.min(mostWindow, Math.max(span, frames(MOST.window))),
        value: span,
        text: (value) => this.#time(value),
        onChange: (value) => this.#change({ window: value }),
      }),
      refractory: slider({
        label: 'Refractory time',
        min: 0,
        max: Math.max(refractory, frames(MOST.refractory)),
        value: refractory,
        text: (value) => this.#time(value),
        onChange: (value) => this.#change({ refractory: value }),
      }),
      level: slider({
        label: 'Voice activity from',
        min: 0,
        max: LOUDEST,
        value: stepOf(this.#vad.level),
        text: (value) => `${(20 * Math.log10(levelOf(value) / 32768)).toFixed(0)} dB`,
        onChange: (value) => this.#changeVad({ level: levelOf(value) }),
      }),
      hangover: slider({
        label: 'Stays open for',
        min: 0,
        max: Math.max(this.#vad.hangover, frames(MOST.hangover)),
        value: this.#vad.hangover,
        text: (value) => this.#time(value),
        onChange: (value) => this.#changeVad({ hangover: value }),
      }),
    };
    this.element = this.#build(gateId);
    this.show(this.#detect);
  }

  #build(gateId: string): HTMLElement {
    const { window: smoothing, refractory, level, hangover } = this.#sliders;
    const { onSave } = this.#actions;
    const save = onSave === null ? [] : [button('Save to model.json', onSave, { class: 'small main' })];
    return el(
      'section',
      { role: 'group', 'aria-label': 'Detection settings' },
      el('h3', {}, 'Detection'),
      smoothing.element,
      refractory.element,
      el('div', { class: 'row' }, this.#gate, el('label', { for: gateId }, 'Network sleeps in silence')),
      level.element,
      hangover.element,
      el(
        'div',
        { class: 'row' },
        ...save,
        button(`Download ${this.#info.file}`, this.#actions.onDownload, { class: 'small' }),
        button("The model's own", this.#actions.onReset, { class: 'small' }),
      ),
      this.#note,
    );
  }

  note(text: string): void {
    this.#note.textContent = text;
  }

  #time(frames: number): string {
    return `${((frames * this.#info.hop) / this.#info.sampleRate).toFixed(2)} s`;
  }

  #change(part: Partial<DetectProgram>): void {
    this.#detect = { ...this.#detect, ...part };
    this.#enable();
    this.#actions.onChange(this.#detect);
  }

  #changeVad(part: Partial<DetectVad>): void {
    this.#vad = { ...this.#vad, ...part };
    if (this.#detect.vad !== null) this.#change({ vad: this.#vad });
  }

  #enable(): void {
    const isOn = this.#detect.vad !== null;
    this.#gate.checked = isOn;
    this.#sliders.level.element.hidden = !isOn;
    this.#sliders.hangover.element.hidden = !isOn;
  }

  /** Puts everything to this detection; calls nobody. */
  show(detect: DetectProgram): void {
    this.#detect = detect;
    this.#vad = detect.vad ?? this.#vad;
    this.#sliders.window.set(detect.window);
    this.#sliders.refractory.set(detect.refractory);
    this.#sliders.level.set(stepOf(this.#vad.level));
    this.#sliders.hangover.set(this.#vad.hangover);
    this.#enable();
  }
}

/** 1 .. 8192: in equal steps for the ear. */
function levelOf(step: number): number {
  return Math.round(2 ** (step / PER_OCTAVE));
}

function stepOf(level: number): number {
  return Math.min(LOUDEST, Math.round(PER_OCTAVE * Math.log2(level)));
}
