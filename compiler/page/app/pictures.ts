// SPDX-License-Identifier: Apache-2.0
/** The pictures of a model's inside: sound, features, states of the recurrent layers. */
import type { ModelInfo } from '../session/messages.ts';
import { el } from './dom.ts';
import type { History } from './history.ts';
import type { Palette } from './palette.ts';
import { heatColumn, type PaintColumn, Strip } from './strip.ts';

export interface Pictures {
  readonly elements: readonly HTMLElement[];
  readonly strips: readonly Strip[];
}

export function pictures(info: ModelInfo, history: History, palette: () => Palette): Pictures {
  const elements: HTMLElement[] = [];
  const strips: Strip[] = [];
  const add = (name: string, detail: string, size: string, rows: number | null, paint: PaintColumn) => {
    const canvas = el('canvas', { class: size, role: 'img', 'aria-label': `${name}, ${detail}, over time` });
    elements.push(
      el('figure', { class: 'strip' }, el('figcaption', {}, name, ' ', el('small', {}, detail)), canvas),
    );
    strips.push(new Strip({ canvas, rows, paint }));
  };
  const vad = info.groups.find(({ name }) => name === 'vad')?.offset ?? 0;
  const isAsleep = (step: number) => (history.row(step)[vad + 1] ?? 0) > 0;
  add('Sound', `${info.sampleRate / 1000} kHz`, 'h-wave', null, (context, x, height, step) => {
    const [least, largest] = history.wave(step);
    const y = (value: number) => (height * (1 - loudness(value))) / 2;
    context.fillStyle = isAsleep(step) ? palette().soft : palette().accent;
    context.fillRect(x, y(largest), 1, Math.max(1, y(least) - y(largest)));
  });
  for (const { name, layer, offset, units } of info.groups) {
    const values = (step: number) => history.row(step).subarray(offset, offset + units);
    if (layer < 0) {
      add(
        'Features',
        `${units} × Q15`,
        'h-features',
        units,
        heatColumn(
          values,
          () => palette().sequential,
          (value) => (value * 255) >> 15,
        ),
      );
      continue;
    }
    if (!info.recurrent.includes(layer)) continue;
    add(
      name,
      `${units} states`,
      'h-state',
      units,
      heatColumn(
        values,
        () => palette().diverging,
        (value) => ((value + 32768) * 255) >> 16,
        isAsleep,
      ),
    );
  }
  return { elements, strips };
}

/** -1 to 1, quiet sound enlarged: the square root of the sample. */
function loudness(sample: number): number {
  return Math.sign(sample) * Math.sqrt(Math.abs(sample) / 32768);
}
