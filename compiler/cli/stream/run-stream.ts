// SPDX-License-Identifier: Apache-2.0
/** egru run --stream: the keywords in recordings, each played from its start. */
import { heardRate, hearingOf } from '../../host/audio/heard.ts';
import { Progress } from '../../host/pool/progress.ts';
import { listenOn, listenOnReference } from '../../machines/batch/listen.ts';
import type { Listened } from '../../machines/batch/listened.ts';
import { openStreams, type StreamInput } from '../shared/input.ts';
import { count, digestLines, grouped, print, printJson, table } from '../shared/output.ts';
import type { RunOptions } from '../shared/run-options.ts';
import { withMachine } from '../shared/target.ts';

export async function runStream(model: string, audio: readonly string[], options: RunOptions): Promise<void> {
  const input = openStreams(model, audio, options);
  const { labels } = input.program;
  const results = await listen(input, options);
  const events = results.flatMap(({ events: detected }, i) =>
    detected.map(({ label, sample, score }) => ({
      ...{ file: input.files[i] ?? '', label: labels[label] ?? '' },
      ...{ sample, score },
    })),
  );
  const digests = results.map(({ digest }, i) => ({
    file: input.files[i] ?? '',
    ...(digest === null ? {} : { digest }),
  }));
  if (options.json) return printJson(options.digest ? { events, digests } : { events });
  const rate = heardRate(hearingOf(input.program));
  const columns = [
    { title: 'recording', shrinks: true },
    { title: 'seconds', align: 'right' },
    { title: 'keyword' },
    { title: 'score', align: 'right' },
  ] as const;
  const rows = events.map(({ file, label, sample, score }) => [
    file,
    ((sample + 1) / rate).toFixed(2),
    label,
    grouped(score),
  ]);
  if (rows.length > 0) print(...table(columns, rows), '');
  print(`${count(events.length, 'keyword')} in ${count(input.files.length, 'recording')}`);
  if (!input.stated) print(defaultNote(input));
  print(...digestLines(digests));
}

async function listen(
  { program, files }: StreamInput,
  { on, kernel, digest }: Pick<RunOptions, 'on' | 'kernel' | 'digest'>,
): Promise<Listened[]> {
  const progress = new Progress('Listening');
  const options = {
    digest: digest === true,
    onDone: (done: number) => progress.update(done, files.length),
  };
  try {
    return on === 'reference'
      ? await listenOnReference(program, files, options)
      : await withMachine(on, program, kernel, (machine) => listenOn(machine, program, files, options));
  } finally {
    progress.finish();
  }
}

/** The note for a model.json without "detect". */
export function defaultNote({ program }: StreamInput): string {
  const [keyword] = program.detect.keywords;
  return `no "detect" in model.json: every label is a keyword, threshold ${grouped(keyword?.threshold ?? 0)}`;
}
