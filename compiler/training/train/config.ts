// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration of a training, read from JSON. Every key may be left out: what then stands is the recipe that is
 * known to work on spoken-digits with the paper's network.
 */
import { JsonValue, quote } from '../../core/base/json.ts';
import { nearest } from '../../core/base/nearest.ts';
import { readModelJson } from '../../core/model/model-json.ts';
import type { FrontendDefinition } from '../../core/program/frontend-program.ts';
import type { BiasRule, QuantizerRule, Readout } from '../../core/program/program.ts';
import { type BackgroundConfig, readBackground } from '../background/config.ts';
import { readAugment } from './augment/config.ts';
import { type AugmentRules, RECIPE } from './augment/rules.ts';
import type { StepRules } from './augment/step-labels.ts';
import { type RecurrentType, recurrentTypes, thresholdedInputs, trainedCell } from './cells/index.ts';
import { type EventRules, readEvents } from './events.ts';
import { ADAM, type AdamRules } from './optimize/optimizer.ts';
import type { PruneRules } from './optimize/prune.ts';
import type { Phase } from './run.ts';
import type { LayerShape } from './shapes.ts';

/** StepRules with the background's name. */
export interface StreamLabels extends Omit<StepRules, 'background'> {
  readonly background: string;
  /** What the clip as a whole counts beside its steps: for models that have a readout, too. */
  readonly clip: number;
  /** Added to the background's logit in the loss alone: the network prefers keywords by so much. */
  readonly adjust: number;
}

export interface TrainingConfig {
  readonly name: string;
  /** gru: the float baseline, which no compiler takes. */
  readonly cell: RecurrentType;
  /** Units of the recurrent layers, then of the dense ones before the last. */
  readonly recurrent: readonly number[];
  readonly dense: readonly number[];
  /** Of cells that send events; absent: the cell sends none. */
  readonly events?: EventRules;
  readonly quantizer: QuantizerRule;
  readonly bias: BiasRule;
  readonly frontend: FrontendDefinition;
  readonly readout: Readout;
  /**
   * clip: the loss is on the readout; steps: on every step, each with the clip's label; otherwise on every step, with
   * labels that follow the word, for models that listen to a stream.
   */
  readonly labels: 'clip' | 'steps' | StreamLabels;
  /** Frames of the window that is trained on: the readout's, or more. */
  readonly steps: number;
  readonly seed: number;
  readonly batch: number;
  readonly phases: readonly Phase[];
  readonly patience: number | null;
  /** last: mining changes what is trained on, so that losses of different epochs do not compare. Absent: best. */
  readonly keep?: 'last';
  /** null: as many non-zero weights as training finds useful. */
  readonly prune: PruneRules | null;
  readonly adam: AdamRules;
  readonly loss: {
    readonly scale: number;
    readonly smoothing: number;
    /** balanced: every class counts as much as every other, however many clips it has. */
    readonly classWeights: 'equal' | 'balanced' | readonly number[];
  };
  /** null: the clips as they are. */
  readonly augment: AugmentRules | null;
  /** Augmentation is new every so many epochs. */
  readonly renew: number;
  /** Hours of what is not a keyword, beside the clips; absent: none. */
  readonly background?: BackgroundConfig;
}

const KEYS = [
  'name',
  'cell',
  'recurrent',
  'dense',
  'events',
  'quantizer',
  'bias',
  'frontend',
  'readout',
  'labels',
  'steps',
  'seed',
  'batch',
  'phases',
  'patience',
  'keep',
  'prune',
  'adam',
  'loss',
  'augment',
  'renew',
  'dataset',
  'background',
  // A model folder, which whoever reads the file finds: here it is only allowed.
  'start',
] as const;

const FRONTEND: FrontendDefinition = {
  sampleRate: 8000,
  frame: 128,
  hop: 128,
  window: 'hann',
  bins: 64,
  scale: 'log2',
  gain: 8,
  divisor: 9,
};
const PHASES: readonly Phase[] = [
  { epochs: 60, quantize: false, schedule: { kind: 'one-cycle', peak: 0.003 } },
  { epochs: 200, quantize: true, schedule: { kind: 'one-cycle', peak: 0.003 } },
];
/** The rest of the phase learns with the weights that are left. */
const RAMP = 0.5;
const MAX_EPOCHS = 100_000;
const MAX_UNITS = 4096;
const MAX_STEPS = 65_535;
export const WEIGHTS = 'weights.safetensors';

