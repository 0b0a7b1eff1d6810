// SPDX-License-Identifier: Apache-2.0
/**
 * Which tensor of a weights file is which of a model's. Trainers wrap networks and put a prefix before every name;
 * `tensors` and `ignore` of model.json settle what a prefix does not.
 */
import { InputError } from '../base/errors.ts';
import { quote } from '../base/json.ts';
import { nearest } from '../base/nearest.ts';
import { otherNetwork } from './other-networks.ts';
import { INTEGER_FORMATS, type StoredTensor, type WeightsFile } from './tensors.ts';

/** What model.json says of names. */
export interface NameRules {
  /** Name in the file -> name here; where both end with ".", beginnings of names. */
  readonly tensors: ReadonlyMap<string, string>;
  /** Names of tensors that are left out; "*" stands for any text. */
  readonly ignore: readonly string[];
}

export interface NamedTensors {
  /** By the names that were asked for. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Texts for the user: what was assumed and what was left out. */
  readonly notes: readonly string[];
}

/** Segments that PyTorch's wrappers put anywhere into a name: DataParallel, torch.compile, FSDP, checkpointing. */
const WRAPPERS = /(^|\.)(module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)(?=\.)/g;
/** What batch normalization counts beside its weights; a layer with weights of its own is not passed over. */
const STATISTICS = /(^|\.)(running_mean|running_var|num_batches_tracked)$/;
/** Constants that the EvNN library saves with its layers. */
const CONSTANTS = /(^|\.)(_max_norm|dampening_factor|pseudo_derivative_support)$/;
/** Names in a note. */
const LISTED = 4;
/** Names that are looked through for one that is near. */
const COMPARED = 1000;

/**
 * @param expected names of the tensors that the layers need
 * @throws InputError where one of them is missing or could be several, or where a tensor belongs to no layer
 */
export function nameTensors(
  path: string,
  expected: readonly string[],
  { tensors, skipped = [] }: WeightsFile,
  rules: NameRules,
): NamedTensors {
  const renamed = rename(path, tensors, rules);
  const plain = prefixOf(path, expected, renamed);
  const names = plain === null ? unwrapped(renamed) : renamed;
  const prefix = plain ?? prefixOf(path, expected, names);
  if (prefix === null) return missing(path, expected, names);
  const found = new Map<string, StoredTensor>();
  for (const name of expected) {
    const tensor = names.get(`${prefix}${name}`);
    if (tensor !== undefined) found.set(name, tensor);
  }
  const left = [...skipped];
  for (const [name, tensor] of names) {
    if (name.startsWith(prefix) && found.has(name.slice(prefix.length))) continue;
    if (!isNegligible(name, tensor)) foreign(path, name, expected);
    left.push(`${quote(name)} (${tensor.format})`);
  }
  const notes = prefix === '' ? [] : [`names of tensors begin with ${quote(prefix)}, which is left out`];
  if (left.length > 0) notes.push(`no layer needs ${listed(left)}: left out`);
  return { tensors: found, notes };
}

/** A list of names that fits a line. */
function listed(names: readonly string[]): string {
  let text = '';
  for (const [i, name] of names.entries()) {
    const next = i === 0 ? name : `${text}, ${name}`;
    if (i > 0 && (i >= LISTED || next.length > 120)) return `${text} and ${names.length - i} more`;
    text = next;
  }
  return text;
}

/** By the names that `tensors` gives, without what `ignore` leaves out. */
function rename(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  rules: NameRules,
): Map<string, StoredTensor> {
  const ignored = rules.ignore.map(patternOf);
  const renamed = new Map<string, StoredTensor>();
  const used = new Set<string>();
  for (const [name, tensor] of tensors) {
    if (ignored.some((matches) => matches(name))) continue;
    const rule = [...rules.tensors].find(
      ([from]) => from === name || (from.endsWith('.') && name.startsWith(from)),
    );
    if (rule !== undefined) used.add(rule[0]);
    const now = rule === undefined ? name : `${rule[1]}${name.slice(rule[0].length)}`;
    if (renamed.has(now)) {
      throw new InputError(
        path,
        `two tensors would be ${quote(now)}, the second is ${quote(name)}`,
        '"tensors" of model.json',
      );
    }
    renamed.set(now, tensor);
  }
  for (const from of rules.tensors.keys()) {
    if (used.has(from)) continue;
    const close = nearest(from, tensors.keys());
    const hint = close === null ? '' : `; the nearest is ${quote(close)}`;
    throw new InputError(path, `there is no tensor ${quote(from)}${hint}`, '"tensors" of model.json');
  }
  return renamed;
}

/** Whether a name fits a pattern, of which "*" stands for any text; in time that grows with the lengths alone. */
function patternOf(pattern: string): (name: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  };
}

/** What stands before every expected name; null: they are not all there. @throws InputError where it could be several */
function prefixOf(
  path: string,
  expected: readonly string[],
  names: ReadonlyMap<string, StoredTensor>,
): string | null {
  const [first = ''] = expected;
  const prefixes = [...names.keys()]
    .filter((name) => name.endsWith(first))
    .map((name) => name.slice(0, name.length - first.length))
    .filter((prefix) => expected.every((name) => names.has(`${prefix}${name}`)));
  if (prefixes.includes('')) return '';
  const [one, other] = prefixes;
  if (one === undefined || other === undefined) return one ?? null;
  const problem = `two networks fit, with ${quote(one)} and ${quote(other)} before their names; leave one out in model.json`;
  throw new InputError(path, problem, `"ignore": [${quote(`${other}*`)}]`);
}

/** Without the segments of wrappers, as long as the names stay apart. */
function unwrapped(names: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const short = new Map(
    [...names].map(([name, t]) => [name.replace(WRAPPERS, '').replace(/^\./, ''), t] as const),
  );
  return short.size === names.size ? short : names;
}

/** Counters and the like: of them no layer is made. */
function isNegligible(name: string, { shape, format }: StoredTensor): boolean {
  return (
    CONSTANTS.test(name) ||
    shape.length === 0 ||
    INTEGER_FORMATS.includes(format) ||
    format.startsWith('"') ||
    STATISTICS.test(name)
  );
}

function missing(path: string, expected: readonly string[], names: ReadonlyMap<string, StoredTensor>): never {
  const other = otherNetwork(names);
  if (other !== null) throw new InputError(path, other);
  // The prefix under which the most names are there.
  const counts = new Map<string, number>([['', 0]]);
  for (const name of names.keys()) {
    const fits = expected.find((wanted) => name.endsWith(wanted));
    if (fits === undefined) continue;
    const prefix = name.slice(0, name.length - fits.length);
    counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const [prefix] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best));
  const lacking = expected.find((name) => !names.has(`${prefix}${name}`)) ?? '';
  const rest = [...names.keys()].filter((name) => !expected.some((wanted) => name === `${prefix}${wanted}`));
  const close = nearest(`${prefix}${lacking}`, rest.slice(0, COMPARED));
  const there =
    close === null ? 'the file holds no other' : `the nearest of ${names.size} is ${quote(close)}`;
  const hint = close === null ? '' : '; "tensors" in model.json maps names, "egru inspect" lists them';
  throw new InputError(path, `tensor ${quote(`${prefix}${lacking}`)} is missing; ${there}${hint}`);
}

function foreign(path: string, name: string, expected: readonly string[]): never {
  const close = quote(nearest(name, expected) ?? '');
  const problem = `tensor ${quote(name)} belongs to no layer of model.json, the nearest is ${close}; to leave it out`;
  throw new InputError(path, problem, `"ignore": [${quote(name)}]`);
}
