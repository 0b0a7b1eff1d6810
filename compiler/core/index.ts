// SPDX-License-Identifier: Apache-2.0
/** The library's core: programs, features, clips and streams with integers only. Runs in a page; opens no file. */
export { cutClip } from './audio/crop.ts';
export { InputError } from './base/errors.ts';
export { Frontend } from './frontend/features.ts';
export { programDigest } from './program/digest.ts';
export type { Program, StreamProgram } from './program/program.ts';
export { programFromJson, programToJson } from './program/program-json.ts';
export { streamTraceLayout } from './program/stream-trace.ts';
export { traceLayout } from './program/trace.ts';
export { streamProgram } from './quant/detect.ts';
export { listen, type StreamResult } from './sim/listen.ts';
export { type ClipResult, Simulator } from './sim/simulator.ts';
export { Stream, type StreamEvent } from './sim/stream.ts';
