// SPDX-License-Identifier: Apache-2.0
/** The layers of a network from the names and shapes of its tensors: what a model.json for them has to state. */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { cellOf, cellTypes } from '../program/cells/index.ts';
import { LAYER_NAME, MAX_LAYERS } from '../program/limits.ts';
import { otherNetwork } from '../weights/other-networks.ts';
import type { StoredTensor } from '../weights/tensors.ts';

export interface ProposedLayer {
  readonly type: string;
  readonly name: string;
  readonly inputs: number;
  readonly units: number;
}

export interface Proposal {
  /** In the order of evaluation: each has the units of the one before as its inputs. */
  readonly layers: readonly ProposedLayer[];
  /** What stands before the layers' names in the file. */
  readonly prefix: string;
  /** Tensors that belong to none of them. */
  readonly left: readonly string[];
}

/** @throws InputError where the tensors are not those of a chain of layers that can be compiled */
export function proposeLayers(path: string, tensors: ReadonlyMap<string, StoredTensor>): Proposal {
  const found = layersIn(tensors);
  if (found.length === 0) {
    const problem =
      'holds no layer: an eGRU layer has tensors NAME.weight_zx.weight, .bias and NAME.weight_hx.weight, .bias';
    throw new InputError(path, otherNetwork(tensors) ?? problem, 'egru inspect lists what it holds');
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
  const layers = chain.map((layer) => ({ ...layer, name: layer.name.slice(prefix.length) }));
  const odd = layers.find(({ name }) => !LAYER_NAME.test(name));
  if (odd !== undefined)
    throw new InputError(path, `${quote(odd.name)} cannot name a layer; rename its tensors`);
  const used = new Set(chain.flatMap(({ type, name }) => tensorsOf(type, name)));
  return { layers, prefix, left: [...tensors.keys()].filter((name) => !used.has(name)) };
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

function tensorsOf(type: string, name: string): string[] {
  return cellOf({ type }).gates.flatMap(({ tensor }) => [`${name}${tensor}.weight`, `${name}${tensor}.bias`]);
}

/** Layers whose tensors are all there, in the order of the file; of two cells that fit, the one with more of them. */
function layersIn(tensors: ReadonlyMap<string, StoredTensor>): ProposedLayer[] {
  const layers: ProposedLayer[] = [];
  const used = new Set<string>();
  const types = [...cellTypes()].sort(
    (a, b) => cellOf({ type: b }).gates.length - cellOf({ type: a }).gates.length,
  );
  for (const [key, { shape }] of tensors) {
    if (used.has(key)) continue;
    const [units = 0, columns = 0] = shape;
    for (const type of types) {
      const { gates, recurrent } = cellOf({ type });
      const gate = gates.find(({ tensor }) => key.endsWith(`${tensor}.weight`));
      if (gate === undefined) continue;
      const name = key.slice(0, key.length - `${gate.tensor}.weight`.length);
      const inputs = recurrent ? columns - units : columns;
      const needed = tensorsOf(type, name);
      const fits = needed.every((tensor) => {
        const expected = tensor.endsWith('.bias') ? [units] : [units, columns];
        return tensors.get(tensor)?.shape.join() === expected.join();
      });
      if (!fits || inputs < 1 || name === '') continue;
      layers.push({ type, name, inputs, units });
      for (const tensor of needed) used.add(tensor);
      break;
    }
  }
  return layers;
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
