// SPDX-License-Identifier: Apache-2.0
/** The layers of a network from the names and shapes of its tensors: what a model.json for them has to state. */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import type { OwnTensor, Proposed } from '../program/cells/cell.ts';
import { cellOf, cellTypes, columnsOf } from '../program/cells/index.ts';
import { LAYER_NAME, MAX_LAYERS } from '../program/limits.ts';
import { otherNetwork } from '../weights/other-networks.ts';
import type { StoredTensor } from '../weights/tensors.ts';

export interface ProposedLayer {
  readonly type: string;
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
  /** Keys of its cell in model.json. */
  readonly settings?: Proposed['settings'];
}

export interface Proposal {
  /** In the order of evaluation: each has the units of the one before as its inputs. */
  readonly layers: readonly ProposedLayer[];
  /** What stands before the layers' names in the file. */
  readonly prefix: string;
  /** What of the layers' settings the file does not tell. */
  readonly assumed: readonly string[];
  /** Tensors that belong to none of them. */
  readonly left: readonly string[];
}

/** @throws InputError where the tensors are not those of a chain of layers that can be compiled */
export function proposeLayers(path: string, tensors: ReadonlyMap<string, StoredTensor>): Proposal {
  const found = layersIn(tensors);
  if (found.length === 0) {
    const problem =
      'holds no layer: an eGRU layer has tensors NAME.weight_zx.weight, .bias and NAME.weight_hx.weight, .bias';
    const told = incomplete(tensors) ?? otherNetwork(tensors) ?? problem;
    throw new InputError(path, told, 'egru inspect lists what it holds');
  }
  if (found.length > MAX_LAYERS)
    throw new InputError(path, `holds ${found.length} layers, at most ${MAX_LAYERS} are compiled`);
  const chain = chainOf(found, []);
  const bare = withoutBias(tensors, chain === null);
  if (bare !== undefined)
    throw new InputError(
      path,
      `${quote(bare)} has no bias beside it, which every layer needs; zeros will do`,
    );
  if (chain === null) {
    const sizes = found.slice(0, 4).map(({ name, inputs, units }) => `${quote(name)} ${inputs} to ${units}`);
    throw new InputError(
      path,
      `the layers do not follow each other by their sizes: ${sizes.join(', ')}`.slice(0, 150),
    );
  }
  const prefix = sharedPrefix(chain.map(({ name }) => name));
  const layers = chain.map((layer) => withoutPrefix(layer, prefix));
  const odd = layers.find(({ name }) => !LAYER_NAME.test(name));
  if (odd !== undefined)
    throw new InputError(path, `${quote(odd.name)} cannot name a layer; rename its tensors`);
  const used = new Set(
    chain.flatMap((layer) => tensorsOf(layer).flatMap(({ name, or = name }) => [name, or])),
  );
  const assumed = new Set(chain.flatMap(({ type, name }) => cellOf({ type }).propose?.(name).assumed ?? []));
  const left = [...tensors.keys()].filter((name) => !used.has(name));
  return { layers, prefix, assumed: [...assumed], left };
}

function withoutPrefix(layer: ProposedLayer, prefix: string): ProposedLayer {
  const name = layer.name.slice(prefix.length);
  const { prefix: own } = layer.settings ?? {};
  if (own === undefined) return { ...layer, name };
  return { ...layer, name, settings: { ...layer.settings, prefix: own.slice(prefix.length) } };
}

/**
 * A weight whose bias is missing, so that its layer is not seen as one.
 * @param any false: only those that nothing but a layer's gate is called
 */
function withoutBias(tensors: ReadonlyMap<string, StoredTensor>, any: boolean): string | undefined {
  const gates = cellTypes().flatMap((type) => cellOf({ type }).gates.map(({ tensor }) => tensor));
  const endings = gates.filter((tensor) => any || tensor !== '').map((tensor) => `${tensor}.weight`);
  return [...tensors.keys()].find(
    (name) =>
      tensors.get(name)?.shape.length === 2 &&
      endings.some((ending) => name.endsWith(ending)) &&
      !tensors.has(`${name.slice(0, -'weight'.length)}bias`),
  );
}

/** All tensors of a layer: of its gates, of its thresholds where they are one, its own. */
function tensorsOf({ type, name, inputs, units, settings = {} }: ProposedLayer): readonly OwnTensor[] {
  const cell = cellOf({ type });
  const columns = columnsOf({ type, inputs, units });
  const thresholds = cell.thresholdTensor?.({ threshold: null }) ?? null;
  return [
    ...cell.gates.flatMap(({ tensor }) => [
      { name: `${name}${tensor}.weight`, shape: [units, columns] },
      { name: `${name}${tensor}.bias`, shape: [units] },
    ]),
    ...(thresholds === null ? [] : [{ name: name + thresholds, shape: [units] }]),
    ...(cell.ownTensors?.({ name, inputs, units }, settings) ?? []),
  ];
}

