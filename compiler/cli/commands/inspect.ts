// SPDX-License-Identifier: Apache-2.0

import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { chips } from '../../boards/boards.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { hex } from '../../core/base/hex.ts';
import { CODE_ZERO } from '../../core/fixed/fixed.ts';
import { allWeights } from '../../core/weights/all-readers.ts';
import { parseWeights } from '../../core/weights/read-weights.ts';
import { readSafetensors } from '../../core/weights/safetensors.ts';
import { MAX_WEIGHTS_BYTES, type WeightsFile } from '../../core/weights/tensors.ts';
import { guard, readLimited } from '../../host/files/files.ts';
import type { ImageModel } from '../../machines/image/model-record.ts';
import type { RegionHeader } from '../../machines/image/region.ts';
import type { DetectionInspection, Duration } from '../../report/inspect/detection.ts';
import {
  type ElfInspection,
  type FlashInspection,
  inspectBin,
  inspectElf,
  inspectUf2,
  isElf,
  isUf2,
} from '../../report/inspect/image-inspection.ts';
import { inspectProgram, LEVELS, type ProgramInspection } from '../../report/inspect/inspection.ts';
import { inspectWeights, type WeightsInspection } from '../../report/inspect/weights-inspection.ts';
import {
  countColumn,
  grouped,
  rightColumn,
  shareColumn,
  sparkline,
  textColumn,
} from '../../report/table/table.ts';
import { jsonOption, newCommand } from '../shared/command.ts';
import { MAX_IMAGE_BYTES } from '../shared/firmware-input.ts';
import { openModel } from '../shared/input.ts';
import { inspectBoard } from '../shared/inspect-board.ts';
import { print, printJson } from '../shared/output.ts';
import { showWeights } from '../shared/show-weights.ts';
import { tableLines } from '../terminal/table.ts';

/** Images of a chip with 256 KB of flash, with debug information. */

export function inspectCommand(): Command {
  return newCommand(
    'inspect',
    'Show what is in a model, a program.json, a weights file or a firmware image.',
    [
      { command: 'egru inspect models/spoken-digits', does: 'layers, weights, sizes, ranges, identity' },
      {
        command: 'egru inspect best.ckpt',
        does: 'tensors of a weights file: shapes, ranges, share of each level',
      },
      { command: 'egru inspect firmware.uf2', does: 'checks every block and names the model in it' },
      { command: 'egru inspect /dev/ttyACM0', does: 'asks the board at this port' },
    ],
  )
    .argument(
      '<file>',
      'model folder, program.json, weights file, ELF, BIN or UF2 file, or the port of a board',
    )
    .addOption(jsonOption())
    .action(run);
}

/** Endings of weights files, and of the checkpoints of `egru train`. */
const WEIGHTS = /\.(pt|pth|ckpt|safetensors|npz|checkpoint)$/i;

async function run(path: string, options: { readonly json?: boolean }): Promise<void> {
  if (guard(path, () => statSync(path)).isCharacterDevice()) return inspectBoard(path, options);
  const inspection = inspect(path);
  if (options.json) printJson(inspection);
  else if (inspection.kind === 'weights') print(...showWeights(path, inspection));
  else if (inspection.kind === 'program') print(...showProgram(inspection));
  else print(...(inspection.kind === 'elf' ? showElf(inspection) : showFlash(inspection)));
}

function inspect(path: string): WeightsInspection | ProgramInspection | ElfInspection | FlashInspection {
  const isFolder = guard(path, () => statSync(path)).isDirectory();
  if (isFolder || path.endsWith('.json')) return inspectProgram(openModel(path).program);
  if (WEIGHTS.test(path)) return inspectWeights(readWeights(path));
  const file = readLimited(path, MAX_IMAGE_BYTES);
  if (isElf(file)) return inspectElf(file, path);
  if (isUf2(file)) return inspectUf2(file, path);
  if (path.endsWith('.bin')) return inspectBin(file, path);
  throw new InputError(
    path,
    'is neither a model folder, a program.json, weights, an ELF, a UF2 nor a BIN file',
  );
}

