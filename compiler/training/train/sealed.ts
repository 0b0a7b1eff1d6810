// SPDX-License-Identifier: Apache-2.0
/**
 * A safetensors file that carries a SHA-256 over all of its bytes: the 64 digits stand at the very beginning of its
 * header, and count as zeros while the digest is made. So a bit that changed anywhere is found before anything is read.
 */
import { createHash } from 'node:crypto';
import { InputError } from '../../core/base/errors.ts';
import { type FloatTensor, safetensorsBytes } from './safetensors.ts';

/** Of checkpoints; 1 had no digest. */
const FORMAT = 2;
const UNSEALED = '0'.repeat(64);
const HEAD = `{"__metadata__":{"format":"${FORMAT}","sha256":"`;
/** Behind the 8 bytes of the header's length. */
const DIGITS_AT = 8 + HEAD.length;

/** @param metadata texts beside the tensors, behind format and digest */
export function sealedBytes(
  tensors: readonly FloatTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const bytes = safetensorsBytes(tensors, { format: String(FORMAT), sha256: UNSEALED, ...metadata });
  bytes.set(Buffer.from(digestOf(bytes)), DIGITS_AT);
  return bytes;
}

/** @throws InputError where the bytes are no checkpoint, one of another format, or changed */
export function checkSeal(path: string, bytes: Uint8Array): void {
  const begin = Buffer.from(bytes.subarray(8, 8 + 100)).toString('latin1');
  const format = /^\{"__metadata__":\{"format":"(\d{1,9})","(?:sha256|configuration)":/.exec(begin)?.[1];
  if (format === undefined) throw new InputError(path, 'is not a checkpoint of a training');
  if (Number(format) !== FORMAT) {
    const problem = `is a checkpoint of format ${format}, not ${FORMAT}; remove it and start again without --resume`;
    throw new InputError(path, problem);
  }
  const digits = Buffer.from(bytes.subarray(DIGITS_AT, DIGITS_AT + UNSEALED.length)).toString('latin1');
  if (digits !== digestOf(bytes))
    throw new InputError(
      path,
      'is damaged: its SHA-256 is wrong; remove it and start again without --resume',
    );
}

function digestOf(bytes: Uint8Array): string {
  const rest = DIGITS_AT + UNSEALED.length;
  const hash = createHash('sha256').update(bytes.subarray(0, DIGITS_AT)).update(UNSEALED);
  return hash.update(bytes.subarray(rest)).digest('hex');
}
