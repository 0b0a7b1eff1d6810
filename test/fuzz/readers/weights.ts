// SPDX-License-Identifier: Apache-2.0
/** Weights files, whole and by their parts: a checksum around a part would otherwise hide its reader. */

import { showWeights } from '../../../compiler/cli/shared/show-weights.ts';
import { proposeModel } from '../../../compiler/cli/start/init.ts';
import { InputError } from '../../../compiler/core/base/errors.ts';
import { readModel } from '../../../compiler/core/model/read-model.ts';
import { allWeights } from '../../../compiler/core/weights/all-readers.ts';
import { parseWeights } from '../../../compiler/core/weights/read-weights.ts';
import { inspectWeights } from '../../../compiler/report/inspect/weights-inspection.ts';
import { safetensorsBytes } from '../../../compiler/training/train/safetensors.ts';
import { floats, join, u16 } from '../../model/bytes.ts';
import {
  checkpoint,
  legacyCheckpoint,
  pickle,
  protocol4,
  stateDict,
  type TensorSource,
  text,
} from '../../model/pickle-writer.ts';
import { zipOf } from '../../model/zip-writer.ts';
import type { Target } from '../harness/target.ts';
import { eachOf } from './each.ts';

const WEIGHT: TensorSource = { name: 'fc.weight', shape: [3, 2], values: [1, -0.5, 0.25, 0, -1, 2] };
const BIAS: TensorSource = { name: 'fc.bias', shape: [3], values: [0.5, -1, 0] };
const BOTH = [WEIGHT, BIAS];
const PREFIXED = BOTH.map((source) => ({ ...source, name: `module.${source.name}` }));
const MODEL = {
  ...{ format: 1, name: 'small', labels: ['a', 'b', 'c'] },
  layers: [{ type: 'dense', name: 'fc', inputs: 2, units: 3, activation: 'none' }],
};

/** As a model's weights, and every tensor by itself, needed or not. */
function readAs(weights: string): (file: Uint8Array) => void {
  return (file) => {
    let refused: InputError | null = null;
    try {
      readModel('m', JSON.stringify({ ...MODEL, weights }), () => file, allWeights);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refused = error;
    }
    for (const tensor of parseWeights(weights, file, allWeights).tensors.values()) tensor.values();
    if (refused !== null) throw refused;
  };
}

const npy = (descr: string, shape: string, data: Uint8Array) => {
  const head = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }\n`;
  return join([0x93], 'NUMPY', [1, 0], u16(head.length), head, data);
};
const WEIGHT_NPY = npy('<f4', '3, 2', floats('f4', WEIGHT.values));
const BIAS_NPY = npy('<f8', '3,', floats('f8', BIAS.values));
const npz = (weight: Uint8Array, deflate = false) =>
  zipOf([
    { name: 'fc.weight.npy', data: weight, deflate },
    { name: 'fc.bias.npy', data: BIAS_NPY, deflate },
  ]);

const dict = (sources: readonly TensorSource[]) => pickle(stateDict(sources));
const wrapped = pickle('}(', text('epoch'), 'K\x05', text('state_dict'), stateDict(PREFIXED, true), 'u');
const tensors = BOTH.map(({ values, ...rest }) => ({ ...rest, values: Float32Array.from(values) }));
const inTorch = readAs('w.pt');
const inNpz = readAs('w.npz');

/** Of a network, as `init` and `inspect` read it. */
const LAYERS: readonly TensorSource[] = [
  ...['zx', 'hx'].flatMap((gate) => [
    { name: `net.rnn.weight_${gate}.weight`, shape: [2, 6], values: Array(12).fill(0.5) },
    { name: `net.rnn.weight_${gate}.bias`, shape: [2], values: [0.25, -1] },
  ]),
  { name: 'net.fc.weight', shape: [3, 2], values: WEIGHT.values },
  { name: 'net.fc.bias', shape: [3], values: BIAS.values },
];
const layers = LAYERS.map(({ values, ...rest }) => ({ ...rest, values: Float32Array.from(values) }));

const asStranger = (path: string) =>
  eachOf([
    (file) => proposeModel(path, file, { output: 'm' }),
    (file) => showWeights(path, inspectWeights(parseWeights(path, file, allWeights))),
  ]);

export const weightTargets: readonly Target[] = [
  {
    name: 'safetensors',
    corpus: [safetensorsBytes(tensors, { format: 'pt' })],
    read: readAs('w.safetensors'),
  },
  {
    name: 'safetensors-header',
    text: true,
    corpus: [safetensorsBytes(tensors, { format: 'pt' }).subarray(8, -36)],
    read: (header) =>
      readAs('w.safetensors')(
        join(new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer), header, new Uint8Array(36)),
      ),
  },
  { name: 'zip', corpus: [npz(WEIGHT_NPY, true), npz(WEIGHT_NPY)], read: inNpz },
  {
    name: 'npy',
    corpus: [WEIGHT_NPY, npy('>i2', '3, 2', new Uint8Array(12))],
    read: (file) => inNpz(npz(file)),
  },
  {
    name: 'torch',
    corpus: [checkpoint(dict(BOTH), BOTH), checkpoint(wrapped, PREFIXED, true)],
    read: inTorch,
  },
  {
    name: 'pickle',
    corpus: [dict(BOTH), wrapped, protocol4(BOTH)],
    read: (file) => inTorch(checkpoint(file, BOTH)),
  },
  {
    name: 'torch-legacy',
    corpus: [legacyCheckpoint(stateDict(BOTH), BOTH)],
    read: inTorch,
  },
  {
    name: 'init-torch',
    corpus: [checkpoint(dict(LAYERS), LAYERS), legacyCheckpoint(stateDict(LAYERS), LAYERS)],
    read: asStranger('w.pt'),
  },
  {
    name: 'init-safetensors',
    corpus: [safetensorsBytes(layers, { format: 'pt' })],
    read: asStranger('w.safetensors'),
  },
];
