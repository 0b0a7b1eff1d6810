// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Program } from './program.ts';

/**
 * SHA-256 of a program, 64 hex digits: what generated files and firmware carry to say which program they compute. Equal
 * for equal programs, wherever they came from: over JSON with sorted keys and typed arrays as lists of numbers.
 */
export function programDigest(program: Program): string {
  return createHash('sha256').update(canonical(program)).digest('hex');
}

function canonical(value: unknown): string {
  if (ArrayBuffer.isView(value)) return `[${Array.from(value as Int32Array).join(',')}]`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}
