// SPDX-License-Identifier: Apache-2.0
/**
 * What the firmware sends of a step (record_step in firmware/app/model/session.c), taken apart and, by checksums,
 * foreseen.
 */

import { crc32, hex32 } from '../../core/base/crc32.ts';
import { keepsOutputs } from '../../core/program/layout.ts';
import { inputsOf, outputsOf, type Program, requireDetection } from '../../core/program/program.ts';
import { detectionWidth, streamTraceLayout } from '../../core/program/stream-trace.ts';
import { type TraceLayout, traceLayout } from '../../core/program/trace.ts';
import type { ClipResult } from '../../core/sim/simulator.ts';
import { ProtocolError, type RecordSizes } from './protocol.ts';

/** A keyword with the frame in which it fired, counted from 0. */
export interface FrameEvent {
  readonly step: number;
  readonly label: number;
  readonly score: number;
}

/** Bytes of a step's record while clips are classified. */
export function clipRecordSizes(program: Program): RecordSizes {
  const kept = program.layers.reduce((sum, layer) => sum + (keepsOutputs(layer) ? layer.units : 0), 0);
  const logits = 4 * outputsOf(program);
  return { trace: 2 * (inputsOf(program) + kept) + logits, logits };
}

/** The same in a stream, where detection follows. */
export function streamRecordSizes(program: Program): RecordSizes {
  const { trace, logits } = clipRecordSizes(program);
  return { trace: trace + detectionBytes(program), logits };
}

/** Voice activity, posteriors and sums; the event of a frame is a line of its own. */
function detectionBytes(program: Program): number {
  return 4 * (detectionWidth(requireDetection(program)) - EVENT_VALUES);
}

const EVENT_VALUES = 2;

/**
 * Records of a clip to logits, and to a trace where they hold one.
 * @throws ProtocolError where one is no trace, or logits and outputs of the last layer are not the same
 */
export function unpackClip(
  program: Program,
  records: readonly Uint8Array[],
  trace: boolean,
): Pick<ClipResult, 'logits' | 'trace'> {
  const layout = traceLayout(program);
  const traced = trace ? new Int32Array(records.length * layout.width) : null;
  return { logits: unpack(program, records, layout, 0, traced), trace: traced };
}

/** Records of a stream and its events to steps x streamTraceLayout(program).width. */
export function unpackStream(
  program: Program,
  records: readonly Uint8Array[],
  events: readonly FrameEvent[],
): Int32Array {
  const layout = streamTraceLayout(requireDetection(program));
  const { width } = layout;
  const behind = detectionBytes(program);
  const traced = new Int32Array(records.length * width);
  unpack(program, records, layout, behind, traced);
  const last = width - EVENT_VALUES;
  records.forEach((record, step) => {
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    const at = step * width + last - behind / 4;
    for (let i = 0; i < behind / 4; i++) {
      traced[at + i] = view.getInt32(record.length - behind + 4 * i, true);
    }
    traced[step * width + last] = -1;
  });
  for (const { step, label, score } of events) traced.set([label, score], step * width + last);
  return traced;
}

/** Features, layers and logits of records that `behind` more bytes follow; the trace is written where there is one. */
function unpack(
  program: Program,
  records: readonly Uint8Array[],
  { groups, width }: TraceLayout,
  behind: number,
  traced: Int32Array | null,
): Int32Array {
  const outputs = outputsOf(program);
  const logits = new Int32Array(records.length * outputs);
  const layers = groups.filter(({ layer }) => layer < program.layers.length);
  const end = layers.reduce((sum, { units }) => sum + units, 0);
  const sizes = clipRecordSizes(program);
  const before = sizes.trace - sizes.logits;
  records.forEach((record, step) => {
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    const logitsAt = record.length - behind - 4 * outputs;
    const fits = traced === null ? logitsAt >= 0 : logitsAt === before;
    if (!fits) throw new ProtocolError(`step ${step}: its record has ${record.length} bytes`);
    for (let i = 0; i < outputs; i++) logits[step * outputs + i] = view.getInt32(logitsAt + 4 * i, true);
    if (traced === null) return;
    let at = 0;
    for (const { layer, offset, units } of layers) {
      const base = step * width + offset;
      const words = !inHalfwords(program, layer);
      for (let i = 0; i < units; i++) {
        traced[base + i] = words ? view.getInt32(logitsAt + 4 * i, true) : view.getInt16(at + 2 * i, true);
      }
      if (!words) at += 2 * units;
    }
    // A last layer with Q15 outputs sends the same twice.
    const last = traced.subarray(step * width + end - outputs, step * width + end);
    if (last.some((value, i) => value !== logits[step * outputs + i])) {
      throw new ProtocolError(`step ${step}: logits and outputs of the last layer differ`);
    }
  });
  return logits;
}

/** Features (layer -1) and layers with Q15 outputs; the logits are words. */
function inHalfwords(program: Program, index: number): boolean {
  if (index < 0) return true;
  const layer = program.layers[index];
  if (layer === undefined) throw new Error(`the program has no layer ${index}`);
  return keepsOutputs(layer);
}

/**
 * The checksums that `output layers` has to send for a frame with this trace, in its order: the features, every layer
 * with Q15 outputs, the logits, and detection in a stream.
 * @param row width values of a step, as traceLayout or streamTraceLayout has them
 */
export function stepChecksums(program: Program, { groups }: TraceLayout, row: Int32Array): string[] {
  const count = program.layers.length;
  const network = groups.filter(({ layer }) => layer < count);
  const halves = network.filter(({ layer }) => inHalfwords(program, layer));
  const end = network.reduce((sum, { units }) => sum + units, 0);
  const parts = halves.map(({ offset, units }) =>
    bytesOf(row.subarray(offset, offset + units), Int16Array.BYTES_PER_ELEMENT),
  );
  parts.push(bytesOf(row.subarray(end - outputsOf(program), end), Int32Array.BYTES_PER_ELEMENT));
  if (groups.length > network.length) {
    parts.push(bytesOf(row.subarray(end, row.length - EVENT_VALUES), Int32Array.BYTES_PER_ELEMENT));
  }
  return parts.map((bytes) => hex32(crc32(bytes)));
}

/** Little endian. */
function bytesOf(values: Int32Array, size: number): Uint8Array {
  const bytes = new Uint8Array(size * values.length);
  values.forEach((value, i) => {
    for (let k = 0; k < size; k++) bytes[size * i + k] = value >> (8 * k);
  });
  return bytes;
}
