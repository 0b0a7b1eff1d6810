// SPDX-License-Identifier: Apache-2.0
/** Files of a model to a program that listens, with what the views show of it; and back, with other detection. */

import { InputError } from '../../core/base/errors.ts';
import { spliceMember } from '../../core/base/json-splice.ts';
import { changedDetect } from '../../core/model/detect-write.ts';
import { readModel } from '../../core/model/read-model.ts';
import { cellOf } from '../../core/program/cells/index.ts';
import { DEFAULT_SCALE } from '../../core/program/detect-program.ts';
import { programDigest } from '../../core/program/digest.ts';
import type { SoundProgram } from '../../core/program/program.ts';
import { programFromJson, programToJson } from '../../core/program/program-json.ts';
import { streamTraceLayout } from '../../core/program/stream-trace.ts';
import { readTuning } from '../../core/program/tuning.ts';
import { streamProgram } from '../../core/quant/detect.ts';
import { quantize } from '../../core/quant/quantize.ts';
import { allWeights } from '../../core/weights/all-readers.ts';
import type { ModelBytes, ModelInfo } from './messages.ts';

export interface OpenedModel {
  readonly program: SoundProgram;
  readonly info: ModelInfo;
  /** The file that holds detection, as it would be with this one. */
  write(program: SoundProgram): string;
  /** `detect` of model.json for this detection. */
  detect(program: SoundProgram): object;
}

/** @throws InputError for whatever is wrong with the files, and for a model that takes features instead of sound */
export function openModel(files: ModelBytes): OpenedModel {
  const { name } = files;
  if ('program' in files) {
    const stored = programFromJson(files.program, name);
    return {
      ...opened(name, stored, 'program.json'),
      write: (program) => programToJson(program),
      detect: (program) => detectFor(program, undefined, DEFAULT_SCALE),
    };
  }
  const model = readModel(name, files.json, () => files.weights, allWeights);
  const scale = model.detect?.scale ?? DEFAULT_SCALE;
  const text = new TextDecoder().decode(files.json);
  const { detect: written } = JSON.parse(text) as { detect?: unknown };
  const detect = (program: SoundProgram) => detectFor(program, written ?? undefined, scale);
  return {
    ...opened(name, quantize(model), 'model.json', files.tuning),
    write: (program) => spliceMember(text, 'detect', JSON.stringify(detect(program), null, 2)),
    detect,
  };
}

/** In the units of what stands in model.json. */
function detectFor({ detect, labels, frontend }: SoundProgram, written: unknown, scale: number): object {
  return changedDetect(written, { ...detect, scale }, labels, frontend.definition);
}

function opened(
  name: string,
  stored: ReturnType<typeof quantize>,
  file: ModelInfo['file'],
  tuning?: Uint8Array | string,
): Pick<OpenedModel, 'program' | 'info'> {
  const { frontend, layers } = stored;
  if (frontend === null) throw new InputError(name, 'accepts features, not sound: it has no "frontend"');
  const program: SoundProgram = { ...streamProgram(stored, name), frontend };
  const { groups, width } = streamTraceLayout(program);
  const { sampleRate, frame, hop } = frontend;
  const info: ModelInfo = {
    name,
    program,
    digest: programDigest(stored),
    groups,
    width,
    sampleRate,
    frame,
    hop,
    stated: stored.detect !== undefined,
    recurrent: layers.flatMap((layer, i) => (cellOf(layer).recurrent ? [i] : [])),
    file,
    ...tuned(tuning, program),
  };
  return { program, info };
}

/** A model opens without it, and with one that cannot be used. */
function tuned(
  source: Uint8Array | string | undefined,
  program: SoundProgram,
): Pick<ModelInfo, 'tuning' | 'tuningProblem'> {
  if (source === undefined) return { tuning: null, tuningProblem: null };
  if (typeof source === 'string') return { tuning: null, tuningProblem: source };
  try {
    return { tuning: readTuning('tuning.json', source, program), tuningProblem: null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { tuning: null, tuningProblem: error.message };
  }
}
