// SPDX-License-Identifier: Apache-2.0
/** model.json (format 1): keys, types, sizes and how they fit together; nothing of the weights file yet. */
import { describe, type JsonValue, quote } from '../base/json.ts';
import { isPlainName } from '../base/plain-name.ts';
import { cellOf, cellTypes, modelKeys, ownersOf, weightsOf } from '../program/cells/index.ts';
import {
  LAYER_NAME,
  LAYER_NAME_RULE,
  MAX_COLUMNS,
  MAX_LAYERS,
  MAX_STEPS,
  MAX_WEIGHTS,
} from '../program/limits.ts';
import type { BiasRule, QuantizerRule, Readout } from '../program/program.ts';
import { readDetect } from './detect-json.ts';
import { readFrontend } from './frontend-json.ts';
import { readLicense } from './license.ts';
import type { DetectModel, FrontendModel, LayerHead, Splits } from './model.ts';

const KEYS = [
  'format',
  'name',
  'labels',
  'weights',
  'license',
  'layers',
  'quantizer',
  'bias',
  'frontend',
  'readout',
  'splits',
  'detect',
  'tensors',
  'ignore',
  'integerScale',
] as const;

/** Of `ignore`. */
const MAX_PATTERNS = 256;

export interface ModelHead {
  readonly name: string;
  readonly labels: readonly string[];
  readonly weights: string;
  /** Of the weights, an SPDX expression; null: not stated. */
  readonly license: string | null;
  readonly layers: readonly LayerHead[];
  readonly quantizer: QuantizerRule;
  readonly bias: BiasRule;
  readonly frontend: FrontendModel | null;
  readonly readout: Readout | null;
  readonly splits: Splits | null;
  readonly detect: DetectModel | null;
  /** Of weights files whose names others gave: core/weights/tensor-names.ts. */
  readonly tensors: ReadonlyMap<string, string>;
  readonly ignore: readonly string[];
  /** What a weight of 1 in a file of integers stands for. */
  readonly integerScale: number | null;
}

/** @throws InputError with the place in the document */
export function readModelJson(document: JsonValue): ModelHead {
  const top = document.object(KEYS);
  top.get('format').integer(1, 1);
  const layers = readLayers(top.get('layers'));
  const labels = readLabels(top.get('labels'), layers.at(-1)?.units ?? 0);
  const weights = top.get('weights');
  if (!isPlainName(weights.text())) {
    weights.fail(
      `must be the name of a file in the model folder, without a path, found ${quote(weights.text())}`,
    );
  }
  const license = top.optional('license');
  const frontend = top.optional('frontend');
  const readout = top.optional('readout');
  const splits = top.optional('splits');
  const detect = top.optional('detect');
  const frontendModel = frontend === null ? null : readFrontend(frontend, layers[0]?.inputs ?? 0);
  return {
    name: top.get('name').name(),
    labels,
    weights: weights.text(),
    license: license === null ? null : readLicense(license),
    layers,
    quantizer: top.optional('quantizer')?.choice(['code', 'equation']) ?? 'code',
    bias: top.optional('bias')?.choice(['septenary', 'q15']) ?? 'septenary',
    frontend: frontendModel,
    readout: readout === null ? null : readReadout(readout, layers),
    splits: splits === null ? null : readSplits(splits),
    detect: detect === null ? null : readDetect(detect, labels, frontendModel),
    ...readNames(top),
  };
}

type Names = Pick<ModelHead, 'tensors' | 'ignore' | 'integerScale'>;

function readNames(top: ReturnType<JsonValue['object']>): Names {
  const tensors = [...(top.optional('tensors')?.members() ?? [])].map(
    ([name, ours]) => [name, ours.text()] as const,
  );
  const ignore =
    top
      .optional('ignore')
      ?.array(0, MAX_PATTERNS)
      .map((pattern) => pattern.text()) ?? [];
  return {
    tensors: new Map(tensors),
    ignore,
    integerScale: top.optional('integerScale')?.positive() ?? null,
  };
}

