// SPDX-License-Identifier: Apache-2.0
/** Program -> what the templates show. All numbers, alignment and escaping are decided here; see templates/README.md. */
import { InputError } from '../../core/base/errors.ts';
import { cellOf } from '../../core/program/cells/index.ts';
import { programDigest } from '../../core/program/digest.ts';
import { scratchWords as frontendWords } from '../../core/program/frontend-program.ts';
import { stateLayout, stateWords } from '../../core/program/layout.ts';
import { inputsOf, type Layer, outputsOf, type Program } from '../../core/program/program.ts';
import type { KernelStep } from '../kernels/kernel.ts';
import { cActivation, cType } from '../kernels/layer-types.ts';
import { type ArrayView, alignedRows, blockComment } from '../text/c-array.ts';
import { cComment, cConstants, cString, grouped } from '../text/c-text.ts';
import type { Names } from '../text/names.ts';
import { type DetectView, detectView, streamMemory } from './detect-view.ts';
import { type FrontendView, frontendArrays, frontendView } from './frontend-view.ts';

/** Twin of EGRU_ABI_VERSION (runtime-c/egru_version.h): what the generated code was written for. */
export const ABI_VERSION = 2;

export interface BannerView {
  /** Of the file as a whole. */
  readonly spdx: string;
  /** Of the weights in it. */
  readonly license: string;
  readonly path: string;
  readonly title: string;
  readonly version: string;
  readonly command: string;
  readonly sourceFile: string;
  readonly sourceDigest: string;
  readonly programDigest: string;
}

export interface LabelView {
  readonly constant: string;
  readonly index: number;
  /** A string literal. */
  readonly text: string;
}

export interface HeaderView {
  readonly banner: BannerView;
  readonly names: Names;
  readonly abi: number;
  readonly constants: readonly { readonly name: string; readonly value: string; readonly comment: string }[];
  readonly labels: readonly LabelView[];
  /** One line per layer. */
  readonly summary: readonly string[];
  /** Whether the model listens to a stream. */
  readonly detect: boolean;
}

export interface LayerView {
  readonly comment: string;
  readonly type: string;
  readonly activation: string;
  readonly inputs: number;
  readonly units: number;
  readonly output: number;
  readonly initial: string;
  readonly codes: string;
  readonly bias: string;
}

export interface SourceView {
  readonly banner: BannerView;
  readonly names: Names;
  readonly abi: number;
  readonly arrays: readonly ArrayView[];
  readonly labels: readonly LabelView[];
  readonly layers: readonly LayerView[];
  readonly frontend: FrontendView | null;
  readonly detect: DetectView | null;
  readonly stepDeclaration: string | null;
  readonly name: string;
  readonly scratch: number;
  readonly readoutRule: string;
  readonly frontendAddress: string;
  readonly step: string;
  readonly digestRows: readonly string[];
}

export interface ViewOptions {
  /** The command that regenerates the file, without absolute paths. */
  readonly command: string;
  /** The compiler's version. */
  readonly version: string;
  readonly names: Names;
  /** Of the weights, an SPDX expression; null: not stated. */
  readonly license: string | null;
}

/** title: already fit for a comment. */
export function bannerView(program: Program, options: ViewOptions, path: string, title: string): BannerView {
  const license = options.license === null ? null : cComment(options.license);
  return {
    spdx: license === null ? 'Apache-2.0' : `Apache-2.0 AND ${/ /.test(license) ? `(${license})` : license}`,
    license: license ?? 'not stated',
    path,
    title,
    version: cComment(options.version),
    command: cComment(options.command),
    sourceFile: cComment(program.source.file),
    sourceDigest: cComment(program.source.sha256),
    programDigest: programDigest(program),
  };
}

