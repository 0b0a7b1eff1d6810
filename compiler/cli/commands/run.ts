// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { isKeyword } from '../../machines/batch/speech.ts';
import { countColumn, grouped, percent, textColumn } from '../../report/table/table.ts';
import { classify } from '../shared/classify.ts';
import {
  filterOption,
  jsonOption,
  kernelOption,
  limitOption,
  machineOption,
  newCommand,
  patternOption,
  streamOption,
  strictOption,
} from '../shared/command.ts';
import { hearThroughOption, microphoneOption } from '../shared/hearing.ts';
import { openClips } from '../shared/input.ts';
import { count, digestLines, print, printJson } from '../shared/output.ts';
import type { RunOptions } from '../shared/run-options.ts';
import { runStream } from '../stream/run-stream.ts';
import { outputWidth, tableLines } from '../terminal/table.ts';

export function runCommand(): Command {
  return newCommand('run', 'Classify WAV files, or all WAV files of folders.', [
    {
      command: 'egru run models/spoken-digits seven.wav',
      does: 'the label that the reference predicts for a clip',
    },
    {
      command: 'egru run models/spoken-digits clips/ --on chip --json',
      does: 'a folder on the emulated chip',
    },
    { command: 'egru run my-model evening.wav --stream', does: 'the keywords in a long recording' },
    {
      command: 'egru run my-model evening.wav --stream --board feather_m0 --mic i2s',
      does: 'as this board captures it: the events of "egru emulate --mic"',
    },
  ])
    .argument('<model>', 'model folder or program.json')
    .argument('<audio...>', 'WAV files and folders')
    .addOption(machineOption())
    .addOption(kernelOption())
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(patternOption())
    .option('--trace', 'also the logits of every step')
    .addOption(hearThroughOption())
    .addOption(microphoneOption())
    .option('--digest', 'also the SHA-256 of every integer that was computed, file by file')
    .addOption(streamOption())
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(model: string, audio: readonly string[], options: RunOptions): Promise<void> {
  if (options.stream === true) return runStream(model, audio, options);
  const input = openClips(model, audio, options);
  const results = await classify(input, options, 'Listening');
  const { labels } = input.program;
  const clips = results.map(({ label, speech, scores, logits, digest }, i) => {
    const file = input.files[i] ?? '';
    const truth = input.truth(file);
    return {
      file,
      label: speech || !isKeyword(input.program, label) ? (labels[label] ?? '') : null,
      speech,
      truth: truth === null ? null : (labels[truth] ?? ''),
      scores,
      ...(logits === null ? {} : { logits }),
      ...(digest === null ? {} : { digest }),
    };
  });
  if (options.json) printJson({ clips });
  else show(clips);
}

interface ShownClip {
  readonly file: string;
  /** null: there is no speech in it. */
  readonly label: string | null;
  readonly truth: string | null;
  readonly scores: readonly number[];
  readonly logits?: readonly (readonly number[])[];
  readonly digest?: string;
}

function show(clips: readonly ShownClip[]): void {
  const rows = clips.map(({ file, label, truth, scores }) => {
    const [first = 0, second] = [...scores].sort((a, b) => b - a);
    const lead = second === undefined ? '' : first - second;
    const verdict = truth === null || truth === label ? '' : 'wrong';
    return [file, truth, label ?? 'no speech', first, lead, { value: verdict, tone: 'bad' as const }];
  });
  print(
    ...tableLines({
      columns: [
        textColumn('clip', { shrinks: true }),
        textColumn('label'),
        textColumn('predicted'),
        countColumn('score'),
        countColumn('margin'),
        textColumn(''),
      ],
      rows,
    }),
  );
  const known = clips.filter(({ truth }) => truth !== null);
  const right = known.filter(({ truth, label }) => truth === label).length;
  if (known.length > 0) {
    print('', `${grouped(right)} of ${count(known.length, 'clip')} right (${percent(right / known.length)})`);
  }
  print(...digestLines(clips));
  for (const { file, logits } of clips) {
    if (logits === undefined) continue;
    const columns = [countColumn('step'), textColumn(`logits: ${file}`)];
    print('', ...tableLines({ columns, rows: [] }).slice(0, 1));
    const width = Math.max(...logits.flat().map((value) => String(value).length)) + 1;
    for (const [step, values] of logits.entries())
      print(...wrap(`${String(step).padStart(4)} `, values, width));
  }
}

/** Numbers after a head, in columns, on as many lines as they need. */
function wrap(head: string, values: readonly number[], width: number): string[] {
  const perLine = Math.max(1, Math.floor((outputWidth() - head.length) / width));
  const lines: string[] = [];
  for (let at = 0; at < values.length; at += perLine) {
    const cells = values.slice(at, at + perLine).map((value) => String(value).padStart(width));
    lines.push((at === 0 ? head : ' '.repeat(head.length)) + cells.join(''));
  }
  return lines;
}
