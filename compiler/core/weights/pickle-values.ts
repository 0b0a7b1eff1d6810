// SPDX-License-Identifier: Apache-2.0
/** What a pickle may hold here: plain data, and whatever the caller builds for the globals that it allows. */

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

export class PickleList {
  readonly items: PickleValue[] = [];
}

/** dict, or collections.OrderedDict where `ordered`. */
export class PickleDict {
  readonly items = new Map<PickleValue, PickleValue>();
  constructor(readonly ordered: boolean) {}
}

/** A class or function that a pickle names. Only ever compared, never called. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** Something the caller made: a storage or a tensor. */
export abstract class PickleOpaque {
  abstract readonly kind: string;
}

/** Something that nobody here needs: bytes, a set, a large integer. */
export class PickleUnread extends PickleOpaque {
  constructor(readonly kind: string) {
    super();
  }
}

/** An object of a class or of a call that is not known here: its name and what was set on it, never run. */
export class PickleForeign extends PickleOpaque {
  readonly items = new Map<PickleValue, PickleValue>();
  state: PickleValue = null;
  constructor(readonly kind: string) {
    super();
  }
}

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | PickleOpaque;

/** The name of a value's type for messages. */
export function kindOf(value: PickleValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'boolean') return 'a boolean';
  if (value instanceof PickleTuple) return 'a tuple';
  if (value instanceof PickleList) return 'a list';
  if (value instanceof PickleDict) return value.ordered ? 'an OrderedDict' : 'a dict';
  return (value instanceof PickleGlobal ? value.name : value.kind).slice(0, 80);
}
