// SPDX-License-Identifier: Apache-2.0
/** The C of a library: generated files of every model, and what all of them need of the runtime, side by side. */

import type { Assets } from '../emit/assets.ts';
import { emit } from '../emit/emit.ts';
import { runtimeFiles } from '../emit/project.ts';
import type { EmittedFile } from '../kernels/kernel.ts';
import type { ExportModel } from './model.ts';

/** What the decimator behind an I2S or PDM library consists of: 16 kHz to 8 kHz, without the constant part. */
const MICROPHONE = [
  'egru_mic.h',
  'egru_mic_filters.h',
  'egru_mic_half.c',
  'egru_mic_half_m0.S',
  'egru_mic_i2s.c',
  'egru_mic_m0.h',
  'egru_mic_tables.c',
  'egru_frontend_m0.h', // macros that egru_mic_m0.h shares
  'egru_target.h',
];

export interface Sources {
  readonly generated: readonly EmittedFile[];
  readonly runtime: readonly EmittedFile[];
}

/**
 * @param command of the banner, see EmitOptions
 * @param microphone whether the examples listen
 * @throws InputError as emit does
 */
export function librarySources(
  models: readonly ExportModel[],
  { assets, command, microphone }: { assets: Assets; command: string; microphone: boolean },
): Sources {
  const generated = models.flatMap(({ program, kernel, prefix, license }) =>
    emit(program, { kernel, command, assets, prefix, license }),
  );
  const names = new Set([
    ...models.flatMap(({ program, kernel }) => runtimeFiles(assets, program, kernel)),
    ...(microphone ? MICROPHONE : []),
  ]);
  const runtime = [...names].sort().map((path) => ({ path, text: assets.runtime.get(path) ?? '' }));
  return { generated, runtime };
}
