// SPDX-License-Identifier: Apache-2.0
/**
 * PyTorch checkpoints: a zip since 1.6, in which NAME/data.pkl holds the structure and NAME/data/KEY the bytes of each
 * storage; before, pickles one after another (torch-legacy.ts). A TorchScript archive is such a zip, too, whose programs
 * are left alone.
 */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { readPickle } from './pickle.ts';
import { findState } from './state-dict.ts';
import { bytesOf, gather, type StoredTensor, type WeightsFile } from './tensors.ts';
import { isLegacyTorch, readLegacyTorch } from './torch-legacy.ts';
import { MAX_PICKLE_BYTES, type TensorView, torchRules } from './torch-values.ts';
import { Zip } from './zip.ts';

export function readTorch(file: string, bytes: Uint8Array): WeightsFile {
  if (isLegacyTorch(bytes)) return readLegacyTorch(file, bytes);
  const zip = new Zip(file, bytes);
  const prefix = findPrefix(file, zip);
  const entry = `${prefix}data.pkl`;
  if (zip.size(entry) > MAX_PICKLE_BYTES) {
    throw new InputError(
      file,
      `a pickle of over ${MAX_PICKLE_BYTES} bytes is not read`,
      `entry ${quote(entry)}`,
    );
  }
  const { tensors, ...found } = findState(file, readPickle(file, 'data.pkl', zip.read(entry), torchRules));
  const names = [...tensors].map(([name, view]) => [name, stored(file, zip, prefix, name, view)] as const);
  return { tensors: new Map(names), ...found };
}

function findPrefix(file: string, zip: Zip): string {
  const pickles = zip.names.filter((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  const prefix = pickles[0]?.slice(0, -'data.pkl'.length);
  if (prefix === undefined)
    throw new InputError(file, 'is a zip archive, but not a PyTorch checkpoint: it has no data.pkl');
  if (pickles.length > 1)
    throw new InputError(file, 'holds several checkpoints', pickles.slice(0, 2).map(quote).join(', '));
  if (
    zip.has(`${prefix}byteorder`) &&
    new TextDecoder().decode(zip.read(`${prefix}byteorder`)) !== 'little'
  ) {
    throw new InputError(file, 'was written by a big-endian machine, which is not read');
  }
  return prefix;
}

function stored(file: string, zip: Zip, prefix: string, name: string, tensor: TensorView): StoredTensor {
  const { storage, shape } = tensor;
  const values = (): Float64Array => {
    const bytes = zip.read(`${prefix}data/${storage.key}`);
    const width = bytesOf(storage.format);
    if (width !== undefined && bytes.length !== storage.count * width) {
      const problem = `tensor ${quote(name)} has a storage of ${bytes.length} bytes instead of ${storage.count} ${storage.format}`;
      throw new InputError(file, problem, `entry ${quote(`${prefix}data/${storage.key}`)}`);
    }
    return gather(file, name, bytes, storage.format, tensor);
  };
  return { shape, format: storage.format, values };
}