/** Layers whose tensors are all there, in the order of the file; of two cells that fit, the one with more of them. */
function layersIn(tensors: ReadonlyMap<string, StoredTensor>): ProposedLayer[] {
  const layers: ProposedLayer[] = [];
  const used = new Set<string>();
  const has = (name: string, shape: readonly number[]) => tensors.get(name)?.shape.join() === shape.join();
  for (const [key, { shape }] of tensors) {
    if (used.has(key)) continue;
    const [best] = cellTypes()
      .flatMap((type) => layerAt(type, key, shape) ?? [])
      .map((layer) => ({ layer, needed: tensorsOf(layer) }))
      .filter(({ needed }) =>
        needed.every(({ name, or, shape }) => has(name, shape) || has(or ?? name, shape)),
      )
      .sort((a, b) => b.needed.length - a.needed.length);
    if (best === undefined) continue;
    layers.push(best.layer);
    for (const { name, or = name } of best.needed) used.add(name).add(or);
  }
  return layers;
}

/** What a layer with tensors of its own lacks, where one of them was recognised; null: there is none. */
function incomplete(tensors: ReadonlyMap<string, StoredTensor>): string | null {
  for (const [key, { shape }] of tensors) {
    for (const type of cellTypes()) {
      if (cellOf({ type }).recognise === undefined) continue;
      const layer = layerAt(type, key, shape);
      for (const { name, or = name, shape: needed } of layer === null ? [] : tensorsOf(layer)) {
        const found = tensors.get(name) ?? tensors.get(or);
        if (found?.shape.join() === needed.join()) continue;
        const names = name === or ? quote(name) : `${quote(name)} or ${quote(or)}`;
        const has = found === undefined ? 'lacks it' : `has [${found.shape.join(', ')}]`;
        return `${quote(key)} begins a layer of ${type}, which needs ${names} of [${needed.join(', ')}]; the file ${has}`;
      }
    }
  }
  return null;
}

/** The layer of this cell that a tensor would be of, by its name and shape; null: of none. */
function layerAt(type: string, key: string, shape: readonly number[]): ProposedLayer | null {
  const { gates, recurrent, recognise, propose } = cellOf({ type });
  const found = recognise?.(key, shape) ?? null;
  if (found !== null) {
    const { prefix, inputs, units } = found;
    if (inputs < 1 || units < 1) return null;
    const name = prefix === '' ? type : prefix.slice(0, -1);
    return { type, name, inputs, units, settings: propose?.(prefix).settings ?? {} };
  }
  const gate = gates.find(({ tensor }) => key.endsWith(`${tensor}.weight`));
  if (gate === undefined) return null;
  const [units = 0, columns = 0] = shape;
  const name = key.slice(0, key.length - `${gate.tensor}.weight`.length);
  const inputs = recurrent ? columns - units : columns;
  if (inputs < 1 || name === '') return null;
  const settings = propose?.(name).settings;
  return { type, name, inputs, units, ...(settings === undefined ? {} : { settings }) };
}

/** An order in which all of them follow each other, that of the file where it is one; null: there is none. */
function chainOf(rest: readonly ProposedLayer[], chain: readonly ProposedLayer[]): ProposedLayer[] | null {
  if (rest.length === 0) return [...chain];
  const last = chain.at(-1);
  for (const layer of rest) {
    if (last !== undefined && last.units !== layer.inputs) continue;
    // Equal layers are alike: the first of them stands for all.
    const first = rest.find(
      ({ type, inputs, units }) => type === layer.type && inputs === layer.inputs && units === layer.units,
    );
    if (first !== layer) continue;
    const whole = chainOf(
      rest.filter((other) => other !== layer),
      [...chain, layer],
    );
    if (whole !== null) return whole;
  }
  return null;
}

/** The longest beginning that ends with a dot and leaves something of every name. */
function sharedPrefix(names: readonly string[]): string {
  const [first = ''] = names;
  let prefix = '';
  for (let at = first.indexOf('.'); at >= 0; at = first.indexOf('.', at + 1)) {
    const candidate = first.slice(0, at + 1);
    if (names.every((name) => name.startsWith(candidate) && name.length > candidate.length))
      prefix = candidate;
  }
  return prefix;
}
