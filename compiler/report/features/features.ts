// SPDX-License-Identifier: Apache-2.0
/** `egru features`: the integer features of clips as NumPy or safetensors files (MODEL.md, "Exchange files"). */
import { InputError } from '../../core/base/errors.ts';
import { frontendDigest } from '../../core/program/digest.ts';
import type { FrontendDefinition, FrontendProgram } from '../../core/program/frontend-program.ts';
import type { Program } from '../../core/program/program.ts';
import { safetensorsHeader } from '../../core/weights/safetensors-header.ts';
import { WholeFile } from '../../host/files/files.ts';
import { littleEndian } from '../../host/files/little-endian.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import type { FeaturesInit } from './features-task.ts';
import { npyHeader } from './npy-header.ts';

export interface FeatureClip {
  readonly file: string;
  /** Index of the true label; null where it is not known. */
  readonly truth: number | null;
}

/** What stands beside the features. */
export interface FeatureMetadata {
  readonly format: 1;
  readonly frontend: FrontendDefinition;
  readonly frontendDigest: string;
  readonly steps: number;
  readonly bins: number;
  readonly clips: readonly { readonly file: string; readonly label: string | null }[];
}

/** Clips whose features are held at once. */
const BATCH = 1024;

/**
 * Writes the features of all clips; afterwards the file, and for NumPy FILE.json, are complete, or none is there.
 * @param output a path that ends in .npy or .safetensors
 * @throws InputError where the model takes no sound, a clip cannot be read or the output cannot be written
 */
export async function writeFeatures(
  program: Pick<Program, 'frontend' | 'readout' | 'labels'>,
  subject: string,
  clips: readonly FeatureClip[],
  output: string,
  onDone: (done: number) => void,
): Promise<FeatureMetadata> {
  const { frontend, readout, labels } = program;
  if (frontend === null) {
    throw new InputError(subject, 'accepts features, not sound: it has no "frontend"', 'model.json');
  }
  const numpy = output.endsWith('.npy');
  if (!numpy && !output.endsWith('.safetensors')) {
    throw new InputError(output, 'must end in .npy or .safetensors');
  }
  const task = siblingModule('features-task', import.meta.url);
  const compute = (from: number) =>
    mapParallel<FeaturesInit, string, Int16Array>(
      task,
      { frontend, readout },
      clips.slice(from, from + BATCH).map(({ file }) => file),
      (done) => onDone(from + done),
    );

  const main = new WholeFile(output);
  const sidecar = numpy ? new WholeFile(`${output}.json`) : null;
  try {
    let batch = await compute(0);
    const length = batch[0]?.length ?? 0;
    const metadata = describe(frontend, labels, length / frontend.bins, clips);
    main.write(numpy ? npyHeader(shape(metadata)) : safetensors(metadata));
    for (let at = 0; at < clips.length; at += BATCH) {
      if (at > 0) batch = await compute(at);
      batch.forEach((features, i) => {
        checkLength(features.length, length, frontend.bins, clips[at + i]?.file ?? '');
        main.write(littleEndian(features));
      });
    }
    if (!numpy) main.write(littleEndian(Int32Array.from(clips, ({ truth }) => truth ?? -1)));
    sidecar?.write(`${JSON.stringify(metadata, null, 1)}\n`);
    main.commit();
    sidecar?.commit();
    return metadata;
  } catch (error) {
    main.discard();
    sidecar?.discard();
    throw error;
  }
}

function describe(
  frontend: FrontendProgram,
  labels: readonly string[],
  steps: number,
  clips: readonly FeatureClip[],
): FeatureMetadata {
  return {
    format: 1,
    frontend: frontend.definition,
    frontendDigest: frontendDigest(frontend.definition),
    steps,
    bins: frontend.bins,
    clips: clips.map(({ file, truth }) => ({ file, label: truth === null ? null : (labels[truth] ?? null) })),
  };
}

function checkLength(length: number, first: number, bins: number, file: string): void {
  if (length === 0) throw new InputError(file, 'is shorter than one frame');
  if (length === first) return;
  const problem = `has ${length / bins} frames, the first clip ${first / bins}`;
  throw new InputError(
    file,
    `${problem}; without a "readout" that fixes the length, write one file per clip`,
  );
}

/** steps x bins for one clip, clips x steps x bins for several. */
function shape({ clips, steps, bins }: FeatureMetadata): number[] {
  return clips.length === 1 ? [steps, bins] : [clips.length, steps, bins];
}

function safetensors(metadata: FeatureMetadata): Uint8Array {
  const { clips } = metadata;
  return safetensorsHeader(
    [
      { name: 'features', dtype: 'I16', shape: shape(metadata) },
      { name: 'labels', dtype: 'I32', shape: [clips.length] },
    ],
    // Values of this map are strings by the format; those that are none are JSON.
    Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
  );
}
