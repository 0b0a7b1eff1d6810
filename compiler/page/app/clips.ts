// SPDX-License-Identifier: Apache-2.0
/** The clips that were recorded: what they look like, how they sound, and which of them stay. */
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import { clipsZip, type LabelledClip } from '../session/dataset.ts';
import { button, download, el } from './dom.ts';
import { playSound } from './microphone.ts';
import type { Palette } from './palette.ts';

export class Clips {
  readonly element = el('div');
  readonly #clips: LabelledClip[] = [];
  #palette: Palette;

  constructor(palette: Palette) {
    this.#palette = palette;
    this.#show();
  }

  use(palette: Palette): void {
    this.#palette = palette;
    this.#show();
  }

  add(clip: LabelledClip): void {
    this.#clips.push(clip);
    this.#show();
  }

  #show(): void {
    const labels = [...new Set(this.#clips.map(({ label }) => label))];
    const groups = labels.map((label) => {
      const own = this.#clips.filter((clip) => clip.label === label);
      const list = el('ul', { class: 'clips' }, ...own.map((clip, i) => this.#item(clip, i)));
      return el('div', { class: 'group' }, el('h3', {}, `${label}: ${own.length}`), list);
    });
    const count = this.#clips.length;
    const save = button(`Download ${count} ${count === 1 ? 'clip' : 'clips'} (zip)`, () => this.#download(), {
      class: 'main',
      disabled: count === 0,
    });
    const head = el('div', { class: 'row spread' }, el('h2', {}, 'Clips'), save);
    const note =
      count === 0
        ? el('p', { class: 'empty' }, 'Nothing yet. Clips stay in this page until you download them.')
        : el(
            'p',
            { class: 'empty' },
            'Then: ',
            el('code', { class: 'mono' }, 'unzip clips.zip && egru train clips -o my-model'),
          );
    this.element.replaceChildren(head, note, ...groups);
    for (const [i, canvas] of [...this.element.querySelectorAll('canvas')].entries()) {
      const clip = labels.flatMap((label) => this.#clips.filter((one) => one.label === label))[i];
      if (clip !== undefined) drawWave(canvas, clip.samples, this.#palette.accent);
    }
  }

  #item(clip: LabelledClip, index: number): HTMLElement {
    const seconds = (clip.samples.length / clip.sampleRate).toFixed(2);
    const name = `${clip.label} ${index + 1}`;
    return el(
      'li',
      {},
      el('span', { class: 'name dim num' }, `${index + 1}, ${seconds} s`),
      el('canvas', { role: 'img', 'aria-label': `Waveform of ${name}, ${seconds} seconds` }),
      button('▶', () => playSound(clip), { class: 'icon', 'aria-label': `Play ${name}` }),
      button('✕', () => this.#discard(clip), { class: 'icon', 'aria-label': `Discard ${name}` }),
    );
  }

  #discard(clip: LabelledClip): void {
    this.#clips.splice(this.#clips.indexOf(clip), 1);
    this.#show();
  }

  #download(): void {
    download('clips.zip', clipsZip(this.#clips), 'application/zip');
  }
}

/** A run's sound as a file. */
export function downloadWav(name: string, samples: Int16Array, sampleRate: number): void {
  download(name, new Uint8Array(wavBytes(samples, sampleRate)), 'audio/wav');
}

function drawWave(canvas: HTMLCanvasElement, samples: Int16Array, colour: string): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const [width, height] = [(canvas.width = 2 * canvas.clientWidth || 400), (canvas.height = 80)];
  const most = samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 1);
  context.fillStyle = colour;
  for (let x = 0; x < width; x++) {
    const from = Math.floor((x * samples.length) / width);
    const piece = samples.subarray(from, Math.max(from + 1, Math.floor(((x + 1) * samples.length) / width)));
    const peak = piece.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
    const half = Math.max(0.5, (0.47 * height * peak) / most);
    context.fillRect(x, height / 2 - half, 1, 2 * half);
  }
}
