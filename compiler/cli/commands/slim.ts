// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { InputError } from '../../core/base/errors.ts';
import type { Model } from '../../core/model/model.ts';
import { type SmallerLayer, withoutUnits } from '../../core/model/without-units.ts';
import { cellOf } from '../../core/program/cells/index.ts';
import { writeFolder } from '../../host/files/files.ts';
import { loadProgram } from '../../host/load/load-program.ts';
import { withProgress } from '../../host/pool/progress.ts';
import { classifyOnReference } from '../../machines/batch/classify.ts';
import { clipProgram } from '../../machines/batch/clip-input.ts';
import { type UnitActivity, unitActivity } from '../../machines/batch/events.ts';
import { countColumn, grouped, percent, textColumn } from '../../report/table/table.ts';
import { WEIGHTS } from '../../training/train/config.ts';
import { safetensorsBytes } from '../../training/train/safetensors.ts';
import { filterOption, jsonOption, limitOption, newCommand, patternOption } from '../shared/command.ts';
import { type ClipInput, type ClipOptions, openClips } from '../shared/input.ts';
import { print, printJson, shellWord } from '../shared/output.ts';
import { readModelDocument } from '../shared/tuning.ts';
import { tableLines } from '../terminal/table.ts';

interface SlimOptions extends ClipOptions {
  readonly output: string;
  readonly below: number;
  readonly json?: boolean;
}

export function slimCommand(): Command {
  return newCommand('slim', 'Remove units that never fire from a network of event-based cells.', [
    {
      command: 'egru slim my-model recordings/ -o smaller --split train',
      does: 'without units that fire in none of these; computes the same in them',
    },
    {
      command: 'egru slim my-model recordings/ -o smaller --below 0.5%',
      does: 'and without those that fire in less than one of 200 steps',
    },
  ])
    .argument('<model>', 'model folder')
    .argument('<audio...>', 'recordings that show what fires: those that train')
    .requiredOption('-o, --output <folder>', 'model folder to write; created if need be')
    .option('--below <share>', 'also units that fire in fewer steps than this', readShare, 0)
    .option('--split <name>', 'only this split of model.json')
    .addOption(filterOption())
    .addOption(limitOption())
    .addOption(patternOption())
    .addOption(jsonOption())
    .action(run);
}

async function run(path: string, audio: readonly string[], options: SlimOptions): Promise<void> {
  const target = join(options.output, 'model.json');
  if (existsSync(target)) throw new InputError(target, 'exists already; give another folder, or remove it');
  const input = openClips(path, audio, options);
  const { model, program, files } = input;
  if (model === null) throw new InputError(path, 'is a program; units are removed from a model folder');
  if (!program.layers.some((layer) => cellOf(layer).isEvent !== undefined))
    throw new InputError(path, 'has no layer that sends events', 'layers');
  const activity = await withProgress('Counting events', files.length, (done) =>
    unitActivity(program, files, done),
  );
  const layers = withoutUnits(model, selection(model, activity, options.below));
  const document = smallerDocument(JSON.parse(readModelDocument(path).text), layers);
  const written = writeFolder(options.output, [
    {
      path: WEIGHTS,
      data: safetensorsBytes(
        layers.flatMap(({ tensors }) => tensors),
        {},
      ),
    },
    { path: 'model.json', data: `${JSON.stringify(document, null, 2)}\n` },
  ]);
  const agreement = await compare(input, options.output);
  const rows = layers.map(({ name, units }, i) => ({
    layer: name,
    before: model.layers[i]?.units ?? 0,
    units,
  }));
  if (options.json === true) return printJson({ folder: options.output, layers: rows, ...agreement });
  print(
    ...tableLines({
      columns: [textColumn('layer'), countColumn('units'), countColumn('left')],
      rows: rows.map(({ layer, before, units }) => [layer, before, units]),
    }),
    '',
    `${grouped(agreement.same)} of ${grouped(files.length)} recordings have the same scores, ` +
      `${grouped(agreement.label)} the same label (${percent(agreement.label / files.length)})`,
    '',
    ...written,
    '',
    `next: egru compare ${shellWord(path)} ${shellWord(options.output)}`,
  );
}

/** Which units stay: those of layers without events, and those that fire often enough. */
function selection(model: Model, { steps, events, sums }: UnitActivity, below: number) {
  const often = (count: number) => count > 0 && count >= below * steps;
  const kept = model.layers.map((layer, i) =>
    Array.from(events[i] ?? [], (count) => cellOf(layer).isEvent === undefined || often(count)),
  );
  const means = sums.map((values) => Array.from(values, (sum) => sum / Math.max(1, steps) / 32768));
  return { kept, means };
}

/** model.json with the sizes, and the thresholds that it states for each unit. */
function smallerDocument(document: Record<string, unknown>, layers: readonly SmallerLayer[]): object {
  const { layers: stated } = document as { layers: Record<string, unknown>[] };
  return {
    ...document,
    weights: WEIGHTS,
    layers: stated.map((layer, i) => {
      const { inputs, units, kept } = layers[i] as SmallerLayer;
      const { threshold } = layer;
      const picked = Array.isArray(threshold) ? { threshold: kept.map((unit) => threshold[unit]) } : {};
      return { ...layer, inputs, units, ...picked };
    }),
  };
}

async function compare(
  { program, files }: ClipInput,
  folder: string,
): Promise<{ same: number; label: number }> {
  const smaller = clipProgram(loadProgram(folder), folder);
  const [before, after] = [
    await withProgress('Listening', files.length, (onDone) =>
      classifyOnReference(program, files, { onDone }),
    ),
    await withProgress('Again', files.length, (onDone) => classifyOnReference(smaller, files, { onDone })),
  ];
  const count = (equal: (i: number) => boolean) => before.filter((_, i) => equal(i)).length;
  return {
    same: count((i) => before[i]?.scores.join() === after[i]?.scores.join()),
    label: count((i) => before[i]?.label === after[i]?.label),
  };
}

/** "0.5%" or 0.005. */
function readShare(text: string): number {
  const [, number = '', unit] = /^(\d{1,6}(?:\.\d{1,9})?)\s*(%?)$/.exec(text) ?? [];
  const share = Number(number) / (unit === '%' ? 100 : 1);
  if (number === '' || share >= 1)
    throw new InputError('--below', 'must be a share below 1, such as 0.5% or 0.005');
  return share;
}
