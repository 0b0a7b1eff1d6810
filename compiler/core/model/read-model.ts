// SPDX-License-Identifier: Apache-2.0
/** Bytes of model.json and of its weights -> Model: every tensor that the layers need, and no other. */
import { InputError } from '../base/errors.ts';
import { parseJson, quote } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { cellOf, columnsOf } from '../program/cells/index.ts';
import { frontendDigest } from '../program/digest.ts';
import { parseWeights, type ReadWeights, type WeightsReaders } from '../weights/read-weights.ts';
import { FLOAT_FORMATS } from '../weights/tensors.ts';
import type { LayerHead, Linear, Model, ModelLayer, Tensor } from './model.ts';
import { type ModelHead, readModelJson } from './model-json.ts';

/** Names of tensors that a message lists. */
const LISTED = 20;

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
  checkNames(head.layers, weights);
  return {
    ...head,
    folder,
    weights: { file: head.weights, sha256: weights.sha256 },
    layers: head.layers.map((layer) => readLayer(layer, weights)),
  };
}

/** Weights that say which front end they were trained with must have been trained with this one. */
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

function checkNames(layers: readonly LayerHead[], { path, tensors }: ReadWeights): void {
  const expected = layers.flatMap(linearsOf).flatMap(({ name }) => [`${name}.weight`, `${name}.bias`]);
  for (const name of expected) {
    if (tensors.has(name)) continue;
    const names = [...tensors.keys()].slice(0, LISTED).map(quote).join(', ');
    const more = tensors.size > LISTED ? ` and ${tensors.size - LISTED} more` : '';
    throw new InputError(
      path,
      `tensor ${quote(name)} is missing; the file holds ${names === '' ? 'no tensor' : names}${more}`,
    );
  }
  for (const name of tensors.keys()) {
    if (expected.includes(name)) continue;
    const close = quote(nearest(name, expected) ?? '');
    throw new InputError(
      path,
      `tensor ${quote(name)} belongs to no layer of model.json; the nearest that does is ${close}`,
    );
  }
}

function readLayer(layer: LayerHead, weights: ReadWeights): ModelLayer {
  const linears = linearsOf(layer).map(
    (linear): Linear => ({
      weight: readTensor(`${linear.name}.weight`, [linear.units, linear.columns], weights),
      bias: readTensor(`${linear.name}.bias`, [linear.units], weights),
    }),
  );
  return { ...layer, linears };
}

function readTensor(name: string, shape: readonly number[], { path, tensors }: ReadWeights): Tensor {
  const stored = tensors.get(name);
  if (stored === undefined) throw new Error(`checkNames has seen ${name}`);
  if (stored.shape.join() !== shape.join()) {
    const [expected, found] = [shape, stored.shape].map((sides) => `[${sides.join(', ')}]`);
    throw new InputError(path, `tensor ${quote(name)}: model.json needs shape ${expected}, found ${found}`);
  }
  if (!FLOAT_FORMATS.includes(stored.format)) {
    const problem = `tensor ${quote(name)} holds ${stored.format}; one of ${FLOAT_FORMATS.join(', ')} is needed`;
    throw new InputError(path, problem);
  }
  const values = stored.values();
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