export function headerView(program: Program, scratchWords: number, options: ViewOptions): HeaderView {
  const words = stateWords(program, scratchWords);
  const { readout, frontend } = program;
  const { names } = options;
  /** Name behind the prefix, value, comment. */
  const constants: [string, number, string][] = [
    ['INPUTS', inputsOf(program), 'Q15 features per step'],
    ['OUTPUTS', outputsOf(program), 'int32 logits per step, one per label'],
    ['STATE_WORDS', words, `int32 words of state (${grouped(words * 4)} bytes), outputs and scratch`],
    [
      'READOUT_STEPS',
      readout?.steps ?? 0,
      readout === null ? 'no clips: this model listens to a stream' : 'steps of a clip',
    ],
  ];
  if (frontend !== null) {
    constants.push(
      ['SAMPLE_RATE', frontend.sampleRate, 'Hz'],
      ['FRAME', frontend.frame, 'samples of a frame'],
      ['HOP', frontend.hop, 'samples from the start of a frame to the start of the next'],
      ['FRONTEND_WORDS', frontendWords(frontend), 'int32 words of scratch memory of the feature extractor'],
    );
  }
  if (program.detect !== undefined) {
    const memory = streamMemory(program, program.detect, words);
    constants.push(
      ['DETECT_WORDS', memory.detect, `int32 words of detection (${grouped(memory.detect * 4)} bytes)`],
      [
        'STREAM_WORDS',
        memory.stream,
        `int32 words of a stream (${grouped(memory.stream * 4)} bytes), all of the above`,
      ],
    );
  }
  const nameWidth = Math.max(...constants.map(([name]) => name.length));
  const valueWidth = Math.max(...constants.map(([, value]) => String(value).length));
  return {
    banner: bannerView(
      program,
      options,
      `${names.prefix}.h`,
      `what an application needs to know of ${cString(program.name)}`,
    ),
    names,
    abi: ABI_VERSION,
    constants: constants.map(([name, value, comment]) => ({
      name: `${names.macro}${name.padEnd(nameWidth)}`,
      value: String(value).padStart(valueWidth),
      comment,
    })),
    labels: labelViews(program, names),
    summary: blockComment(['The network:', ...program.layers.map((layer) => `  ${layerSummary(layer)}`)]),
    detect: program.detect !== undefined,
  };
}

export function sourceView(
  program: Program,
  step: KernelStep,
  options: ViewOptions & { readonly kernel: string },
): SourceView {
  const { names } = options;
  const layout = stateLayout(program);
  const arrays: ArrayView[] = [];
  const layers = program.layers.map((layer, index): LayerView => {
    if (layer.inputs > 65535) {
      throw new InputError(
        program.name,
        `layer "${layer.name}" has ${layer.inputs} inputs; 65535 are possible`,
      );
    }
    const tables = step.tables(layer, index);
    const initial = initialArray(layer, index);
    arrays.push(...tables.arrays, ...(initial === null ? [] : [initial]));
    return {
      comment: layerSummary(layer),
      type: cType(program, layer),
      activation: cActivation(layer),
      inputs: layer.inputs,
      units: layer.units,
      output: layout.outputs[index] ?? 0,
      initial: initial?.name ?? 'NULL',
      codes: tables.codes,
      bias: tables.bias,
    };
  });
  if (program.frontend !== null) arrays.push(...frontendArrays(program.frontend));
  const digest = programDigest(program).match(/../g) ?? [];
  return {
    banner: bannerView(
      program,
      options,
      `${names.prefix}.c`,
      `${cString(program.name)} as constant data, ${options.kernel} kernel`,
    ),
    names,
    abi: ABI_VERSION,
    arrays,
    labels: labelViews(program, names),
    layers,
    frontend: program.frontend === null ? null : frontendView(program.frontend),
    detect: program.detect === undefined ? null : detectView(program, program.detect),
    stepDeclaration: step.declaration,
    name: cString(program.name),
    scratch: layout.scratch,
    readoutRule: `EGRU_READOUT_${(program.readout?.rule ?? 'none').toUpperCase()}`,
    frontendAddress: program.frontend === null ? 'NULL' : '&frontend',
    step: step.step,
    digestRows: alignedRows(digest.map((byte) => `0x${byte}`)),
  };
}

function labelViews(program: Program, { macro }: Names): LabelView[] {
  const constants = cConstants(`${macro}LABEL_`, program.labels);
  const width = Math.max(...constants.map((constant) => constant.length));
  return program.labels.map((label, index) => ({
    constant: (constants[index] ?? '').padEnd(width),
    index,
    text: cString(label),
  }));
}

/** "gru1: eGRU 64 -> 30" */
function layerSummary(layer: Layer): string {
  return `${cComment(layer.name)}: ${cComment(cellOf(layer).kind(layer))} ${layer.inputs} -> ${layer.units}`;
}

/** The initial state where it is not all zeros. */
function initialArray(layer: Layer, index: number): ArrayView | null {
  const initial = cellOf(layer).initialState(layer, layer.units);
  if (initial === null || initial.every((value) => value === 0)) return null;
  return {
    comment: blockComment([
      `${cComment(layer.name)}, initial state: ${layer.units} values in Q15, -32768 .. 32767.`,
    ]),
    type: 'int16_t',
    name: `layer${index}_initial`,
    length: layer.units,
    rows: alignedRows(Array.from(initial, String)),
  };
}
