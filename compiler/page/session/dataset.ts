// SPDX-License-Identifier: Apache-2.0
/** Labelled clips as a zip archive in the form that `egru train` takes: a folder per label. */
import { zipSync } from 'fflate';
import { wavBytes } from '../../core/audio/wav/wav-bytes.ts';
import type { Clip } from './messages.ts';

export interface LabelledClip extends Clip {
  readonly label: string;
}

/** Bytes that a label has at most, as for every dataset (docs/DATA.md). */
const MAX_LABEL = 100;

/** Why a text is no label; null: it is one. Labels become folder names. */
export function labelProblem(text: string): string | null {
  if (text === '') return 'Name the label first.';
  if (new TextEncoder().encode(text).length > MAX_LABEL) return `A label has at most ${MAX_LABEL} bytes.`;
  if (/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) || /^[.\s]|[.\s]$/.test(text))
    return 'A label is the name of a folder: no slashes, quotes, colons or control characters.';
  return null;
}

/** A stored (not compressed) archive: clips/LABEL/LABEL-001.wav. */
export function clipsZip(clips: readonly LabelledClip[]): Uint8Array<ArrayBuffer> {
  const files: Record<string, Uint8Array> = {};
  const counts = new Map<string, number>();
  for (const { label, samples, sampleRate } of clips) {
    const number = (counts.get(label) ?? 0) + 1;
    counts.set(label, number);
    files[`clips/${label}/${label}-${String(number).padStart(3, '0')}.wav`] = wavBytes(samples, sampleRate);
  }
  return new Uint8Array(zipSync(files, { level: 0 }));
}
