// SPDX-License-Identifier: Apache-2.0
/** A folder of synthetic recordings: keywords, hard negatives, and the table that names all of them. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { guard, makeFolder } from '../../host/files/files.ts';
import { writeWholeFolder } from '../../host/files/whole-folder.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import { SYNTHETIC, syntheticTable } from '../data/synthetic.ts';
import type { EngineName } from './engines/engine.ts';
import { findEngines } from './engines/find.ts';
import { Lexicon } from './lexicon.ts';
import { type Phrase, readPhrase } from './phrase.ts';
import { type Planned, planSpeech } from './plan.ts';
import type { SpeakInit, Spoken } from './speak-task.ts';

export interface SpeakRules {
  readonly texts: readonly string[];
  /** Recordings of each text, and of what is none of them in all. */
  readonly count: number;
  readonly negatives: number;
  /** Folder of what is no keyword. */
  readonly background: string;
  readonly seed: number;
  /** Empty: all that are installed. */
  readonly engines: readonly EngineName[];
  /** Seconds that a program may take for one recording. */
  readonly limit: number;
  readonly piperVoice: string | undefined;
}

export interface SpeakResult {
  readonly labels: readonly { readonly label: string; readonly recordings: number }[];
  readonly engines: readonly {
    readonly name: EngineName;
    readonly voices: number;
    readonly recordings: number;
  }[];
  /** Of words, without pauses. */
  readonly seconds: number;
}

/** @throws InputError for texts that cannot be spoken, synthesizers that are missing, fail or take too long */
export async function speak(
  target: string,
  rules: SpeakRules,
  onDone: (done: number, total: number) => void = () => {},
): Promise<SpeakResult> {
  const phrases = distinct(rules.texts.map(readPhrase), rules.background);
  const engines = findEngines(rules.engines, rules.piperVoice);
  return writeWholeFolder(target, async (folder) => {
    const lexicon = rules.negatives > 0 ? await Lexicon.load() : null;
    const voices = engines.map((engine) => engine.voices);
    const plan = planSpeech(phrases, voices, lexicon, rules);
    for (const each of new Set(plan.map(({ file }) => dirname(file)))) makeFolder(join(folder, each));
    const task = siblingModule('speak-task', import.meta.url);
    const init = { folder, limit: rules.limit, piperVoice: rules.piperVoice };
    const spoken = await mapParallel<SpeakInit, Planned, Spoken>(task, init, plan, (done) =>
      onDone(done, plan.length),
    );
    const table = join(folder, SYNTHETIC);
    guard(table, () =>
      writeFileSync(table, syntheticTable(plan.map((each, i) => row(each, spoken[i], rules)))),
    );
    const recordings = (test: (each: Planned) => boolean) => plan.filter(test).length;
    return {
      labels: [...new Set(plan.map(({ label }) => label))].map((label) => ({
        label,
        recordings: recordings((each) => each.label === label),
      })),
      engines: engines.map(({ name, voices: own }) => ({
        name,
        voices: own.length,
        recordings: recordings((each) => each.utterance.voice.engine === name),
      })),
      seconds: spoken.reduce((sum, { start, end }) => sum + end - start, 0),
    };
  });
}

function distinct(phrases: readonly Phrase[], background: string): readonly Phrase[] {
  const labels = phrases.map(({ label }) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new InputError(twice, 'is listed twice');
  if (labels.includes(background)) {
    throw new InputError(
      background,
      'is the folder of what is not a keyword; choose another with --background',
    );
  }
  return phrases;
}

function row(
  { file, label, kind, utterance, shape, rate, pitch }: Planned,
  spoken: Spoken | undefined,
  { seed }: SpeakRules,
) {
  const { voice, text } = utterance;
  return {
    file,
    label,
    start: spoken?.start ?? 0,
    end: spoken?.end ?? 0,
    kind,
    text,
    engine: voice.engine,
    voice: voice.name,
    seed,
    rate,
    pitch,
    ...shape,
  };
}
