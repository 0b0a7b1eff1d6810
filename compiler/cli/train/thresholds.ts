// SPDX-License-Identifier: Apache-2.0
/** The end of a training for streams: window and thresholds by what validates, into model.json. */
import { InputError } from '../../core/base/errors.ts';
import { exponentOf } from '../../core/quant/detect.ts';
import { quantize } from '../../core/quant/quantize.ts';
import { loadModel } from '../../host/load/load.ts';
import { soundProgram } from '../../machines/batch/stream-input.ts';
import type { Tuning } from '../../report/tune/choose.ts';
import { detectFor, readModelDocument, tuneShown, writeDetect } from '../shared/tuning.ts';
import type { TrainInput } from './train-input.ts';

/** Of the logits. Behind a loss of 4 posteriors are nearly 0 or 1; half of it leaves them further apart. */
const SCALE = 2;

/**
 * @param perHour false alarms that are wanted at most
 * @returns null where the training was not for streams, or there are no thresholds for that rate: then a line on stderr
 */
export async function chooseThresholds(
  model: string,
  { config, data }: TrainInput,
  perHour: number,
): Promise<Tuning | null> {
  const { labels } = config;
  const { background } = data;
  if (typeof labels === 'string' || background == null) return null;
  const written = readModelDocument(model);
  const keywords = data.labels.filter((label) => label !== labels.background);
  const loaded = quantize(loadModel(model));
  const all = soundProgram(loaded, model);
  const untuned = all.detect.keywords.filter(({ label }) => keywords.includes(data.labels[label] ?? ''));
  // Posteriors stay high behind a word, and smoothing needs that: a VAD that closes there would cost most of it.
  const detect = { ...all.detect, ...exponentOf(SCALE), keywords: untuned, vad: null };
  const program = { ...all, detect };
  const words = data.validation.filter(({ label }) => data.labels[label] !== labels.background);
  try {
    const tuning = await tuneShown('Choosing thresholds', model, program, words, background.validation, {
      perHour,
    });
    writeDetect(written, detectFor(written, tuning, program, SCALE));
    return tuning;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`egru: ${error.message}; no thresholds are written\n`);
    return null;
  }
}
