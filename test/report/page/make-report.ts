// SPDX-License-Identifier: Apache-2.0
/** A report whose every name is markup, made once: of spoken digits with their samples and a recording. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { egru, inWork, writeNoise } from '../../cli/egru.ts';

export const HOSTILE = '<img src=x onerror=console.log(1)>';
export const samples = packagePath('models', 'spoken-digits', 'samples');

/** A copy of spoken digits whose name and first label are markup, with words for a background. */
export function hostileModel(): string {
  const model = inWork('model');
  cpSync(packagePath('models', 'spoken-digits'), model, { recursive: true });
  const document = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as { labels: string[] };
  document.labels[0] = HOSTILE;
  // A model with thresholds for two of its labels.
  const keyword = { threshold: 16384, release: 8192 };
  const detect = { scale: 4, window: 31, refractory: 62, keywords: { one: keyword, seven: keyword } };
  writeFileSync(join(model, 'model.json'), JSON.stringify({ ...document, name: HOSTILE, detect }));
  return model;
}

/** Samples in folders named like their labels, one of them with a name that is markup. */
export function clipFolder(): string {
  const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  for (const name of ['1_enus_0', '2_engbscotland_0', '2_enusf2_0', '7_engb_0']) {
    const folder = inWork('clips', words[Number(name[0])] ?? '');
    mkdirSync(folder, { recursive: true });
    cpSync(join(samples, `${name}.wav`), join(folder, `${name[0] === '7' ? HOSTILE : name}.wav`));
  }
  return inWork('clips');
}

/** Noise that no keyword is in. */
export function backgroundFolder(): string {
  mkdirSync(inWork('background'), { recursive: true });
  for (const i of [1, 2]) writeNoise(join('background', `noise-${i}.wav`), i, 3);
  return inWork('background');
}

/** The page of these arguments. */
export async function reportOf(name: string, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await egru(['report', ...args, '-o', inWork(name)]);
  if (code !== 0) throw new Error(stderr);
  return readFileSync(inWork(name), 'utf8');
}