function readWeights(path: string): WeightsFile {
  const bytes = readLimited(path, MAX_WEIGHTS_BYTES);
  return path.endsWith('.checkpoint') ? readSafetensors(path, bytes) : parseWeights(path, bytes, allWeights);
}

function showProgram(p: ProgramInspection): string[] {
  const { frontend, readout } = p;
  const { bands, normalize } = frontend ?? {};
  const sound =
    frontend === null
      ? ['none: the network is fed with Q15 features']
      : [
          ...[`${frontend.sampleRate} Hz`, `${frontend.frame} samples every ${frontend.hop}`],
          ...[
            `window ${frontend.window}`,
            `${frontend.bins} ${bands === undefined ? 'bins' : 'bands'}`,
            frontend.scale,
            `gain ${frontend.gain}`,
          ],
          ...(frontend.scale === 'log2' ? [`divisor ${frontend.divisor}`] : []),
          ...(bands === undefined ? [] : [`${bands.scale} from ${bands.from} to ${bands.to} Hz`]),
          ...(normalize === undefined ? [] : [`normalized over each ${normalize.over}`]),
        ];
  const layers = p.layers.map((layer) => [
    layer.name,
    layer.activation === null ? layer.type : `${layer.type} ${layer.activation}`,
    ...[layer.inputs, layer.units, layer.weights, layer.nonZero, layer.codeBytes, layer.biasBytes],
  ]);
  const total = ['total', '', '', '', p.weights, p.nonZero, p.codeBytes, p.biasBytes];
  return [
    `name       ${printable(p.name)}`,
    ...wrapList('labels     ', p.labels.map(printable)),
    `weights    ${printable(p.source.file)}`,
    `  sha256   ${p.source.sha256}`,
    `program    quantizer "${p.quantizer}", bias "${p.bias}"`,
    `  sha256   ${p.digest}`,
    ...wrapList('features   ', sound),
    ...(p.frontendDigest === null ? [] : [`  sha256   ${p.frontendDigest}`]),
    `readout    ${readout === null ? 'none: streams only' : `${readout.steps} steps, ${readout.rule}`}`,
    ...(p.detection === null ? [] : showDetection(p.detection)),
    '',
    ...tableLines({
      columns: [
        ...[textColumn('layer'), textColumn('type'), countColumn('inputs'), countColumn('units')],
        ...['weights', 'nonzero', 'code bytes', 'bias bytes'].map((title) => countColumn(title)),
      ],
      rows: [...layers, total],
    }),
    `RAM of the state with the packed kernel: ${grouped(p.stateBytes)} bytes`,
    ...p.layers.flatMap(({ name, thresholds }) =>
      thresholds === null ? [] : [`thresholds of ${name}: ${thresholds.min} .. ${thresholds.max} (Q15)`],
    ),
    '',
    ...tableLines({
      columns: [
        textColumn('weights'),
        ...LEVELS.map(({ name }) => countColumn(name)),
        textColumn(''),
        shareColumn('nonzero'),
      ],
      rows: p.matrices.map(({ name, histogram, rows, columns }) => [
        name,
        ...histogram,
        sparkline(histogram),
        1 - (histogram[LEVELS.findIndex(({ code }) => code === CODE_ZERO)] ?? 0) / (rows * columns),
      ]),
    }),
    '',
    ...tableLines({
      columns: [textColumn('accumulator'), countColumn('least'), countColumn('most'), countColumn('bits')],
      rows: p.matrices.map(({ name, min, max }) => [name, min, max, bitsOf(min, max)]),
    }),
  ];
}

