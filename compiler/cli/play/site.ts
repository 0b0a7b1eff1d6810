// SPDX-License-Identifier: Apache-2.0
/**
 * The files of the page by their names on it: the page itself, models, samples, firmware. There is nothing else to be
 * asked for, and no name in a request is ever a path on the disk.
 */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { defaultBoard } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { MAX_TUNING_BYTES } from '../../core/program/tuning.ts';
import { findClips } from '../../host/audio/clips.ts';
import { guard, readLimited } from '../../host/files/files.ts';
import { packagePath } from '../../host/files/paths.ts';
import { loadModelHead } from '../../host/load/load.ts';
import { weightsBytes } from '../../host/load/weights.ts';
import { readBoardImage } from '../../machines/image/board-image.ts';
import { findToolchain } from '../../machines/toolchain/arm.ts';
import type { PlayDocument, PlayFile, PlayModel } from '../../page/session/play-json.ts';
import { MAX_IMAGE_BYTES, openImage } from '../shared/firmware-input.ts';
import { openModel, ownSamples } from '../shared/input.ts';

export interface SiteFile {
  readonly type: string;
  readonly bytes: () => Uint8Array | Promise<Uint8Array>;
}

export interface Site {
  /** By path on the page, "models/0/model.json". */
  readonly files: ReadonlyMap<string, SiteFile>;
  readonly document: PlayDocument;
}

export interface SiteOptions {
  /** Recordings and folders that are offered as samples; undefined: those in the model's own folder. */
  readonly samples?: readonly string[];
  /** Firmware for the emulated board; undefined: it is built of the first model. */
  readonly firmware?: string;
}

const MAX_MODEL_JSON = 1 << 20;
const MAX_PROGRAM = 32 << 20;
/** Of one sample, and of samples in all. */
const MAX_SAMPLE = 64 << 20;
const MAX_SAMPLES = 24;
const SAMPLE_TYPES = /\.(?:wave?|flac|og[ag])$/i;

const PAGE: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'app.js': 'text/javascript; charset=utf-8',
  'compute.js': 'text/javascript; charset=utf-8',
  'board.js': 'text/javascript; charset=utf-8',
  'cost.js': 'text/javascript; charset=utf-8',
  'capture.js': 'text/javascript; charset=utf-8',
};
const JSON_TYPE = 'application/json';
const BYTES = 'application/octet-stream';

/**
 * Checks everything that can be checked before the page is opened.
 * @param token what permits the page to write; null: nothing does
 * @throws InputError about a model, a sample or an image that cannot be used
 */
export function openSite(models: readonly string[], options: SiteOptions, token: string | null): Site {
  const files = new Map<string, SiteFile>();
  for (const [name, type] of Object.entries(PAGE)) {
    const path = packagePath('build', 'dist', 'page', 'static', name);
    files.set(name, { type, bytes: () => readLimited(path, 4 << 20) });
  }
  const document: PlayDocument = {
    models: models.map((model, i) => addModel(files, model, i)),
    samples: addSamples(files, samplePaths(models, options.samples)),
    ...addFirmware(files, models[0] ?? '', options.firmware),
    token,
  };
  const text = new TextEncoder().encode(JSON.stringify(document));
  files.set('play.json', { type: JSON_TYPE, bytes: () => text });
  return { files, document };
}

function addModel(files: Map<string, SiteFile>, path: string, index: number): PlayModel {
  const { program } = openModel(path);
  if (program.frontend === null) {
    throw new InputError(path, 'accepts features, not sound: it has no "frontend"');
  }
  const place = `models/${index}`;
  const { name } = program;
  if (!isFolder(path)) {
    const file = `${place}/program.json`;
    files.set(file, { type: JSON_TYPE, bytes: () => readLimited(path, MAX_PROGRAM) });
    return { name, program: file };
  }
  const weights = loadModelHead(path).weights;
  // Kinds of weights are known by the ends of their names.
  const kind = /\.[a-z0-9]+$/i.exec(weights)?.[0] ?? '';
  const [json, bytes] = [`${place}/model.json`, `${place}/weights${kind}`];
  files.set(json, { type: JSON_TYPE, bytes: () => readLimited(join(path, 'model.json'), MAX_MODEL_JSON) });
  files.set(bytes, { type: BYTES, bytes: () => weightsBytes(path, weights) });
  const curves = join(path, 'tuning.json');
  if (!existsSync(curves)) return { name, json, weights: bytes };
  const tuning = `${place}/tuning.json`;
  files.set(tuning, { type: JSON_TYPE, bytes: () => readLimited(curves, MAX_TUNING_BYTES) });
  return { name, json, weights: bytes, tuning };
}

function isFolder(path: string): boolean {
  return guard(path, () => statSync(path)).isDirectory();
}

function samplePaths(models: readonly string[], given: readonly string[] | undefined): readonly string[] {
  if (given !== undefined) return findClips(given);
  const own = models.flatMap(ownSamples);
  return own.length === 0 ? [] : findClips(own);
}

function addSamples(files: Map<string, SiteFile>, paths: readonly string[]): PlayFile[] {
  return paths
    .filter((path) => SAMPLE_TYPES.test(path))
    .slice(0, MAX_SAMPLES)
    .map((path, i) => {
      const file = `samples/${i}${/\.[a-z]+$/i.exec(path)?.[0].toLowerCase() ?? ''}`;
      files.set(file, { type: BYTES, bytes: () => readLimited(path, MAX_SAMPLE) });
      return { name: basename(path).replace(SAMPLE_TYPES, ''), path: file };
    });
}

type Firmware = Pick<PlayDocument, 'firmware' | 'firmwareProblem'>;

/** Built when it is asked for the first time: that takes seconds. */
function addFirmware(files: Map<string, SiteFile>, model: string, given: string | undefined): Firmware {
  if (given !== undefined) {
    const file = readLimited(given, MAX_IMAGE_BYTES);
    readBoardImage(file, given);
    files.set('firmware', { type: BYTES, bytes: () => file });
    return { firmware: { name: basename(given), path: 'firmware' }, firmwareProblem: null };
  }
  try {
    findToolchain();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { firmware: null, firmwareProblem: `${error.message}.` };
  }
  let built: Promise<Uint8Array> | null = null;
  const bytes = () => {
    built ??= openImage(model, defaultBoard, {}).then(({ image }) => image.bytes);
    return built;
  };
  files.set('firmware', { type: BYTES, bytes });
  return { firmware: { name: 'firmware.bin', path: 'firmware' }, firmwareProblem: null };
}
