// SPDX-License-Identifier: Apache-2.0
/** Golden vectors of a program: what the reference computes from a stimulus that every program can be given. */
import { createHash } from 'node:crypto';
import { inputsOf, type Program } from '../../core/program/program.ts';
import { Simulator } from '../../core/sim/simulator.ts';

/** Frames or steps of the stimulus. */
const STEPS = 8;

/**
 * 8 frames (or steps) of int16 values x = s >> 16 from s = 1664525 s + 1013904223 (mod 2^32, from s = 1), features
 * being x & 0x7fff. @param frontend null: the program is fed with features
 */
export function goldenStimulus(frontend: { frame: number; hop: number } | null, inputs: number): Int16Array {
  const length = frontend === null ? STEPS * inputs : frontend.frame + (STEPS - 1) * frontend.hop;
  let state = 1;
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return frontend === null ? (state >>> 16) & 0x7fff : state >> 16;
  });
}

/** SHA-256 in hex of the stimulus, then the trace of it as int32, little endian: of the reference. */
export function goldenDigest(program: Program): string {
  const stimulus = goldenStimulus(program.frontend, inputsOf(program));
  return vectorDigest(stimulus, new Simulator(program).run(stimulus, true).trace ?? new Int32Array());
}

/** The same of somebody else's trace. */
export function vectorDigest(stimulus: Int16Array, trace: Int32Array): string {
  return createHash('sha256').update(bytesOf(stimulus)).update(bytesOf(trace)).digest('hex');
}

function bytesOf(values: Int16Array | Int32Array): Uint8Array {
  const size = values.BYTES_PER_ELEMENT;
  const bytes = Buffer.alloc(size * values.length);
  values.forEach((value, i) => {
    bytes.writeIntLE(value, size * i, size);
  });
  return bytes;
}