/**
 * @param document the configuration; its key "dataset" is the dataset reader's
 * @param labels of the dataset, in the order of the logits
 * @throws InputError with the place in the document
 */
export function readTrainingConfig(document: JsonValue, labels: readonly string[]): TrainingConfig {
  const top = document.object(KEYS);
  const optional = <T>(key: string, otherwise: T, read: (value: JsonValue) => T): T => {
    const value = top.optional(key);
    return value === null ? otherwise : read(value);
  };
  const cell = optional<RecurrentType>('cell', 'egru', (value) => value.choice(recurrentTypes));
  const recurrent = optional('recurrent', [30, 20], (value) => readUnits(value, 1));
  const dense = optional('dense', [16], (value) => readUnits(value, 0));
  const frontend = optional<unknown>('frontend', FRONTEND, ({ value }) => value);
  const bins = Number((frontend as Partial<FrontendDefinition> | null)?.bins);
  // model.json's own reader checks what goes there, under the same names.
  const head = readModelJson(
    new JsonValue(
      document.file,
      {
        format: 1,
        name: optional('name', 'model', (value) => value.name()),
        labels,
        weights: WEIGHTS,
        layers: modelLayers(
          shapesOf(
            { cell: 'egru', recurrent, dense },
            Number.isInteger(bins) && bins > 0 ? bins : 1,
            labels.length,
          ),
        ),
        quantizer: optional<unknown>('quantizer', 'code', ({ value }) => value),
        bias: optional<unknown>('bias', 'septenary', ({ value }) => value),
        frontend,
        readout: optional<unknown>('readout', { steps: 64, rule: 'sum' }, ({ value }) => value),
      },
      '',
    ),
  );
  if (head.frontend === null || head.readout === null) throw new Error('both are there');
  const phases = optional('phases', PHASES, (value) => value.array(1, 100).map(readPhase));
  const sends = trainedCell({ type: cell }).events;
  const stated = top.optional('events');
  if (!sends && stated !== null) stated.fail(`cells of type ${quote(cell)} send no events`);
  if (!trainedCell({ type: cell }).compiled && phases.some(({ quantize }) => quantize)) {
    document.fail('a GRU is trained in float only: write "phases" with "quantize": false');
  }
  return {
    name: head.name,
    cell,
    recurrent,
    dense,
    ...(sends ? { events: readEvents(stated, recurrent.length) } : {}),
    quantizer: head.quantizer,
    bias: head.bias,
    frontend: head.frontend,
    readout: head.readout,
    labels: optional<TrainingConfig['labels']>('labels', 'clip' as const, (value) =>
      readLabelling(value, labels),
    ),
    steps: optional('steps', head.readout.steps, (value) => value.integer(1, MAX_STEPS)),
    seed: optional('seed', 1, (value) => value.integer(0, 2 ** 31 - 1)),
    batch: optional('batch', 128, (value) => value.integer(1, 65536)),
    phases,
    patience: optional<number | null>('patience', null, (value) => value.integer(1, MAX_EPOCHS)),
    ...optional<Pick<TrainingConfig, 'keep'>>('keep', {}, (value) =>
      value.choice(['best', 'last'] as const) === 'last' ? { keep: 'last' } : {},
    ),
    prune: optional<PruneRules | null>('prune', null, readPrune),
    adam: optional('adam', ADAM, readAdam),
    loss: optional('loss', { scale: 4, smoothing: 0.05, classWeights: 'equal' }, (value) =>
      readLoss(value, labels.length),
    ),
    augment: top.has('augment') ? optional('augment', null, readAugment) : RECIPE,
    renew: optional('renew', 2, (value) => value.integer(1, MAX_EPOCHS)),
    ...optional<Pick<TrainingConfig, 'background'>>('background', {}, (value) => ({
      background: readBackground(value),
    })),
  };
}

/** Layers named as in the paper's checkpoints: gru1, gru2, fc3, fc4. */
export function shapesOf(
  { cell, recurrent, dense, events }: Pick<TrainingConfig, 'cell' | 'recurrent' | 'dense' | 'events'>,
  bins: number,
  labels: number,
): LayerShape[] {
  let inputs = bins;
  const count = recurrent.length;
  const next = (units: number, prefix: string, index: number) => {
    const shape = { name: `${prefix}${index + 1}`, inputs, units };
    inputs = units;
    return shape;
  };
  return [
    ...(events === undefined || events.inputs === 0
      ? []
      : [
          trainedCell({ type: thresholdedInputs }).shape(
            { name: 'inputs', inputs: bins, units: bins },
            events,
          ),
        ]),
    ...recurrent.map((units, i) => trainedCell({ type: cell }).shape(next(units, 'gru', i), events ?? null)),
    ...dense.map(
      (units, i): LayerShape => ({
        type: 'dense',
        ...next(units, 'fc', count + i),
        activation: 'relu',
      }),
    ),
    { type: 'dense', ...next(labels, 'fc', count + dense.length), activation: 'none' },
  ];
}

