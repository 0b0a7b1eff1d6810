// SPDX-License-Identifier: Apache-2.0
/** training.json of a model folder, which `egru train` has written: how the losses went. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonValue, parseJson } from '../../core/base/json.ts';
import { readLimited } from '../../host/files/files.ts';

export interface EpochFacts {
  /** From 0. */
  readonly epoch: number;
  readonly quantized: boolean;
  readonly loss: number;
  readonly validationLoss: number;
  /** Shares. */
  readonly accuracy: number;
  readonly validationAccuracy: number;
  readonly zeroShare: number;
}

export interface TrainingFacts {
  readonly epochs: readonly EpochFacts[];
  /** The epoch whose weights the model has; null: training.json does not state it. */
  readonly best: number | null;
}

const MAX_BYTES = 32 << 20;
const MAX_EPOCHS = 100_000;
const MOST = 1e12;

/** @returns null: there is no such file. @throws InputError where it cannot be read */
export function readTrainingRecord(folder: string): TrainingFacts | null {
  const path = join(folder, 'training.json');
  if (!existsSync(path)) return null;
  const members = parseJson(path, readLimited(path, MAX_BYTES)).members();
  const epochs = members.get('epochs')?.array(0, MAX_EPOCHS) ?? [];
  const best = members.get('best');
  return {
    epochs: epochs.map(epochOf),
    best:
      best === undefined || best.value === null
        ? null
        : (best.members().get('epoch')?.integer(0, MAX_EPOCHS) ?? null),
  };
}

function epochOf(item: JsonValue): EpochFacts {
  const members = item.members();
  const number = (key: string, high = MOST) => {
    const value = members.get(key);
    if (value === undefined) return item.fail(`has no "${key}"`);
    return value.number(0, high);
  };
  return {
    epoch: number('epoch'),
    quantized: members.get('quantized')?.boolean() ?? false,
    loss: number('loss'),
    validationLoss: number('validationLoss'),
    accuracy: number('accuracy', 1),
    validationAccuracy: number('validationAccuracy', 1),
    zeroShare: number('zeroShare', 1),
  };
}
