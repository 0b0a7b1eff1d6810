// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { InputError, printable } from '../../core/base/errors.ts';
import { type Proposal, proposeLayers } from '../../core/model/propose.ts';
import { readModel } from '../../core/model/read-model.ts';
import { cellOf } from '../../core/program/cells/index.ts';
import { quantize } from '../../core/quant/quantize.ts';
import { allWeights } from '../../core/weights/all-readers.ts';
import { parseWeights } from '../../core/weights/read-weights.ts';
import { MAX_WEIGHTS_BYTES } from '../../core/weights/tensors.ts';
import { readLimited, writeFolder } from '../../host/files/files.ts';
import { loadModelHead } from '../../host/load/load.ts';
import { sayOnce } from '../../host/load/say-once.ts';
import { jsonOption, newCommand, positiveInteger, positiveNumber } from '../shared/command.ts';
import { print, printJson, shellWord } from '../shared/output.ts';

interface InitOptions {
  readonly output: string;
  readonly labels?: string;
  readonly like?: string;
  readonly rate?: number;
  readonly frame?: number;
  readonly hop?: number;
  readonly gain?: number;
  readonly divisor?: number;
  readonly steps?: number;
  readonly json?: boolean;
}

/** Of `egru train`: what a network gets of whose features nothing is known. */
const DEFAULTS = { sampleRate: 8000, gain: 8, divisor: 9 } as const;

export function initCommand(): Command {
  return newCommand('init', 'Make a model folder from the weights of another trainer.', [
    {
      command: 'egru init best.ckpt -o my-model --labels yes,no,other',
      does: 'layers and sizes by its tensors',
    },
    {
      command: 'egru init weights.npz -o my-model --like models/spoken-digits',
      does: 'feature extractor and readout of that model',
    },
  ])
    .argument('<weights>', 'weights file: .pt, .pth, .ckpt, .safetensors or .npz')
    .requiredOption('-o, --output <folder>', 'model folder to write; created if need be')
    .option('--labels <list>', 'names of the outputs, separated by commas')
    .option('--like <model>', 'model folder whose feature extractor and readout are taken')
    .option('--rate <hz>', 'sample rate of the feature extractor', positiveInteger)
    .option('--frame <n>', 'samples of a frame', positiveInteger)
    .option('--hop <n>', 'samples from a frame to the next', positiveInteger)
    .option('--gain <n>', 'gain of the feature extractor', positiveNumber)
    .option('--divisor <n>', 'divisor of the feature extractor', positiveNumber)
    .option('--steps <n>', 'steps that the readout sums', positiveInteger)
    .addOption(jsonOption())
    .action(run);
}

function run(path: string, options: InitOptions): void {
  const target = join(options.output, 'model.json');
  if (existsSync(target)) throw new InputError(target, 'exists already; give another folder, or remove it');
  const bytes = readLimited(path, MAX_WEIGHTS_BYTES);
  const { layers, model, json, assumed, notes } = proposeModel(path, bytes, options);
  const inPlace = resolve(options.output, basename(path)) === resolve(path);
  const files = [
    ...(inPlace ? [] : [{ path: basename(path), data: bytes }]),
    { path: 'model.json', data: json },
  ];
  const written = writeFolder(options.output, files);
  for (const note of notes) sayOnce(note);
  if (options.json) {
    printJson({ folder: options.output, files: written, model, assumed });
    return;
  }
  print(
    ...layers.map(({ type, name, inputs, units }) => `${printable(name)}: ${type}, ${inputs} to ${units}`),
    '',
    ...assumed.map((line) => `assumed: ${printable(line)}`),
    '',
    ...written.map(printable),
    `next: check what was assumed in model.json, then egru inspect ${shellWord(options.output)}`,
  );
}

/**
 * A model.json for the weights, of which is known that it can be compiled.
 * @throws InputError where there is none
 */
export function proposeModel(path: string, bytes: Uint8Array, options: InitOptions) {
  const proposal = proposeLayers(path, parseWeights(path, bytes, allWeights).tensors);
  const { model, assumed } = modelOf(path, proposal, options);
  const json = `${JSON.stringify(model, null, 2)}\n`;
  const read = readModel(options.output, json, () => bytes, allWeights);
  quantize(read);
  return { layers: proposal.layers, model, json, assumed, notes: read.notes };
}

function modelOf(
  path: string,
  { layers, left, assumed: settings }: Proposal,
  options: InitOptions,
): { model: object; assumed: string[] } {
  const assumed: string[] = [];
  const inputs = layers[0]?.inputs ?? 0;
  const outputs = layers.at(-1)?.units ?? 0;
  const labels = options.labels?.split(',').map((label) => label.trim()) ?? [];
  if (options.labels === undefined) {
    labels.push(...Array.from({ length: outputs }, (_, i) => `label${i}`));
    assumed.push(`labels label0 to label${outputs - 1}; --labels names them`);
  } else if (labels.length !== outputs) {
    throw new InputError(
      '--labels',
      `${labels.length} labels for the ${outputs} outputs of ${basename(path)}`,
    );
  }
  // Cells whose layers choose an activation.
  const chooses = ({ type }: { readonly type: string }) => cellOf({ type }).modelKeys.includes('activation');
  if (layers.some(chooses)) assumed.push('activation "relu", and "none" in the last layer');
  assumed.push(...settings);
  assumed.push('quantizer "code", bias "septenary": weights and biases in {0, ±1/4, ±1/2, ±1}');
  const sound = options.like === undefined ? soundOf(inputs, options, assumed) : likeOf(options.like);
  if (left.length > 0)
    assumed.push(`tensors that no layer needs are left out: ${left.slice(0, 4).join(', ')}`);
  return {
    model: {
      ...{ format: 1, name: basename(resolve(options.output)), labels, weights: basename(path) },
      layers: layers.map(({ settings: own, ...layer }, i) =>
        chooses(layer)
          ? { ...layer, activation: i < layers.length - 1 ? 'relu' : 'none' }
          : { ...layer, ...own },
      ),
      ...{ quantizer: 'code', bias: 'septenary', ...sound },
      ...(left.length > 0 ? { ignore: left.slice(0, 256) } : {}),
    },
    assumed,
  };
}

function likeOf(folder: string): object {
  const { frontend, readout } = loadModelHead(folder);
  return { ...(frontend === null ? {} : { frontend }), ...(readout === null ? {} : { readout }) };
}

function soundOf(bins: number, options: InitOptions, assumed: string[]): object {
  let least = 64;
  while (least / 2 < bins) least *= 2;
  const { rate = DEFAULTS.sampleRate, frame = least, hop = frame, gain = DEFAULTS.gain } = options;
  const { divisor = DEFAULTS.divisor, steps = Math.max(1, Math.round(rate / hop)) } = options;
  const frontend = { sampleRate: rate, frame, hop, window: 'hann', bins, scale: 'log2', gain, divisor };
  assumed.push(
    `feature extractor ${rate} Hz, ${frame} samples every ${hop}, window hann, ${bins} bins, log2, gain ${gain}, divisor ${divisor}`,
    `readout of ${steps} steps, summed: about a second`,
  );
  return { frontend, readout: { steps, rule: 'sum' } };
}
