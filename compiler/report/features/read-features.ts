// SPDX-License-Identifier: Apache-2.0
/** Reads what `egru features` writes (features.ts). */
import { InputError } from '../../core/base/errors.ts';
import { JsonValue, parseJson } from '../../core/base/json.ts';
import { parseNpy } from '../../core/weights/npz.ts';
import { readSafetensors } from '../../core/weights/safetensors.ts';
import { readLimited } from '../../host/files/files.ts';

export interface StoredFeatures {
  /** As stored, unchecked. */
  readonly frontend: unknown;
  readonly frontendDigest: string;
  readonly steps: number;
  readonly bins: number;
  readonly clips: readonly { readonly file: string; readonly label: string | null }[];
  /** clips x steps x bins */
  readonly values: Int16Array;
}

const MAX_BYTES = 2 ** 31 - 1;
const MAX_CLIPS = 1_000_000;
const MAX_SIDE = 65_535;

export function isFeaturesFile(path: string): boolean {
  return /\.(npy|safetensors)$/.test(path);
}

/** @throws InputError where the file, or FILE.json beside a NumPy array, is not what `egru features` writes */
export function readFeatures(path: string): StoredFeatures {
  const bytes = readLimited(path, MAX_BYTES);
  const fail = (problem: string): never => {
    throw new InputError(path, problem);
  };
  if (path.endsWith('.npy')) {
    const { descr, fortran, shape, data } = parseNpy(bytes, fail);
    if (descr !== '<i2' || fortran) fail(`holds ${descr}; features are int16 ("<i2") in C order`);
    const sidecar = `${path}.json`;
    return read(path, parseJson(sidecar, readLimited(sidecar, MAX_BYTES)), shape, data);
  }
  const { tensors, metadata } = readSafetensors(path, bytes);
  const features = tensors.get('features');
  if (features?.format !== 'int16' || features.raw === undefined)
    return fail('holds no int16 tensor "features"');
  // Values of safetensors metadata are texts: the digest is one, everything else is JSON.
  const members = [...metadata].map(([key, text]) => [
    key,
    key === 'frontendDigest' ? text : parseJson(path, text).value,
  ]);
  return read(path, new JsonValue(path, Object.fromEntries(members), ''), features.shape, features.raw);
}

function read(path: string, document: JsonValue, shape: readonly number[], data: Uint8Array): StoredFeatures {
  const top = document.object(['format', 'frontend', 'frontendDigest', 'steps', 'bins', 'clips']);
  top.get('format').integer(1, 1);
  const steps = top.get('steps').integer(1, MAX_SIDE);
  const bins = top.get('bins').integer(1, MAX_SIDE);
  const clips = top.get('clips').array(1, MAX_CLIPS);
  const sides = clips.length === 1 && shape.length === 2 ? [1, ...shape] : shape;
  const size = clips.length * steps * bins;
  if (sides.join() !== [clips.length, steps, bins].join() || data.length !== 2 * size) {
    const problem = `holds ${data.length} bytes of shape [${shape.join(', ')}] for ${clips.length} clips x ${steps} steps x ${bins} bins`;
    throw new InputError(path, problem);
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    frontend: top.get('frontend').value,
    frontendDigest: top.get('frontendDigest').text(),
    steps,
    bins,
    clips: clips.map((item) => {
      const clip = item.object(['file', 'label']);
      return { file: clip.get('file').text(), label: clip.optional('label')?.text() ?? null };
    }),
    values: Int16Array.from({ length: size }, (_, i) => view.getInt16(2 * i, true)),
  };
}