function readLayers(value: JsonValue): LayerHead[] {
  const items = value.array(1, MAX_LAYERS);
  const layers: LayerHead[] = [];
  let weights = 0;
  items.forEach((item, index) => {
    const layer = readLayer(item, index === items.length - 1);
    const before = layers.at(-1);
    if (before !== undefined && layer.inputs !== before.units) {
      item.fail(
        `has ${layer.inputs} inputs, but layer ${quote(before.name)} before it has ${before.units} units`,
      );
    }
    if (layers.some(({ name }) => name === layer.name))
      item.fail(`a second layer of the name ${quote(layer.name)}`);
    weights += weightsOf(layer);
    if (weights > MAX_WEIGHTS)
      item.fail(`the layers up to here have ${weights} weights, at most ${MAX_WEIGHTS} are compiled`);
    layers.push(layer);
  });
  return layers;
}

function readLayer(item: JsonValue, last: boolean): LayerHead {
  const layer = item.object(['type', 'name', 'inputs', 'units', ...modelKeys()]);
  const type = layer.get('type').choice(cellTypes());
  const name = layer.get('name');
  if (!LAYER_NAME.test(name.text())) name.fail(LAYER_NAME_RULE);
  const inputs = layer.get('inputs').integer(1, MAX_COLUMNS - 1);
  const units = layer.get('units').integer(1, MAX_COLUMNS - 1);
  if (inputs + units > MAX_COLUMNS)
    item.fail(`${inputs} inputs and ${units} units: together at most ${MAX_COLUMNS}`);
  const cell = cellOf({ type });
  const stray = modelKeys().find((key) => layer.has(key) && !cell.modelKeys.includes(key));
  if (stray !== undefined) {
    const owners = ownersOf(stray).map(quote).join(' or ');
    item.fail(`${quote(stray)} belongs to layers of type ${owners}; this one has type ${quote(type)}`);
  }
  const settings = cell.readSettings(layer, units, last);
  return { type, name: name.text(), inputs, units, settings };
}

function readLabels(value: JsonValue, units: number): string[] {
  const labels = value.array(1, MAX_COLUMNS).map((item) => item.name());
  if (labels.length !== units) value.fail(`${labels.length} labels for the ${units} units of the last layer`);
  const seen = new Set<string>();
  for (const label of labels) {
    if (seen.has(label)) value.fail(`the label ${quote(label)} is listed twice`);
    seen.add(label);
  }
  return labels;
}

function readReadout(value: JsonValue, layers: readonly LayerHead[]): Readout {
  const readout = value.object(['steps', 'rule']);
  const rule = readout.get('rule');
  for (const layer of layers) {
    const needed = cellOf(layer).readoutRule?.(layer.settings) ?? null;
    if (needed !== null && rule.value !== needed)
      rule.fail(
        `must be ${quote(needed)}, which layer ${quote(layer.name)} needs, found ${describe(rule.value)}`,
      );
  }
  return {
    steps: readout.get('steps').integer(1, MAX_STEPS),
    rule: rule.choice(['sum', 'last']),
  };
}

/** Shares; or `pattern`, and beside it one object per split: placeholder -> the values that belong to it. */
function readSplits(value: JsonValue): Splits {
  const members = value.members();
  if (members.has('by')) {
    const rule = value.object(['by', 'validation', 'test']);
    const share = (key: string) => rule.optional(key)?.number(0, 1) ?? 0;
    const by = rule.get('by').choice(['hash', 'rank']);
    return { by, validation: share('validation'), test: share('test') };
  }
  const pattern = members.get('pattern')?.text() ?? value.fail('"pattern" is missing');
  const placeholders = [...pattern.matchAll(/\{([A-Za-z]+)\}/g)].map(([, name]) => name ?? '');
  const sets = new Map<string, ReadonlyMap<string, string>>();
  for (const [split, rule] of members) {
    if (split === 'pattern') continue;
    rule.object(placeholders);
    sets.set(split, new Map([...rule.members()].map(([key, member]) => [key, member.text()])));
  }
  return { pattern, sets };
}
