// SPDX-License-Identifier: Apache-2.0
/** Messages, help and documents use the terms of the field (docs/GLOSSARY.md): programs report, and predict labels. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { stringsOf } from './source.ts';

/** Each with what to write instead. */
const FORBIDDEN: readonly (readonly [words: RegExp, instead: string])[] = [
  [/\b(?:hears?|heard|hearing)\b/i, 'predicted, detected; computes'],
  [/\b(?:says?|said|tells?|told)\b/i, 'reports, prints, contains, requires'],
  [/\b(?:decoys?)\b/i, 'hard negatives'],
  [/\b(?:judges?|judged|judging)\b/i, 'evaluates, classifies'],
  [/\bfront[ -]ends?\b/i, 'feature extractor'],
  [/\b(?:anew|nobody|whoever|so many)\b/i, 'again, no one, a person who, this many'],
  [/(?<!\bthere )\b(?:is|are) no (?!longer\b|more\b|less\b)/i, 'is not a'],
  [/\b(?:goes|go|going) on\b/i, 'continues'],
  [/\bstands? (?:there )?twice\b/i, 'is listed twice'],
  [/\bwith levels\b|\blevels in the loop\b/i, 'quantization-aware'],
  [/\btakes (?:none|features)\b|\b(?:a|each|every) take\b|\btakes of\b/i, 'accepts; recording'],
];

/** A file and a part of its sentence: names that are a contract, and people, who do say things. */
const ALLOWED: readonly (readonly [file: string, text: string])[] = [
  ['docs/GLOSSARY.md', 'audio front end'],
  ['docs/GLOSSARY.md', 'decoys'],
  // The name of a program.
  ['docs/DATA.md', '`say`'],
  ['compiler/training/speech/engines/engine.ts', 'say'],
  ['compiler/training/speech/engines/programs.ts', 'say'],
  ['docs/TRAINING.md', '`decoys` is an older name of this key'],
  ['docs/NUMERICS.md', 'Feature extractor (front end)'],
  ['compiler/training/train/config.ts', 'decoys'],
  ['compiler/codegen/emit/frontend-view.ts', 'Front end'],
  ['compiler/codegen/kernels/unrolled/generic-c.ts', 'this type tells the compiler'],
];

const files = (root: string, ending: string) =>
  readdirSync(packagePath(root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${root}/${name}`);
const read = (path: string) => readFileSync(packagePath(path), 'utf8');

const documents = ['README.md', 'CONTRIBUTING.md', ...files('docs', '.md'), ...files('models', '.md')];
const sources = files('compiler', '.ts');

function offences(path: string, texts: readonly string[]): string[] {
  const own = ALLOWED.filter(([file]) => file === path).map(([, text]) => text);
  return texts
    .map((text) => own.reduce((rest, allowed) => rest.replaceAll(allowed, ''), text))
    .flatMap((text) =>
      FORBIDDEN.flatMap(([words, instead]) => {
        const found = words.exec(text);
        if (found === null) return [];
        const around = text.slice(Math.max(0, found.index - 30), found.index + 40).replace(/\s+/g, ' ');
        return [`${path}: "${around}" (instead: ${instead})`];
      }),
    );
}

describe('the words of', () => {
  it.each(documents)('%s', (path) => {
    const paragraphs = read(path).split(/\n\s*\n|\n(?=\s*[|-])/);
    expect(offences(path, paragraphs)).toEqual([]);
  });

  it('messages and help', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(
      sources.flatMap((path) =>
        offences(
          path,
          stringsOf(read(path)).filter((text) => !text.endsWith('.ts')),
        ),
      ),
    ).toEqual([]);
  });
});

it('a sentence of the dialect is found, an exception is not', () => {
  expect(offences('x.md', ['the firmware says no', 'it is no longer here'])).toHaveLength(1);
  expect(
    offences('x.ts', stringsOf("const a = 'is no array'; // it says so\nconst b = `as heard`;")),
  ).toHaveLength(2);
  expect(offences('compiler/training/train/config.ts', ['decoys'])).toEqual([]);
});

it('every exception is needed', () => {
  expect(ALLOWED.filter(([file, text]) => !read(file).includes(text))).toEqual([]);
});
