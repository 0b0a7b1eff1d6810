// SPDX-License-Identifier: Apache-2.0
/**
 * Finds the tensors of a network in whatever a training script saved: a state_dict, a dict around it, a module with its
 * parameters. Only data are looked at; what has no tensor that counts is named, for a message.
 */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import {
  kindOf,
  PickleDict,
  PickleForeign,
  PickleList,
  PickleTuple,
  type PickleValue,
} from './pickle-values.ts';
import { TensorView } from './torch-values.ts';

/** Where trainers put the network, in the order of preference: its weights before an average of them. */
const NETWORKS = [
  ...['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'network', 'module', 'generator_ema'],
  ...['net_state_dict', 'network_state_dict', 'weights', 'params', 'parameters', 'student', 'backbone'],
  ...['ema_state_dict', 'model_ema', 'ema_model', 'state_dict_ema', 'params_ema', 'ema'],
];
/** What trainers keep beside it, with tensors of their own. */
const BESIDE =
  /optim|sched|scaler|^rng|random_state|adam|momentum|callback|^loops$|hyper_?param|^args$|^config$/i;
/** Containers inside each other; trainers need four. */
const MAX_DEPTH = 24;
/** Dicts of a module (torch.nn.Module): parts of its names, and not. */
const MODULE_PARTS = ['_parameters', '_buffers', '_modules'];

export interface FoundState {
  readonly tensors: ReadonlyMap<string, TensorView>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly skipped: readonly string[];
}

/** @throws InputError where there is no tensor, or a name twice */
export function findState(file: string, top: PickleValue): FoundState {
  return new Finder(file).find(top);
}

type Entry = readonly [name: string, value: PickleValue];

class Finder {
  readonly #file: string;
  readonly #tensors = new Map<string, TensorView>();
  readonly #metadata = new Map<string, string>();
  readonly #skipped: string[] = [];
  /** Whether a container holds a tensor; a container is looked into once. */
  readonly #holding = new Map<PickleValue, boolean>();
  /** Containers whose tensors were taken. */
  readonly #taken = new Set<PickleValue>();

  constructor(file: string) {
    this.#file = file;
  }

  find(top: PickleValue): FoundState {
    if (!this.#holds(top, 0) || top instanceof TensorView) {
      const what = top instanceof PickleDict ? 'without a tensor' : 'not a state_dict';
      const problem = `holds ${kindOf(top)}, ${what}; save it with torch.save(model.state_dict(), FILE)`;
      throw new InputError(this.#file, problem);
    }
    this.#descend(top, 0);
    return { tensors: this.#tensors, metadata: this.#metadata, skipped: this.#skipped };
  }

  /** Through the wrappings, to where the names of tensors begin. */
  #descend(value: PickleValue, depth: number): void {
    const all = entriesOf(value);
    const entries = all.filter(([name, item]) => !BESIDE.test(name) && this.#holds(item, depth + 1));
    const chosen = value instanceof PickleForeign ? null : this.#wrapped(entries);
    if (chosen === null) {
      this.#take(value, '', depth);
      return;
    }
    for (const entry of all) if (entry !== chosen) this.#skip('', entry);
    this.#descend(chosen[1], depth + 1);
  }

  /** The entry that holds the network; null: these are its tensors, or the names of its parts. */
  #wrapped(entries: readonly Entry[]): Entry | null {
    const containers = entries.filter(([, item]) => !(item instanceof TensorView));
    for (const wanted of NETWORKS) {
      const found = containers.find(([name]) => name === wanted);
      if (found !== undefined) return found;
    }
    const [only, another] = containers;
    if (only === undefined || another !== undefined) return null;
    // One of an unknown name around another wrapping; where it is around tensors it is the beginning of their names.
    const inside = entriesOf(only[1]).filter(([, item]) => !(item instanceof TensorView));
    const isWrapping = inside.some(([name, item]) => NETWORKS.includes(name) && this.#holds(item, 0));
    return isWrapping && !(only[1] instanceof PickleForeign) ? only : null;
  }

  #take(value: PickleValue, prefix: string, depth: number): void {
    if (this.#taken.has(value)) return;
    this.#taken.add(value);
    for (const entry of entriesOf(value)) {
      const [name, item] = entry;
      const path = `${prefix}${name}`;
      if (item instanceof TensorView) {
        if (this.#tensors.has(path))
          throw new InputError(this.#file, `holds the tensor ${quote(path)} twice`);
        this.#tensors.set(path, item);
      } else if (!BESIDE.test(name) && this.#holds(item, depth + 1)) {
        this.#take(item, `${path}.`, depth + 1);
      } else if (!(value instanceof PickleForeign)) {
        this.#skip(prefix, entry);
      }
    }
  }

  /** What is left out is named; a text may be what its trainer wrote about the weights. */
  #skip(prefix: string, [name, item]: Entry): void {
    if (typeof item === 'string' && prefix === '') this.#metadata.set(name, item);
    if (name !== 'frontendDigest') this.#skipped.push(`${quote(`${prefix}${name}`)} (${kindOf(item)})`);
  }

  #holds(value: PickleValue, depth: number): boolean {
    if (value instanceof TensorView) return true;
    if (depth > MAX_DEPTH) return false;
    const known = this.#holding.get(value);
    if (known !== undefined || typeof value !== 'object' || value === null) return known ?? false;
    this.#holding.set(value, false); // for what holds itself
    const holds = entriesOf(value).some(([, item]) => this.#holds(item, depth + 1));
    this.#holding.set(value, holds);
    return holds;
  }
}

/** What a container or an object holds, by name; the parts of a module as its own names have them. */
function entriesOf(value: PickleValue): Entry[] {
  if (value instanceof PickleDict) return named(value);
  if (value instanceof PickleForeign) {
    const attributes = value.state instanceof PickleDict ? named(value.state) : [];
    const parts = attributes.filter(([name]) => MODULE_PARTS.includes(name));
    const inside = parts.flatMap(([, part]) => (part instanceof PickleDict ? named(part) : []));
    return [...named(value), ...(parts.length > 0 ? inside : attributes)];
  }
  if (!(value instanceof PickleList || value instanceof PickleTuple)) return [];
  return value.items.map((item, index) => namedPair(item) ?? [String(index), item]);
}

/** ("gru.weight", tensor), as a list of named_parameters() has them. */
function namedPair(item: PickleValue): Entry | null {
  const [name, tensor] = item instanceof PickleTuple && item.items.length === 2 ? item.items : [];
  return typeof name === 'string' && tensor instanceof TensorView ? [name, tensor] : null;
}

function named({ items }: { readonly items: ReadonlyMap<PickleValue, PickleValue> }): Entry[] {
  return [...items].flatMap(([key, item]) =>
    typeof key === 'string' || typeof key === 'number' ? [[String(key), item] as const] : [],
  );
}
