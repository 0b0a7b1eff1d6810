// SPDX-License-Identifier: Apache-2.0
/**
 * The golden vectors of a board's model, computed by the board: it knows their stimulus and their digest, so nobody
 * else needs the model (compiler/machines/firmware/vector-digest.ts).
 */
import { InputError } from '../../core/base/errors.ts';
import { goldenStimulus, vectorDigest } from '../firmware/vector-digest.ts';
import { feedCommand, PAYLOAD_VALUES } from '../protocol/protocol.ts';
import type { ModelIdentity } from './identity.ts';
import { type Link, unexpected } from './link.ts';

/** Values of a step that fit the chip's RAM. */
const MAX_VALUES = 16384;

export interface Vectors {
  readonly steps: number;
  readonly trace: Int32Array;
  /** Values of a step, and where its groups begin: features, then the layers. */
  readonly width: number;
  readonly groups: readonly number[];
  /** As the model's header has to have it. */
  readonly digest: string;
}

/** Cycles of a step by the chip's own counter, without interrupts. */
export interface StepCycles {
  readonly frontend: number;
  readonly network: number;
}

/** The microphone has to be off. @throws InputError for answers that are none */
export async function computeVectors(link: Link, model: ModelIdentity): Promise<Vectors> {
  const shape = await shapeOf(link);
  const layers = Number(/ layers (\d{1,5}) /.exec(await link.ask('info'))?.[1]);
  const [inputs = 0] = shape;
  const logits = shape.at(-1) ?? 0;
  const halves = shape.slice(0, -1);
  const kept = halves.reduce((sum, units) => sum + units, 0);
  // A last layer that keeps its outputs sends them twice.
  const groups = halves.length - 1 < layers ? shape : halves;
  const width = groups.reduce((sum, units) => sum + units, 0);
  const stimulus = goldenStimulus(model.frame > 0 ? model : null, inputs);
  link.restart({ trace: 2 * kept + 4 * logits, logits: 4 * logits });
  const records: Uint8Array[] = [];
  await fed(link, stimulus, 'trace', (record) => records.push(record));
  const trace = new Int32Array(width * records.length);
  records.forEach((record, step) => {
    const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
    for (let i = 0; i < width; i++)
      trace[step * width + i] =
        i < kept ? view.getInt16(2 * i, true) : view.getInt32(2 * kept + 4 * (i - kept), true);
  });
  let at = 0;
  const begins = groups.map((units) => (at += units) - units);
  return {
    ...{ steps: records.length, trace, width, groups: begins },
    digest: vectorDigest(stimulus, trace),
  };
}

/** What the steps of the golden vectors take. */
export async function timeVectors(link: Link, model: ModelIdentity): Promise<StepCycles[]> {
  const [inputs = 0] = await shapeOf(link);
  const taken: StepCycles[] = [];
  link.onLine = (line) => {
    const [, step, frontend, network] = /^cycles (\d{1,9}) (\d{1,8}) (\d{1,8})$/.exec(line) ?? [];
    if (Number(step) === taken.length + 1)
      taken.push({ frontend: Number(frontend), network: Number(network) });
  };
  try {
    await fed(link, goldenStimulus(model.frame > 0 ? model : null, inputs), 'cycles', () => {});
  } finally {
    link.onLine = () => {};
  }
  return taken;
}

async function fed(
  link: Link,
  stimulus: Int16Array,
  output: 'trace' | 'cycles',
  onRecord: (record: Uint8Array) => void,
): Promise<void> {
  await link.ask(`output ${output}`);
  await link.ask('reset');
  for (let at = 0; at < stimulus.length; at += PAYLOAD_VALUES) {
    const piece = stimulus.subarray(at, at + PAYLOAD_VALUES);
    (await link.exchange(feedCommand(piece), `feed ${piece.length}`)).records.forEach(onRecord);
  }
  await link.ask('output none');
}

/** Values of the features, of every layer that keeps its outputs, of the logits. */
async function shapeOf(link: Link): Promise<number[]> {
  const answer = await link.ask('shape');
  const numbers = /^ok shape((?: \d{1,5}){2,})$/.exec(answer)?.[1]?.trim().split(' ').map(Number);
  if (numbers === undefined) throw unexpected(link, 'shape', answer);
  const values = numbers.reduce((sum, units) => sum + units, 0);
  if (values > MAX_VALUES)
    throw new InputError(link.path, `states ${values} values of a step, at most ${MAX_VALUES} fit`);
  return numbers;
}

/** Where two computations of the same vectors differ first; null: nowhere. */
export function firstDifference(got: Vectors, expected: Vectors): string | null {
  const at = got.trace.findIndex((value, i) => value !== expected.trace[i]);
  if (at < 0) return null;
  const value = at % got.width;
  const group = got.groups.findLastIndex((begin) => begin <= value);
  const name = group === 0 ? 'features' : `layer ${group}`;
  const unit = value - (got.groups[group] ?? 0);
  return `step ${Math.floor(at / got.width)}, ${name}, unit ${unit}: ${got.trace[at]}, not ${expected.trace[at]}`;
}
