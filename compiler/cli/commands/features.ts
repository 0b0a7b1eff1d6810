// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import { findClips } from '../../host/audio/clips.ts';
import { truthReader } from '../../host/audio/labels.ts';
import { Progress } from '../../host/pool/progress.ts';
import { writeFeatures } from '../../report/features/features.ts';
import {
  filterOption,
  jsonOption,
  limitOption,
  newCommand,
  patternOption,
  strictOption,
} from '../shared/command.ts';
import { openFrontend, selectionOf } from '../shared/input.ts';
import { count, print, printJson } from '../shared/output.ts';

interface FeaturesOptions {
  readonly output: string;
  readonly limit?: number;
  readonly filter?: string;
  readonly pattern?: string;
  readonly split?: string;
  readonly json?: boolean;
}

export function featuresCommand(): Command {
  return newCommand('features', 'Write the integer features that the chip computes, for training.', [
    {
      command: 'egru features models/spoken-digits clips/ -o clips.npy',
      does: 'int16 array and clips.npy.json',
    },
    {
      command: 'egru features models/spoken-digits clips/ -o clips.safetensors',
      does: 'features and labels',
    },
  ])
    .argument('<model>', 'model folder (its weights are not needed) or program.json')
    .argument('<audio...>', 'WAV files and folders')
    .requiredOption('-o, --output <file>', 'file to write, .npy or .safetensors')
    .option('--split <name>', 'only files of this split of model.json')
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(patternOption())
    .addOption(strictOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, audio: readonly string[], options: FeaturesOptions): Promise<void> {
  const { program, splits } = openFrontend(path);
  const files = findClips(audio, selectionOf(options, splits));
  const truth = truthReader(program.labels, options.pattern, splits);
  const clips = files.map((file) => ({ file, truth: truth(file) }));
  const progress = new Progress('Computing features');
  const { output } = options;
  try {
    const { steps, bins } = await writeFeatures(program, path, clips, output, (done) =>
      progress.update(done, files.length),
    );
    progress.finish();
    if (options.json) printJson({ file: output, clips: files.length, steps, bins });
    else print(`${output}: ${count(files.length, 'clip')} x ${count(steps, 'step')} x ${bins} bins, int16`);
  } finally {
    progress.finish();
  }
}
