// SPDX-License-Identifier: Apache-2.0
/**
 * Checkpoints: one safetensors file, written whole or not at all, from which a run goes on with the same bits. The
 * configuration goes along; a run with another one is refused. A digest covers all of it (sealed.ts).
 */
import { InputError } from '../../core/base/errors.ts';
import { parseJson } from '../../core/base/json.ts';
import { firstDifference } from '../../core/base/json-difference.ts';
import { readSafetensors } from '../../core/weights/safetensors.ts';
import type { WeightsFile } from '../../core/weights/tensors.ts';
import { readLimited, writeWhole } from '../../host/files/files.ts';
import { at } from './arrays.ts';
import { miningTensors, readMining } from './background/mining-tensors.ts';
import type { Network } from './network.ts';
import type { Best, EpochRecord, RunState } from './run.ts';
import type { FloatTensor } from './safetensors.ts';
import { checkSeal, sealedBytes } from './sealed.ts';

const MAX_BYTES = 64 * 1024 * 1024;
/** Of epochs and of the optimizer's steps. */
const MAX_COUNT = 2 ** 31 - 1;
/** What hard negatives were called in version 0.1: runs that began with it can still be continued. */
const OLD_KEY = /"decoys":(?=[\d.e-]+,"clip":)/;

/** Columns of the tensor "records". */
const COLUMNS = [
  'epoch',
  'phase',
  'quantized',
  'loss',
  'accuracy',
  'validationLoss',
  'validationAccuracy',
  'rate',
  'gradientNorm',
  'zeroShare',
  'seconds',
] as const satisfies readonly (keyof EpochRecord)[];

/** @param configuration plain data that decides about the run, the clips' digest included */
export function writeCheckpoint(path: string, configuration: unknown, state: RunState): void {
  const { parameters, adam, best, epoch, records, mining } = state;
  const list = (name: string, values: Float32Array | Float64Array) => ({
    name,
    shape: [values.length],
    values,
  });
  const table = Float64Array.from(
    records.flatMap((record) => COLUMNS.map((column) => Number(record[column]))),
  );
  const tensors = [
    list('place', Float64Array.of(epoch, adam.steps)),
    { name: 'records', shape: [records.length, COLUMNS.length], values: table },
    ...(mining === null ? [] : miningTensors(mining)),
    ...activityTensors(records),
    ...(best === null ? [] : [list('best.place', placeOf(best)), list('best.parameters', best.parameters)]),
    list('parameters', parameters),
    list('adam.mean', adam.mean),
    list('adam.variance', adam.variance),
  ];
  writeWhole(path, sealedBytes(tensors, { configuration: JSON.stringify(configuration) }));
}

/** Epochs by layers; nothing where the network sends no events. */
function activityTensors(records: readonly EpochRecord[]): FloatTensor[] {
  const layers = records[0]?.activity?.length ?? 0;
  if (layers === 0) return [];
  const values = Float64Array.from(records.flatMap(({ activity = [] }) => [...activity]));
  return [{ name: 'activities', shape: [records.length, layers], values }];
}

function readActivities(path: string, file: WeightsFile, count: number): number[][] | null {
  const layers = file.tensors.get('activities')?.shape[1];
  if (layers === undefined) return null;
  const values = [...valuesOf(path, file, 'activities', count * layers)];
  return Array.from({ length: count }, (_, row) => values.slice(row * layers, (row + 1) * layers));
}

function placeOf({ epoch, quantized, validationLoss, validationAccuracy }: Best): Float64Array {
  return Float64Array.of(epoch, Number(quantized), validationLoss, validationAccuracy);
}

/** @throws InputError where the file is damaged or of another format: known before the dataset is read */
export function checkCheckpoint(path: string): void {
  checkSeal(path, readLimited(path, MAX_BYTES));
}

/** @throws InputError where the file is damaged, of another format, or of a run with another configuration */
export function readCheckpoint(path: string, configuration: unknown, network: Network): RunState {
  const bytes = readLimited(path, MAX_BYTES);
  checkSeal(path, bytes);
  const file = readSafetensors(path, bytes);
  checkConfiguration(path, file, configuration);
  const parameters = (name: string) => Float32Array.from(valuesOf(path, file, name, network.size));
  const place = valuesOf(path, file, 'place', 2);
  const adam = {
    mean: parameters('adam.mean'),
    variance: parameters('adam.variance'),
    steps: whole(path, 'place[1]', at(place, 1)),
  };
  const epoch = whole(path, 'place[0]', at(place, 0));
  const best = file.tensors.has('best.place')
    ? readBest(path, file, epoch, parameters('best.parameters'))
    : null;
  const records = readRecords(path, file, epoch);
  const mining = readMining(path, file);
  return { epoch, parameters: parameters('parameters'), adam, best, records, mining };
}

function checkConfiguration(path: string, { metadata }: WeightsFile, configuration: unknown): void {
  const text = metadata.get('configuration');
  if (text === undefined) throw new InputError(path, 'is not a checkpoint of a training');
  const now: unknown = JSON.parse(JSON.stringify(configuration));
  const difference = firstDifference(parseJson(path, text.replace(OLD_KEY, '"hardNegatives":')).value, now);
  if (difference === null) return;
  const problem = `the run started with ${difference.before}, the configuration has ${difference.now}; continue with the old one or remove the checkpoint`;
  throw new InputError(path, problem, difference.place);
}

function valuesOf(path: string, { tensors }: WeightsFile, name: string, size: number): Float64Array {
  const stored = tensors.get(name);
  if (stored === undefined) throw new InputError(path, `tensor "${name}" is missing`);
  const values = stored.values();
  if (values.length !== size || values.some((value) => !Number.isFinite(value))) {
    throw new InputError(path, `tensor "${name}" does not hold ${size} finite values`);
  }
  return values;
}

/** A counter: a whole number from 0 to `most`. */
function whole(path: string, place: string, value: number, most = MAX_COUNT): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new InputError(path, `must be a whole number from 0 to ${most}, found ${value}`, place);
}

function readBest(path: string, file: WeightsFile, done: number, parameters: Float32Array): Best {
  const [epoch = 0, quantized, validationLoss = 0, validationAccuracy = 0] = valuesOf(
    path,
    file,
    'best.place',
    4,
  );
  whole(path, 'best.place[0]', epoch, done - 1);
  return { parameters, epoch, quantized: quantized === 1, validationLoss, validationAccuracy };
}

/** One for each epoch that is done, in their order. */
function readRecords(path: string, file: WeightsFile, done: number): EpochRecord[] {
  const count = file.tensors.get('records')?.shape[0] ?? 0;
  if (count !== done) throw new InputError(path, `has ${count} records of ${done} epochs`, 'records');
  const table = valuesOf(path, file, 'records', count * COLUMNS.length);
  const activities = readActivities(path, file, count);
  return Array.from({ length: count }, (_, row) => {
    const value = (column: (typeof COLUMNS)[number]) =>
      at(table, row * COLUMNS.length + COLUMNS.indexOf(column));
    if (value('epoch') !== row) throw new InputError(path, `must be ${row}`, `records[${row}].epoch`);
    return {
      epoch: row,
      phase: whole(path, `records[${row}].phase`, value('phase')),
      quantized: value('quantized') === 1,
      loss: value('loss'),
      accuracy: value('accuracy'),
      validationLoss: value('validationLoss'),
      validationAccuracy: value('validationAccuracy'),
      rate: value('rate'),
      gradientNorm: value('gradientNorm'),
      zeroShare: value('zeroShare'),
      seconds: value('seconds'),
      ...(activities === null ? {} : { activity: activities[row] ?? [] }),
    };
  });
}