function showDetection({ window, refractory, vad, keywords }: DetectionInspection): string[] {
  const time = ({ frames, seconds }: Duration) =>
    `${grouped(frames)} frames${seconds === null ? '' : ` (${seconds.toFixed(3)} s)`}`;
  const share = (q15: number) => `${(q15 / 32768).toFixed(3)} (${grouped(q15)})`;
  const parts = [
    `window ${time(window)}`,
    `refractory ${time(refractory)}`,
    ...(vad === null
      ? []
      : [`VAD level ${vad.level}`, `hangover ${time(vad.hangover)}`, `reset ${time(vad.reset)}`]),
  ];
  const rows = keywords.map(({ label, threshold, release }) => [label, share(threshold), share(release)]);
  return [
    ...wrapList('detection  ', parts),
    '',
    ...tableLines({
      columns: [textColumn('keyword'), rightColumn('threshold'), rightColumn('release')],
      rows,
    }),
  ];
}

/** Bits of a two's complement number that holds both. */
function bitsOf(min: number, max: number): number {
  let bits = 1;
  while (min < -(2 ** (bits - 1)) || max > 2 ** (bits - 1) - 1) bits++;
  return bits;
}

function wrapList(head: string, items: readonly string[]): string[] {
  const lines: string[] = [];
  let line = head;
  items.forEach((item, i) => {
    const text = i < items.length - 1 ? `${item}, ` : item;
    if (line.length + text.length > 80 && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(head.length);
    }
    line += text;
  });
  return [...lines, line];
}

function showElf({ sections, flash, ram, sha256, models, region }: ElfInspection): string[] {
  return [
    ...tableLines({
      columns: [
        ...[textColumn('section'), rightColumn('address'), countColumn('bytes')],
        ...[textColumn('memory'), textColumn('')],
      ],
      rows: sections.map(({ name, address, size, memory, code }) => [
        ...[name, hex(address, 8), size, memory === 'both' ? 'RAM, from flash' : memory],
        code ? 'code' : '',
      ]),
    }),
    '',
    `flash ${grouped(flash)} bytes, RAM ${grouped(ram)} bytes without model and stack`,
    `sha256     ${sha256}`,
    ...showModels(models),
    ...showRegion(region),
  ];
}

function showFlash(f: FlashInspection): string[] {
  return [
    ...(f.family === null
      ? []
      : [
          `UF2 for the ${chips.find(({ uf2Family }) => uf2Family === f.family)?.family ?? 'chip'} (family ${hex(f.family, 8)}), ${f.blocks} blocks, all valid`,
        ]),
    `image      ${grouped(f.bytes)} bytes from ${hex(f.address, 8)} on`,
    `  sha256   ${f.sha256}`,
    f.stackPointer === null || f.resetHandler === null
      ? 'vectors    none: a model without an application'
      : `vectors    stack ${hex(f.stackPointer, 8)}, reset ${hex(f.resetHandler, 8)}`,
    ...showModels(f.models),
    ...showRegion(f.region),
  ];
}

function showRegion(region: RegionHeader | null): string[] {
  if (region === null) return ['region     has no model header'];
  const { address, length, abi, crc, damage, kernel, stack } = region;
  return [
    `region     ${grouped(length)} bytes from ${hex(address, 8)} on, ${damage ?? 'whole'}`,
    `  header   ABI ${abi}, CRC-32 ${hex(crc, 8)}, entry ${hex(region.entry, 8)}`,
    `  step     ${printable(kernel)} kernel, ${grouped(stack)} bytes of stack`,
    `  egru     ${printable(region.compiler)}`,
    `  gcc      ${printable(region.toolchain).slice(0, 69)}`,
    `  content  ${region.digest}`,
    `  weights  ${region.weights}`,
    `  program  ${region.program}`,
    `  vectors  ${region.vectors}`,
  ];
}

function showModels(models: readonly ImageModel[]): string[] {
  if (models.length === 0) return ['model      none was found'];
  return models.flatMap(({ name, labels, digest, address }) => [
    `model      ${printable(name)} at ${hex(address, 8)}`,
    ...wrapList('  labels   ', labels.map(printable)),
    `  sha256   ${digest}`,
  ]);
}
