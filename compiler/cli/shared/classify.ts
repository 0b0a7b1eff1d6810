// SPDX-License-Identifier: Apache-2.0
import { Progress } from '../../host/pool/progress.ts';
import type { Classification } from '../../machines/batch/classification.ts';
import { classifyOn, classifyOnReference } from '../../machines/batch/classify.ts';
import type { ClipInput } from './input.ts';
import type { RunOptions } from './run-options.ts';
import { withMachine } from './target.ts';

/** Runs the clips of a command on its machine, with progress. */
export async function classify(
  { program, files }: ClipInput,
  { on, kernel, trace, digest }: Pick<RunOptions, 'on' | 'kernel' | 'trace' | 'digest'>,
  label: string,
): Promise<Classification[]> {
  const progress = new Progress(label);
  const options = {
    keepLogits: trace === true,
    digest: digest === true,
    onDone: (done: number) => progress.update(done, files.length),
  };
  try {
    return on === 'reference'
      ? await classifyOnReference(program, files, options)
      : await withMachine(on, program, kernel, (machine) => classifyOn(machine, program, files, options));
  } finally {
    progress.finish();
  }
}
