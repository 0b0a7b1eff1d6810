// SPDX-License-Identifier: Apache-2.0
/** A folder of words with a folder of background is trained for streams, without a configuration. */
import { readdirSync, statSync } from 'node:fs';
import { InputError } from '../../core/base/errors.ts';
import { JsonValue, quote } from '../../core/base/json.ts';
import { nearest } from '../../core/base/nearest.ts';
import { guard } from '../../host/files/files.ts';
import { packagePath } from '../../host/files/paths.ts';
import { backgroundAmong } from '../../training/background/label.ts';
import { STREAM_BACKGROUND, STREAM_LABELS, STREAM_RECIPE } from '../../training/train/background/recipe.ts';

/** What of a configuration makes another network than that of the recipe. */
const NETWORK = ['cell', 'recurrent', 'dense', 'frontend', 'events'];

/**
 * @param label that --background names
 * @returns the document with what is missing in it; itself where it states labels, or nothing is called background
 * @throws InputError where the label is none of the folders, or the configuration states another way
 */
export function withStreamDefaults(path: string, document: JsonValue, label: string | undefined): JsonValue {
  const members = document.members();
  if (members.has('labels') || members.has('background')) {
    if (label === undefined) return document;
    throw new InputError(
      '--background',
      'stands for "labels" and "background", which the configuration states',
    );
  }
  const folders = foldersIn(path);
  if (label !== undefined && !folders.includes(label)) {
    const close = nearest(label, folders);
    const offer = close === null ? '' : `; the nearest one is ${quote(close)}`;
    throw new InputError('--background', `${quote(label)} is not a folder of the dataset${offer}`);
  }
  const name = label ?? backgroundAmong(folders);
  if (name === null) return document;
  const stated = Object.fromEntries([...members].map(([key, { value }]) => [key, value]));
  const own = {
    labels: { background: name, ...STREAM_LABELS },
    background: { path: name, ...STREAM_BACKGROUND },
  };
  return new JsonValue(document.file, { ...STREAM_RECIPE, ...startFor(stated), ...stated, ...own }, '');
}

/** The network of the recipe starts from what has learnt to hear words; another one finds nothing of its size there. */
function startFor(stated: Readonly<Record<string, unknown>>): { start?: string } {
  return NETWORK.some((key) => key in stated) ? {} : { start: packagePath('models', 'digits') };
}

function foldersIn(path: string): string[] {
  if (!guard(path, () => statSync(path)).isDirectory()) return [];
  return guard(path, () => readdirSync(path, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}
