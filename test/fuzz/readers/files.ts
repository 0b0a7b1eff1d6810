// SPDX-License-Identifier: Apache-2.0
/** Files that the project itself writes: features, and checkpoints of a training with their digest made right. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { safetensorsHeader } from '../../../compiler/core/weights/safetensors-header.ts';
import { readCheckpoint, writeCheckpoint } from '../../../compiler/training/train/checkpoint.ts';
import { newRunState } from '../../../compiler/training/train/run.ts';
import { stack } from '../../train/networks.ts';
import type { Target } from '../harness/target.ts';

/** Where there is one, in memory: an input is written and read within a millisecond. */
const MEMORY = '/dev/shm';
const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'egru-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** For readers that open what they read. */
export function onDisk(name: string, read: (path: string) => unknown): (bytes: Uint8Array) => unknown {
  const path = join(folder, name);
  return (bytes) => {
    writeFileSync(path, bytes);
    return read(path);
  };
}

/** Two clips of three steps and four bins. */
export function featuresFile(): Uint8Array {
  const clips = JSON.stringify([{ file: 'a.wav', label: 'yes' }, { file: 'b.wav' }]);
  const facts = { format: '1', frontend: '{"bins":4}', frontendDigest: 'abc', steps: '3', bins: '4', clips };
  const header = safetensorsHeader([{ name: 'features', dtype: 'I16', shape: [2, 3, 4] }], facts);
  return Buffer.concat([header, new Uint8Array(48)]);
}

const network = stack('egru');
const CONFIGURATION = { seed: 1, phases: [{ epochs: 2 }] };

function checkpointFile(): Uint8Array {
  const path = join(folder, 'written');
  const record = {
    ...{ epoch: 0, phase: 0, quantized: false, loss: 1, accuracy: 0.5, validationLoss: 1, seconds: 2 },
    ...{ validationAccuracy: 0.5, rate: 0.01, gradientNorm: 3, zeroShare: 0 },
  };
  const fresh = newRunState(network, 1);
  const best = {
    parameters: fresh.parameters,
    ...{ epoch: 0, quantized: false, validationLoss: 1, validationAccuracy: 0.5 },
  };
  writeCheckpoint(path, CONFIGURATION, { ...fresh, epoch: 1, best, records: [record] });
  return readFileSync(path);
}

/** The SHA-256 over everything, made right after a change; what has no place for it stays as it is. */
function sealed(bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  const at = out.subarray(0, 200).indexOf('"sha256":"') + '"sha256":"'.length;
  if (at < 20 || out.length < at + 64) return out;
  out.write('0'.repeat(64), at, 'latin1');
  out.write(createHash('sha256').update(out).digest('hex'), at, 'latin1');
  return out;
}

const read = onDisk('checkpoint', (path) => readCheckpoint(path, CONFIGURATION, network));

export const checkpointTarget: Target = {
  name: 'checkpoint',
  corpus: [checkpointFile()],
  read: (bytes) => read(sealed(bytes)),
};
