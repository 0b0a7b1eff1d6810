// SPDX-License-Identifier: Apache-2.0
/** What a layer sends: the call of the runtime that finds its events and lists them, and thresholded inputs. */
import { cellOf, matricesOf } from '../../../core/program/cells/index.ts';
import type { Layer } from '../../../core/program/program.ts';
import { unrolledCell } from '../unrolled/cells/index.ts';
import type { OwnCode, OwnPlace } from '../unrolled/planned-layer.ts';
import type { Lists } from './lists.ts';
import { eventState, optionsOf } from './state.ts';

/** Of egru_i_event_changes_m0 and egru_i_event_pulses_m0, the BL included: around the words, and each of them. */
const CHANGES = {
  name: 'egru_i_event_changes_m0',
  around: { min: 20, max: 40 },
  word: { min: 17, max: 130 },
};
const PULSES = { name: 'egru_i_event_pulses_m0', around: { min: 28, max: 54 }, word: { min: 13, max: 130 } };
/** No value: beyond an odd number of them. */
const NO_VALUE = 0x8000;
const LARGEST = 32767;

/** Of a layer without rows: its inputs are what is sent. */
export class SendLayer implements OwnCode {
  readonly #layer: Layer;
  readonly #index: number;
  readonly #lists: Lists;

  constructor(layer: Layer, index: number, lists: Lists) {
    this.#layer = layer;
    this.#index = index;
    this.#lists = lists;
  }

  write(place: OwnPlace): void {
    writeSend(this.#layer, this.#index, this.#lists, place);
  }
}

/** @param skips whether some steps pass it by */
export function writeSend(layer: Layer, index: number, lists: Lists, place: OwnPlace, skips = false): void {
  const { code } = place;
  const changes = unrolledCell(layer).sends?.(layer) === 'changes';
  const withRows = matricesOf(layer).length > 0;
  const words = Math.ceil(layer.units / 2);
  const rowBytes = lists.rowBytes(index);
  const body = () => {
    const outputs = place.outputs(index) ?? 0;
    const inputs = place.outputs(index - 1);
    if (withRows) place.stateBytes('r0', eventState(layer, outputs).states, 'r1');
    else if (inputs === null) place.featuresPointer('r0');
    else place.stateBytes('r0', inputs, 'r1');
    place.stateBytes('r1', outputs, 'r2');
    place.constants.push({ symbol: `${place.name}_thresholds`, words: thresholds(layer, changes) });
    code.literal('r2', `${place.name}_thresholds`, `.Lt${index}`);
    place.stateBytes('r3', lists.at(index, place), 'r4');
    if (rowBytes > 0) {
      const rows = `${place.name}.rows`;
      place.jumps.push({ symbol: rows, words: lists.rows(index) });
      code.literal('r4', `${rows} + ${2 * (words - 1) * rowBytes}`, `.Lr${index}`);
    } else {
      code.constant('r4', 0);
    }
    // Behind so many entries, no follower reads them.
    code.constant('r7', 4 + (changes ? 16 : 8) * lists.longest(index));
    code.op('adds r7, r7, r3');
    code.op('mov r8, r7');
    code.constant('r5', rowBytes / 2);
    code.constant('r6', 4 * words);
    if (!changes) code.constant('r7', optionsOf(layer));
    const { name, around, word } = changes ? CHANGES : PULSES;
    code.range(`bl ${name}`, around.min + words * word.min, around.max + words * word.max, 4);
  };
  place.section(withRows ? `${place.name}.send` : place.name, body, ({ min, max }) => ({
    min: skips ? 0 : min,
    max,
  }));
}

/** Two int16 to a word. */
function thresholds(layer: Layer, changes: boolean): string[] {
  const values = [...(cellOf(layer).thresholds?.(layer) ?? [])].map((t) => (changes ? LARGEST - t : t));
  if (values.length & 1) values.push(changes ? NO_VALUE : LARGEST);
  return Array.from({ length: values.length / 2 }, (_, i) =>
    String((values[2 * i] ?? 0) + 65536 * (values[2 * i + 1] ?? 0)),
  );
}
