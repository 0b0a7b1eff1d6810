// SPDX-License-Identifier: Apache-2.0
/** egru/core: programs, features, clips and streams with integers only. Runs in a page; opens no file. */
export { cutClip } from './audio/crop.ts';
export { resample } from './audio/resample.ts';
export { InputError } from './base/errors.ts';
export { Frontend } from './frontend/features.ts';
export {
  buildProgram,
  extractFeatures,
  type LabelledClip,
  type ModelFiles,
  type RunOptions,
  runClip,
  runStream,
  safetensors,
} from './library.ts';
export type { Model } from './model/model.ts';
export { readModel } from './model/read-model.ts';
export type { Cell } from './program/cells/cell.ts';
export { registerCell } from './program/cells/index.ts';
export type { DetectProgram } from './program/detect-program.ts';
export { programDigest } from './program/digest.ts';
export type { FrontendProgram } from './program/frontend-program.ts';
export type { Layer, Matrix, Program, Readout, StreamProgram } from './program/program.ts';
export { programFromJson, programToJson } from './program/program-json.ts';
export { streamTraceLayout } from './program/stream-trace.ts';
export { type TraceGroup, type TraceLayout, traceLayout } from './program/trace.ts';
export { traceDigest } from './program/trace-digest.ts';
export { streamProgram } from './quant/detect.ts';
export { quantize } from './quant/quantize.ts';
export { listen, type StreamResult } from './sim/listen.ts';
export { registerRunner } from './sim/runners/index.ts';
export { multiply, type RunnerEntry } from './sim/runners/runner.ts';
export { type ClipResult, Simulator } from './sim/simulator.ts';
export { Stream, type StreamEvent } from './sim/stream.ts';
export type { WeightsReaders } from './weights/read-weights.ts';
