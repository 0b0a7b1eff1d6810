// SPDX-License-Identifier: Apache-2.0
/** What the templates of exported libraries show. */
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import { alignedRows } from '../text/c-array.ts';
import { cComment } from '../text/c-text.ts';
import { namesOf } from '../text/names.ts';
import { EXPORT_KINDS, type ExportKind } from './kinds.ts';
import { type ExportModel, words } from './model.ts';

/** Sample rate behind the decimator of the listening examples, in Hz; the nominal one. */
const MICROPHONE_RATE = 8000;

/** How a library presents itself. */
export interface LibraryFacts {
  /** Letters, digits and single hyphens. */
  readonly name: string;
  /** Major.minor.patch. */
  readonly version: string;
  /** "Name" or "Name <address>". */
  readonly author: string;
  readonly url: string;
}

export interface ModelView {
  readonly prefix: string;
  readonly macro: string;
  /** The variable that is the model. */
  readonly model: string;
  readonly detect: string;
  readonly header: string;
  /** Title and labels, fit for comments and for lines of text. */
  readonly title: string;
  readonly labels: string;
  /** Whether the example with a buffer knows what has to come out. */
  readonly clips: boolean;
  readonly expectedLabel: number;
  /** Rows of C, the scores that the reference has. */
  readonly expectedRows: readonly string[];
  /** Whether it listens to a stream at the rate of the microphones. */
  readonly listens: boolean;
}

export interface ExportView extends LibraryFacts {
  readonly as: string;
  readonly egru: string;
  readonly command: string;
  /** A line about what the library does. */
  readonly sentence: string;
  /** SPDX expression of the whole. */
  readonly license: string;
  /** Name of the target in CMake, and of the symbol in Kconfig. */
  readonly target: string;
  readonly symbol: string;
  readonly models: readonly ModelView[];
  readonly first: ModelView;
  readonly several: boolean;
  /** Models that classify clips of sound: what the example with a buffer takes. */
  readonly classifiers: readonly ModelView[];
  /** The one that the listening examples take; null: none listens. */
  readonly listener: ModelView | null;
  /** C files, and assembly, in the order of their names. */
  readonly sources: readonly string[];
  readonly assembly: readonly string[];
  /** Headers for applications, joined by commas. */
  readonly headers: string;
}

/** @param paths of the library's C, assembly and headers */
export function exportView(
  models: readonly ExportModel[],
  facts: LibraryFacts,
  shown: { kind: ExportKind; version: string; command: string; paths: readonly string[] },
): ExportView {
  const views = models.map(modelView);
  const [first] = views;
  if (first === undefined) throw new Error('a library without a model');
  const licenses = [...new Set(models.flatMap(({ license }) => (license === null ? [] : [license])))];
  const sorted = [...shown.paths].sort();
  return {
    ...{ ...facts, author: oneLine(facts.author), url: oneLine(facts.url) },
    as: EXPORT_KINDS[shown.kind],
    egru: shown.version,
    command: cComment(shown.command),
    sentence: oneLine(views.map(({ title, labels }) => `${title} (${labels})`).join('; ')).slice(0, 200),
    license: ['Apache-2.0', ...licenses.map((text) => (/ /.test(text) ? `(${text})` : text))].join(' AND '),
    target: words(facts.name, '_').toLowerCase(),
    symbol: words(facts.name, '_').toUpperCase(),
    models: views,
    first,
    several: views.length > 1,
    classifiers: views.filter(({ clips }) => clips),
    listener: views.find(({ listens }) => listens) ?? null,
    sources: sorted.filter((path) => path.endsWith('.c')),
    assembly: sorted.filter((path) => path.endsWith('.S')),
    headers: views.map(({ header }) => header).join(','),
  };
}

function modelView({ program, prefix, expected }: ExportModel): ModelView {
  const names = namesOf(prefix);
  const { frontend, detect, labels } = program;
  return {
    ...{ prefix, macro: names.macro, model: names.model, detect: names.detect, header: `${prefix}.h` },
    title: cComment(program.name),
    labels: cComment(labels.join(', ')),
    clips: expected !== null,
    expectedLabel: expected?.label ?? 0,
    expectedRows: expected === null ? [] : alignedRows(Array.from(expected.scores, String)),
    listens: detect !== undefined && atMicrophoneRate(frontend),
  };
}

export function atMicrophoneRate(frontend: FrontendProgram | null): boolean {
  return frontend?.sampleRate === MICROPHONE_RATE;
}

/** Manifests are read line by line. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]+/gu, ' ').trim();
}
