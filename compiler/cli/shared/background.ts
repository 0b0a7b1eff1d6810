// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { JsonValue, parseJson } from '../../core/base/json.ts';
import type { FrontendDefinition } from '../../core/program/frontend-program.ts';
import { readLimited } from '../../host/files/files.ts';
import { Progress } from '../../host/pool/progress.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import { type BackgroundConfig, readBackground } from '../../training/background/config.ts';
import type { Frames } from '../../training/background/frames.ts';
import {
  type BackgroundPlaces,
  type OpenedBackground,
  openBackground,
} from '../../training/background/open.ts';

/** Where a background is, and how it is read. */
export interface BackgroundOptions {
  readonly background: string;
  readonly fileColumn?: string;
  readonly config?: string;
  readonly set?: 'train' | 'validation' | 'test';
  readonly cache?: string;
  readonly rebuildCache?: boolean;
}

const MAX_JSON_BYTES = 1024 * 1024;

/** Opens a background; shows how far its features are, and names on stderr what is left out. */
export async function openBackgroundShown(
  config: BackgroundConfig,
  frontend: FrontendDefinition,
  places: BackgroundPlaces,
): Promise<OpenedBackground> {
  const progress = new Progress('Computing features of the background');
  try {
    const opened = await openBackground(config, frontend, places, (done, total) =>
      progress.update(done, total),
    );
    progress.finish();
    for (const { message } of opened.unusable) process.stderr.write(`egru: ${message}; left out\n`);
    return opened;
  } finally {
    progress.finish();
  }
}

/** The frames of the background, whose features lie in a temporary file unless --cache keeps them. */
export async function withBackground<T>(
  { frontend, microphone }: SoundProgram,
  options: BackgroundOptions,
  use: (frames: Frames) => Promise<T>,
): Promise<T> {
  const config = backgroundConfig(options);
  const folder = options.cache === undefined ? mkdtempSync(join(tmpdir(), 'egru-tune-')) : null;
  let opened: OpenedBackground | null = null;
  try {
    const places = {
      path: options.background,
      cache: options.cache ?? join(folder ?? '', 'features'),
      rebuild: options.rebuildCache === true,
      microphone: microphone ?? null,
      listFile: (file: string) => join(dirname(options.config ?? file), file),
    };
    opened = await openBackgroundShown(config, frontend.definition, places);
    return await use(options.set === undefined ? opened.all : opened[options.set]);
  } finally {
    opened?.all.store.close();
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  }
}

function backgroundConfig({ config, background, fileColumn, set }: BackgroundOptions): BackgroundConfig {
  const flags = { path: background, ...(fileColumn === undefined ? {} : { file: fileColumn }) };
  if (config === undefined) {
    if (set !== undefined) throw new InputError('--set', 'also needs --config, which has the sets');
    return readBackground(new JsonValue('--background', flags, ''));
  }
  const stated = parseJson(config, readLimited(config, MAX_JSON_BYTES)).members().get('background');
  if (stated === undefined) throw new InputError(config, 'has no "background"');
  return readBackground(new JsonValue(config, { ...(stated.value as object), ...flags }, 'background'));
}
