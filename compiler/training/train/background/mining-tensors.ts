// SPDX-License-Identifier: Apache-2.0
/** What mining found, as tensors of a checkpoint. */
import { InputError } from '../../../core/base/errors.ts';
import type { WeightsFile } from '../../../core/weights/tensors.ts';
import type { Mining } from '../run.ts';
import type { FloatTensor } from '../safetensors.ts';
import type { MiningRecord } from './feed.ts';

const PLACES = 'mining.places';
const STEADY = 'mining.steady';
const ROUNDS = 'mining.rounds';
const COLUMNS = [
  'epoch',
  'hard',
  'events',
  'hours',
  'eventsPerHour',
  'seconds',
] as const satisfies readonly (keyof MiningRecord)[];

export function miningTensors({ places, steady, rounds }: Mining): FloatTensor[] {
  const { frames, scores } = places;
  return [
    { name: PLACES, shape: [2, frames.length], values: Float64Array.from([...frames, ...scores]) },
    { name: STEADY, shape: [steady.length], values: Float64Array.from(steady) },
    {
      name: ROUNDS,
      shape: [rounds.length, COLUMNS.length],
      values: Float64Array.from(rounds.flatMap((round) => COLUMNS.map((column) => round[column]))),
    },
  ];
}

/** @returns null where nothing was mined; @throws InputError where the tensors do not fit together */
export function readMining(path: string, { tensors }: WeightsFile): Mining | null {
  const [places, rounds] = [tensors.get(PLACES), tensors.get(ROUNDS)];
  const steady = tensors.get(STEADY);
  if (places === undefined || rounds === undefined || steady === undefined) return null;
  const [found, table, same] = [places.values(), rounds.values(), steady.values()];
  const whole = [...found, ...table, ...same].every((value) => Number.isFinite(value) && value >= 0);
  if (!whole || places.shape[0] !== 2 || rounds.shape[1] !== COLUMNS.length) {
    throw new InputError(path, `tensor "${PLACES}" or "${ROUNDS}" makes no sense`);
  }
  const count = found.length / 2;
  return {
    places: {
      frames: Int32Array.from(found.subarray(0, count)),
      scores: Int32Array.from(found.subarray(count)),
    },
    steady: Int32Array.from(same),
    rounds: Array.from({ length: rounds.shape[0] ?? 0 }, (_, row) => {
      const value = (column: (typeof COLUMNS)[number]) =>
        table[row * COLUMNS.length + COLUMNS.indexOf(column)] ?? 0;
      return {
        epoch: value('epoch'),
        hard: value('hard'),
        events: value('events'),
        hours: value('hours'),
        eventsPerHour: value('eventsPerHour'),
        seconds: value('seconds'),
      };
    }),
  };
}
