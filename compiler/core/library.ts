// SPDX-License-Identifier: Apache-2.0
/** What most users of the library call: a program from the bytes of a model, and a program on a piece of sound. */
import { cutClip, wholeFrames } from './audio/crop.ts';
import { Frontend } from './frontend/features.ts';
import { readModel } from './model/read-model.ts';
import type { FrontendProgram } from './program/frontend-program.ts';
import type { Program } from './program/program.ts';
import { streamProgram } from './quant/detect.ts';
import { quantize } from './quant/quantize.ts';
import { listen, type StreamResult } from './sim/listen.ts';
import { type ClipResult, Simulator } from './sim/simulator.ts';
import { Stream } from './sim/stream.ts';
import type { WeightsReaders } from './weights/read-weights.ts';
import { readSafetensors } from './weights/safetensors.ts';

/** Reads safetensors and nothing else, which keeps a page small; `allWeights` of egru/weights reads every kind. */
export const safetensors: WeightsReaders = new Map([['.safetensors', readSafetensors]]);

/** The two files of a model folder. */
export interface ModelFiles {
  /** What error messages call the place of both files; "model" by default. */
  readonly name?: string;
  /** model.json: its text, or its bytes in UTF-8. */
  readonly json: string | Uint8Array;
  /** The weights file, or what gives it for the name that stands in model.json. */
  readonly weights: Uint8Array | ((name: string) => Uint8Array);
  /** The kinds of weights files that are read; safetensors by default. */
  readonly readers?: WeightsReaders;
}

/**
 * Reads a model and turns it into integers.
 * @throws InputError for whatever is wrong with the files, and where an accumulator could leave int32
 */
export function buildProgram({ name = 'model', json, weights, readers = safetensors }: ModelFiles): Program {
  return quantize(readModel(name, json, weights instanceof Uint8Array ? () => weights : weights, readers));
}

/**
 * The features of every whole frame of a recording: Q15, 0 to 32767, frame by frame, frontend.bins values each.
 * @param frontend of a program that has one
 * @param samples 16-bit PCM, mono, at frontend.sampleRate; a final partial frame is dropped
 */
export function extractFeatures(frontend: FrontendProgram, samples: Int16Array): Int16Array {
  const { frame, hop, bins } = frontend;
  const steps = wholeFrames(samples.length, frame, hop);
  const features = new Int16Array(steps * bins);
  const extractor = new Frontend(frontend);
  for (let step = 0; step < steps; step++) {
    extractor.frame(samples, step * hop, features.subarray(step * bins, (step + 1) * bins));
  }
  return features;
}

/** What a clip or a recording is run with. */
export interface RunOptions {
  /** Whether every integer of every step is wanted; false by default. */
  readonly trace?: boolean;
}

/** A clip's result, with the text of its label. */
export interface LabelledClip extends ClipResult {
  /** The text of `label`; null where the program has no readout. */
  readonly labelName: string | null;
}

/**
 * Classifies a clip, from the initial state.
 * @param samples 16-bit PCM, mono, at program.frontend.sampleRate; where the program has a readout, its middle is taken
 * or silence is added on both sides, as cutClip does. For a program without a feature extractor: Q15 features, step by
 * step
 */
export function runClip(
  program: Program,
  samples: Int16Array,
  { trace = false }: RunOptions = {},
): LabelledClip {
  const result = new Simulator(program).run(clipWindow(program, samples), trace);
  return { ...result, labelName: program.labels[result.label] ?? null };
}

/** The samples that a readout uses; all of them where there is no readout, or where they are features. */
export function clipWindow({ frontend, readout }: Program, samples: Int16Array): Int16Array {
  if (frontend === null || readout === null) return samples;
  return cutClip(samples, frontend.frame, frontend.hop, readout.steps);
}

/**
 * Finds keywords in a recording, from the start of a stream. For sound that comes piece by piece there is `Stream`.
 * @param program one without `detect` gets the default: every label is a keyword, threshold 1/2
 * @param samples as runClip takes them, of any length
 * @throws InputError where the program has no `detect` and too many labels to do without
 */
export function runStream(
  program: Program,
  samples: Int16Array,
  { trace = false }: RunOptions = {},
): StreamResult {
  const listening = streamProgram(program, program.name);
  return listen(new Stream(listening), listening, samples, trace);
}
