// SPDX-License-Identifier: Apache-2.0
/** The network of a training as a program that listens, with the chip's integers. */
import { readModel } from '../../../core/model/read-model.ts';
import type { StreamProgram } from '../../../core/program/program.ts';
import { streamProgram } from '../../../core/quant/detect.ts';
import { quantize } from '../../../core/quant/quantize.ts';
import { allWeights } from '../../../core/weights/all-readers.ts';

const SUBJECT = 'training';

/**
 * @param model model.json, without "detect"
 * @param weights bytes of its weights file
 * @param keywords labels that fire, at a threshold of 1/2
 * @param scale of the logits
 */
export function listenerOf(
  model: object,
  weights: Uint8Array,
  keywords: readonly string[],
  scale: number,
): StreamProgram {
  const detect = { scale, keywords: Object.fromEntries(keywords.map((label) => [label, {}])) };
  const text = JSON.stringify({ ...model, detect });
  return streamProgram(quantize(readModel(SUBJECT, text, () => weights, allWeights)), SUBJECT);
}
