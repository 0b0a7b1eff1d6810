// SPDX-License-Identifier: Apache-2.0
/** Bytes of model.json and of its weights -> Model: every tensor that the layers need, and no other. */
import { InputError, printable } from '../base/errors.ts';
import { parseJson, quote } from '../base/json.ts';
import type { OwnTensor } from '../program/cells/cell.ts';
import { cellOf, columnsOf } from '../program/cells/index.ts';
import { frontendDigest } from '../program/digest.ts';
import { parseWeights, type ReadWeights, type WeightsReaders } from '../weights/read-weights.ts';
import { nameTensors } from '../weights/tensor-names.ts';
import { INTEGER_FORMATS, type StoredTensor } from '../weights/tensors.ts';
import type { LayerHead, Linear, Model, ModelLayer, Tensor } from './model.ts';
import { type ModelHead, readModelJson } from './model-json.ts';

/**
 * A model from the bytes of its two files; nothing is opened.
 * @param folder what messages call the place of both files; no slash at its end
 * @param json bytes or text of model.json
 * @param weightsOf bytes of the weights file that model.json names
 * @param readers of the kinds of weights files that may come
 * @throws InputError for whatever is wrong, with the place in model.json or the tensor's name
 */
export function readModel(
  folder: string,
  json: string | Uint8Array,
  weightsOf: (name: string) => Uint8Array,
  readers: WeightsReaders,
): Model {
  const head = readModelJson(parseJson(`${folder}/model.json`, json));
  const path = `${folder}/${head.weights}`;
  return withWeights(folder, head, parseWeights(path, weightsOf(head.weights), readers));
}

/** @throws InputError where the weights do not belong to this model.json */
function withWeights(folder: string, head: ModelHead, weights: ReadWeights): Model {
  checkFrontend(head, weights);
  const { tensors: names, ignore, integerScale, ...rest } = head;
  const expected = head.layers.flatMap((layer) => [
    ...linearsOf(layer).flatMap(({ name }) => [`${name}.weight`, `${name}.bias`]),
    ...(thresholdsOf(layer) ?? []),
    ...ownTensorsOf(layer, weights, names).map(({ name }) => name),
  ]);
  const { tensors, notes } = nameTensors(weights.path, expected, weights, { tensors: names, ignore });
  const source = { path: weights.path, tensors, integerScale };
  const own = (layer: LayerHead) => ownTensorsOf(layer, weights, names);
  return {
    ...rest,
    folder,
    weights: { file: head.weights, sha256: weights.sha256 },
    layers: head.layers.map((layer) => readLayer(layer, own(layer), source)),
    notes: notes.map((note) => `${printable(weights.path)}: ${printable(note)}`),
  };
}

/** Weights that name the feature extractor they were trained with must have been trained with this one. */
function checkFrontend({ frontend }: ModelHead, { path, metadata }: ReadWeights): void {
  const trained = metadata.get('frontendDigest');
  if (trained === undefined || (frontend !== null && trained === frontendDigest(frontend))) return;
  const here =
    frontend === null ? 'no feature extractor' : `feature extractor ${frontendDigest(frontend).slice(0, 12)}`;
  const problem = `the weights were trained with feature extractor ${trained.slice(0, 12)}, model.json describes ${here}`;
  throw new InputError(path, problem, 'frontendDigest');
}

/** Names and shapes of a layer's tensors, weight and bias of each gate. */
function linearsOf(layer: LayerHead): { name: string; columns: number; units: number }[] {
  const columns = columnsOf(layer);
  return cellOf(layer).gates.map(({ tensor }) => ({
    name: layer.name + tensor,
    columns,
    units: layer.units,
  }));
}

/** Name of the tensor of a layer's thresholds, as a list; null: it has none. */
function thresholdsOf(layer: LayerHead): [string] | null {
  const tensor = cellOf(layer).thresholdTensor?.(layer.settings) ?? null;
  return tensor === null ? null : [layer.name + tensor];
}

/**
 * The tensors of a layer without gates, each under the one of its names that the file has.
 * @throws InputError where it has both or none
 */
function ownTensorsOf(layer: LayerHead, weights: ReadWeights, names: ModelHead['tensors']): OwnTensor[] {
  const known = [...names.values(), ...weights.tensors.keys()];
  const has = (name: string) => known.some((key) => key === name || key.endsWith(`.${name}`));
  return (cellOf(layer).ownTensors?.(layer, layer.settings) ?? []).map(({ name, or, shape }) => {
    if (or === undefined) return { name, shape };
    if (has(name) === has(or)) {
      const either = has(name) ? 'holds both' : 'holds neither';
      throw new InputError(
        weights.path,
        `${either} ${quote(name)} ${has(name) ? 'and' : 'nor'} ${quote(or)}`,
      );
    }
    return { name: has(name) ? name : or, shape };
  });
}

/** The tensors of the layers by their names here. */
interface Source {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** What an integer of 1 stands for; null: model.json does not say. */
  readonly integerScale: number | null;
}

function readLayer(layer: LayerHead, tensors: readonly OwnTensor[], weights: Source): ModelLayer {
  const linears = linearsOf(layer).map(
    (linear): Linear => ({
      weight: readTensor(`${linear.name}.weight`, [linear.units, linear.columns], weights),
      bias: readTensor(`${linear.name}.bias`, [linear.units], weights),
    }),
  );
  if (tensors.length > 0)
    return { ...layer, linears, own: tensors.map(({ name, shape }) => readTensor(name, shape, weights)) };
  const [name] = thresholdsOf(layer) ?? [];
  if (name === undefined) return { ...layer, linears };
  return { ...layer, linears, thresholds: readTensor(name, [layer.units], weights) };
}

function readTensor(name: string, shape: readonly number[], { path, tensors, integerScale }: Source): Tensor {
  const stored = tensors.get(name);
  if (stored === undefined) throw new Error(`nameTensors has seen ${name}`);
  if (stored.shape.join() !== shape.join()) {
    const [expected, found] = [shape, stored.shape].map((sides) => `[${sides.join(', ')}]`);
    throw new InputError(path, `tensor ${quote(name)}: model.json needs shape ${expected}, found ${found}`);
  }
  const values = stored.values();
  if (INTEGER_FORMATS.includes(stored.format)) scaleIntegers(path, name, stored.format, values, integerScale);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const columns = shape[1] ?? 1;
    const index = shape.length === 1 ? [bad] : [Math.floor(bad / columns), bad % columns];
    throw new InputError(
      path,
      `tensor ${quote(name)} holds ${values[bad]}; weights are finite`,
      `index [${index.join(', ')}]`,
    );
  }
  return { name, shape, values };
}

/** Integers are weights as they are between -1 and 1, and need a scale beyond. */
function scaleIntegers(
  path: string,
  name: string,
  format: string,
  values: Float64Array,
  scale: number | null,
): void {
  if (scale !== null) {
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * scale;
    return;
  }
  const least = values.reduce((a, b) => Math.min(a, b), 0);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  if (least >= -1 && most <= 1) return;
  const problem = `tensor ${quote(name)} holds ${format} from ${least} to ${most}; write what 1 stands for into model.json`;
  const bits = Math.ceil(Math.log2(Math.max(-least, most)));
  throw new InputError(path, problem, `"integerScale"${bits > 16 ? '' : `: ${2 ** -bits}`}`);
}
