// SPDX-License-Identifier: Apache-2.0
/** Brings a layer's inputs to where its blocks and tables read them: to the frame, and to words by level. */
import { cellOf } from '../../../../core/program/cells/index.ts';
import { hasWide } from '../memory.ts';
import type { PlannedLayer } from '../planned-layer.ts';
import { X, Y } from '../registers.ts';
import type { Code } from '../thumb.ts';
import { widePair, writeWide } from './wide-values.ts';

/** Where inputs come from and go to. */
export interface InputPlace {
  readonly code: Code;
  /** Of the layer. */
  readonly index: number;
  /** X takes the address of the features. fresh: whether r2 still has it. */
  features(fresh: boolean): void;
  /** X takes the address of a layer's outputs. */
  outputs(layer: number): void;
  /** Y takes the address of the words to work in, which blocks find in the frame. */
  work(): void;
  localLabel(): string;
}

/** How words of two inputs are taken from X. */
interface Reader {
  /** So many, X moving on. */
  words(count: number): void;
  /** The last feature of an odd number. */
  half(): void;
}

export function writeInputs(place: InputPlace, planned: PlannedLayer): void {
  const { code } = place;
  const { layer, rows, blocks, tables } = planned;
  code.comment(
    `${layer.type} layer ${place.index}: ${layer.inputs} inputs${cellOf(layer).recurrent ? ' and states' : ''}, ` +
      `${rows.rows.length} rows, ${rows.nonZero} weights that are not zero`,
  );
  const wide = hasWide(planned);
  const frame = !wide || tables.length > 0 || blocks.some((block) => !block.wide);
  if (wide) {
    place.work();
    readInputs(place, planned, true, {
      words: (count) => writeWide(code, count, place.localLabel),
      half: () => widePair(code, `ldrh r5, [${X}]`),
    });
  }
  if (!frame) return;
  code.op(`mov ${Y}, sp`);
  readInputs(place, planned, !wide, {
    words: (count) => copyWords(code, count),
    half: () => {
      code.load(`ldrh r0, [${X}]`);
      code.multiple(`stm ${Y}!, {r0}`, 1);
    },
  });
}

/** Features or outputs of the layer before, then the own state, two to a word. */
function readInputs(
  { index, outputs, features }: InputPlace,
  { layer, rows }: PlannedLayer,
  fresh: boolean,
  reader: Reader,
): void {
  if (index > 0) {
    // The outputs of the layer before and the own state are neighbours in the state.
    outputs(index - 1);
    reader.words(rows.words);
    return;
  }
  features(fresh);
  reader.words(Math.floor(layer.inputs / 2));
  if (layer.inputs & 1) reader.half();
  if (!cellOf(layer).recurrent) return;
  outputs(index);
  reader.words(Math.ceil(layer.units / 2));
}

function copyWords(code: Code, count: number): void {
  for (let rest = count; rest > 0; rest -= 6) {
    const n = Math.min(6, rest);
    const list = n === 1 ? '{r0}' : `{r0-r${n - 1}}`;
    code.multiple(`ldm ${X}!, ${list}`, n);
    code.multiple(`stm ${Y}!, ${list}`, n);
  }
}
