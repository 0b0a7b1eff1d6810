// SPDX-License-Identifier: Apache-2.0
/** egru run --stream: the keywords in recordings, each played from its start. */

import { heardRate, hearingOf } from '../../host/audio/heard.ts';
import { Progress } from '../../host/pool/progress.ts';
import { listenOn, listenOnReference } from '../../machines/batch/listen.ts';
import type { Listened } from '../../machines/batch/listened.ts';
import { countColumn, grouped, numberColumn, textColumn } from '../../report/table/table.ts';
import { openStreams, type StreamInput } from '../shared/input.ts';
import { count, digestLines, print, printJson } from '../shared/output.ts';
import type { RunOptions } from '../shared/run-options.ts';
import { withMachine } from '../shared/target.ts';
import { tableLines } from '../terminal/table.ts';

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
    textColumn('recording', { shrinks: true }),
    numberColumn('seconds', 2),
    textColumn('keyword'),
    countColumn('score'),
  ];
  const rows = events.map(({ file, label, sample, score }) => [file, (sample + 1) / rate, label, score]);
  if (rows.length > 0) print(...tableLines({ columns, rows }), '');
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