/** As model.json lists them. */
export function modelLayers(shapes: readonly LayerShape[]): object[] {
  return shapes.map((shape) => {
    const { type, name, inputs, units } = shape;
    return { type, name, inputs, units, ...trainedCell(shape).modelKeys(shape) };
  });
}

function readUnits(value: JsonValue, least: number): number[] {
  return value.array(least, 8).map((units) => units.integer(1, MAX_UNITS));
}

function readPhase(value: JsonValue): Phase {
  const phase = value.object(['epochs', 'quantize', 'rate', 'schedule']);
  return {
    epochs: phase.get('epochs').integer(1, MAX_EPOCHS),
    quantize: phase.get('quantize').boolean(),
    schedule: {
      kind: phase.optional('schedule')?.choice(['one-cycle', 'cosine', 'constant']) ?? 'one-cycle',
      peak: phase.get('rate').number(1e-9, 1),
    },
  };
}

function readLabelling(value: JsonValue, labels: readonly string[]): TrainingConfig['labels'] {
  if (typeof value.value === 'string') return value.choice(['clip', 'steps'] as const);
  const rules = value.object(['background', 'from', 'hold', 'hardNegatives', 'decoys', 'clip', 'adjust']);
  const name = rules.get('background');
  if (!labels.includes(name.text())) {
    name.fail(
      `${quote(name.text())} is not a label; the nearest one is ${quote(nearest(name.text(), labels) ?? '')}`,
    );
  }
  // The name of the key until version 0.1.
  const alias = rules.optional('decoys');
  const hardNegatives = rules.optional('hardNegatives') ?? alias;
  if (alias !== null && alias !== hardNegatives) alias.fail('is another name of "hardNegatives"; give one');
  return {
    background: name.text(),
    from: rules.optional('from')?.number(0, 1) ?? 0.6,
    hold: rules.optional('hold')?.number(0, 10) ?? 0.35,
    hardNegatives: hardNegatives?.number(0, 0.9) ?? 0,
    clip: rules.optional('clip')?.number(0, 100) ?? 0,
    adjust: rules.optional('adjust')?.number(-16, 16) ?? 0,
  };
}

function readPrune(value: JsonValue): PruneRules {
  const prune = value.object(['penalty', 'nonZero', 'ramp']);
  return {
    penalty: prune.optional('penalty')?.number(0, 1) ?? 0,
    nonZero: prune.optional('nonZero')?.number(0.01, 1) ?? 1,
    ramp: prune.optional('ramp')?.number(0.01, 1) ?? RAMP,
  };
}

function readAdam(value: JsonValue): AdamRules {
  const keys = ['beta1', 'beta2', 'epsilon', 'gradientNorm', 'weightClip'] as const;
  const adam = value.object(keys);
  const read = (key: (typeof keys)[number], low: number, high: number): number => {
    const member = adam.optional(key);
    return member === null ? ADAM[key] : member.number(low, high);
  };
  return {
    beta1: read('beta1', 0, 0.9999),
    beta2: read('beta2', 0, 0.999999),
    epsilon: read('epsilon', 1e-12, 1),
    gradientNorm: read('gradientNorm', 1e-6, 1e6),
    weightClip: read('weightClip', 0.2, 1e6),
  };
}

function readLoss(value: JsonValue, labels: number): TrainingConfig['loss'] {
  const loss = value.object(['scale', 'smoothing', 'classWeights']);
  const [scale, smoothing] = [loss.optional('scale'), loss.optional('smoothing')];
  const weights = loss.optional('classWeights');
  const readWeights = (value: JsonValue): TrainingConfig['loss']['classWeights'] =>
    Array.isArray(value.value)
      ? value.array(labels, labels).map((weight) => weight.number(0, 1e6))
      : value.choice(['equal', 'balanced'] as const);
  return {
    scale: scale === null ? 4 : scale.number(1e-3, 1e3),
    smoothing: smoothing === null ? 0.05 : smoothing.number(0, 0.9),
    classWeights: weights === null ? 'equal' : readWeights(weights),
  };
}
