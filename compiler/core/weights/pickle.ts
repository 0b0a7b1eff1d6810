// SPDX-License-Identifier: Apache-2.0
/**
 * Reads Python's pickle format (protocols 2 to 5) as data. Nothing is executed: a class or a call that is not the
 * caller's becomes a PickleForeign, which is a name with what was set on it; names that only an attack has use for are
 * refused. The machine has no recursion, every opcode costs constant time or time in proportion to its own bytes, and
 * nothing is allocated ahead of its bytes.
 */
import { quote } from '../base/json.ts';
import { type Fail, PickleBytes } from './pickle-bytes.ts';
import { isDangerous } from './pickle-danger.ts';
import { readLiteral } from './pickle-literals.ts';
import { OPCODE_NAMES } from './pickle-opcodes.ts';
import {
  kindOf,
  PickleDict,
  PickleForeign,
  PickleGlobal,
  PickleList,
  PickleTuple,
  PickleUnread,
  type PickleValue,
} from './pickle-values.ts';

/** Largest memo index; a state_dict uses about ten per tensor. */
const MAX_MEMO = 1 << 20;
const HIGHEST_PROTOCOL = 5;
/** Tuples, lists, dicts and objects; a state_dict with its optimizer has about ten per tensor. */
const MAX_MADE = 1 << 18;

/** What the caller allows beyond plain data. Each function throws through `fail` where it refuses. */
export interface PickleRules {
  /** Names (module.name) whose calls `call` knows; a call of any other makes a PickleForeign. */
  readonly globals: ReadonlySet<string>;
  call(callee: PickleGlobal, args: PickleTuple, fail: Fail): PickleValue;
  /** A reference to something outside of the pickle. */
  persistent(id: PickleValue, fail: Fail): PickleValue;
}

/** @param entry what to call the pickle in messages; @returns the one value that it holds */
export function readPickle(file: string, entry: string, bytes: Uint8Array, rules: PickleRules): PickleValue {
  return readPickleAt(file, entry, bytes, 0, rules).value;
}

/** The same for a pickle that begins at `start` and is followed by other bytes, from `end` on. */
export function readPickleAt(
  file: string,
  entry: string,
  bytes: Uint8Array,
  start: number,
  rules: PickleRules,
): { readonly value: PickleValue; readonly end: number } {
  const source = new PickleBytes(file, entry, bytes, start);
  return { value: new Machine(source, rules).run(), end: source.position };
}

class Machine {
  readonly #in: PickleBytes;
  readonly #fail: Fail;
  readonly #rules: PickleRules;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack at the open marks. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #made = 0;

  constructor(bytes: PickleBytes, rules: PickleRules) {
    this.#in = bytes;
    this.#fail = bytes.fail;
    this.#rules = rules;
  }

  run(): PickleValue {
    for (;;) {
      const code = this.#in.opcode();
      const opcode = OPCODE_NAMES.get(code) ?? '';
      if (opcode === 'STOP') {
        const value = this.#pop();
        if (this.#stack.length > 0 || this.#marks.length > 0)
          this.#fail('the pickle is damaged: values are left over');
        return value;
      }
      if (!this.#literal(opcode) && !this.#container(opcode) && !this.#object(opcode)) {
        this.#fail(
          opcode === ''
            ? `the pickle is damaged: 0x${code.toString(16).padStart(2, '0')} is not an opcode`
            : `the pickle's opcode ${opcode} is refused: a state_dict of tensors does not need it`,
        );
      }
    }
  }

  /** Opcodes that push a value of their own, and the bookkeeping ones. */
  #literal(opcode: string): boolean {
    switch (opcode) {
      case 'PROTO': {
        const version = this.#in.u8();
        if (version < 2 || version > HIGHEST_PROTOCOL)
          this.#fail(`pickle protocol ${version} is not read, only 2 to 5`);
        return true;
      }
      case 'FRAME': // a hint for readers of streams: the length of what follows
        this.#in.skip(8);
        return true;
      case 'BINPUT':
        return this.#remember(this.#in.u8());
      case 'LONG_BINPUT':
        return this.#remember(this.#in.u32());
      case 'MEMOIZE':
        return this.#remember(this.#memo.size);
      case 'BINGET':
        return this.#recall(this.#in.u8());
      case 'LONG_BINGET':
        return this.#recall(this.#in.u32());
      default: {
        const value = readLiteral(opcode, this.#in);
        if (value === undefined) return false;
        return value instanceof PickleUnread ? this.#make(value) : this.#push(value);
      }
    }
  }

  /** Opcodes that build tuples, lists and dicts. */
  #container(opcode: string): boolean {
    switch (opcode) {
      case 'MARK':
        this.#marks.push(this.#stack.length);
        return true;
      case 'POP':
        this.#pop();
        return true;
      case 'POP_MARK':
        this.#popMark();
        return true;
      case 'EMPTY_TUPLE':
        return this.#make(new PickleTuple([]));
      case 'TUPLE1':
      case 'TUPLE2':
      case 'TUPLE3': {
        const items: PickleValue[] = [];
        for (let n = Number(opcode.at(-1)); n > 0; n--) items.unshift(this.#pop());
        return this.#make(new PickleTuple(items));
      }
      case 'TUPLE':
        return this.#make(new PickleTuple(this.#popMark()));
      case 'EMPTY_LIST':
        return this.#make(new PickleList());
      case 'LIST':
        this.#tally();
        return this.#append(this.#popMark(), new PickleList());
      case 'APPEND':
        return this.#append([this.#pop()], this.#pop());
      case 'APPENDS':
        return this.#append(this.#popMark(), this.#pop());
      case 'EMPTY_DICT':
        return this.#make(new PickleDict(false));
      case 'DICT':
        this.#tally();
        return this.#setItems(this.#popMark(), new PickleDict(false));
      case 'SETITEM': {
        const value = this.#pop();
        const key = this.#pop();
        return this.#setItems([key, value], this.#pop());
      }
      case 'SETITEMS':
        return this.#setItems(this.#popMark(), this.#pop());
      case 'EMPTY_SET':
        return this.#make(new PickleForeign('a set'));
      case 'ADDITEMS':
        this.#popMark();
        return true;
      case 'FROZENSET':
        this.#popMark();
        return this.#make(new PickleForeign('a set'));
      default:
        return false;
    }
  }

  /** Opcodes that name classes and functions: what is not on the list of the caller ends here. */
  #object(opcode: string): boolean {
    switch (opcode) {
      case 'GLOBAL':
        return this.#push(this.#global(this.#in.line(), this.#in.line()));
      case 'STACK_GLOBAL': {
        const name = this.#pop();
        const module = this.#pop();
        if (typeof name !== 'string' || typeof module !== 'string') {
          this.#fail('the pickle is damaged: STACK_GLOBAL without two texts');
        }
        return this.#push(this.#global(module, name));
      }
      case 'INST': {
        const callee = this.#global(this.#in.line(), this.#in.line());
        return this.#call(callee, new PickleTuple(this.#popMark()));
      }
      case 'OBJ': {
        const [callee = null, ...args] = this.#popMark();
        return this.#call(callee, new PickleTuple(args));
      }
      case 'NEWOBJ_EX':
        this.#pop(); // arguments by name
        return this.#reduce();
      case 'NEWOBJ':
      case 'REDUCE':
        return this.#reduce();
      case 'BINPERSID':
        return this.#make(this.#rules.persistent(this.#pop(), this.#fail));
      case 'BUILD': {
        // Attributes of an object. PyTorch gives a state_dict's OrderedDict versions of its modules, unused here.
        const state = this.#pop();
        const target = this.#pop();
        if (target instanceof PickleForeign) {
          target.state = state;
          return this.#push(target);
        }
        const harmless =
          target instanceof PickleDict &&
          target.ordered &&
          state instanceof PickleDict &&
          [...state.items.keys()].every((key) => key === '_metadata');
        if (!harmless) this.#fail(`the pickle sets attributes of ${kindOf(target)}, which is refused`);
        return this.#push(target);
      }
      default:
        return false;
    }
  }

  #global(module: string, name: string): PickleGlobal {
    const full = `${module}.${name}`;
    if (isDangerous(module, name)) {
      const refused = `the pickle refers to ${full.slice(0, 60)}, which is refused`;
      this.#fail(`${refused}: a checkpoint is read, never executed; do not load it with PyTorch`);
    }
    return new PickleGlobal(full);
  }

  #reduce(): true {
    const args = this.#pop();
    return this.#call(this.#pop(), args);
  }

  /** A call of what the caller knows; any other one gives an object without contents. */
  #call(callee: PickleValue, args: PickleValue): true {
    if (callee instanceof PickleForeign) return this.#make(new PickleForeign(callee.kind));
    if (!(callee instanceof PickleGlobal)) this.#fail(`the pickle calls ${kindOf(callee)}, which is refused`);
    if (!(args instanceof PickleTuple))
      this.#fail(`the pickle is damaged: arguments of ${kindOf(callee)} are not a tuple`);
    if (!this.#rules.globals.has(callee.name)) return this.#make(new PickleForeign(callee.name));
    return this.#make(this.#rules.call(callee, args, this.#fail));
  }

  #append(items: readonly PickleValue[], target: PickleValue): boolean {
    if (target instanceof PickleForeign) return this.#push(target); // a list of a class of its own
    if (!(target instanceof PickleList)) this.#fail(`the pickle is damaged: it appends to ${kindOf(target)}`);
    for (const item of items) target.items.push(item);
    return this.#push(target);
  }

  #setItems(pairs: readonly PickleValue[], target: PickleValue): boolean {
    if (!(target instanceof PickleDict || target instanceof PickleForeign))
      this.#fail(`the pickle is damaged: it sets items of ${kindOf(target)}`);
    if (pairs.length % 2 !== 0) this.#fail('the pickle is damaged: a key without a value');
    for (let i = 0; i < pairs.length; i += 2) {
      const key = pairs[i] ?? null;
      if (typeof key === 'string' && target.items.has(key)) {
        this.#fail(`a dict holds the key ${quote(key)} twice`);
      }
      target.items.set(key, pairs[i + 1] ?? null);
    }
    return this.#push(target);
  }

  /** Pushes a container or an object that did not exist before. */
  #make(value: PickleValue): true {
    this.#tally();
    return this.#push(value);
  }

  #tally(): void {
    this.#made++;
    if (this.#made > MAX_MADE) this.#fail(`over ${MAX_MADE} objects in a pickle are not read`);
  }

  #push(value: PickleValue): true {
    this.#stack.push(value);
    return true;
  }

  #pop(): PickleValue {
    const value = this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : undefined;
    return value === undefined ? this.#fail('the pickle is damaged: its stack is empty') : value;
  }

  #popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    return mark === undefined
      ? this.#fail('the pickle is damaged: no mark is open')
      : this.#stack.splice(mark);
  }

  #remember(index: number): true {
    if (index >= MAX_MEMO) this.#fail(`the pickle's memo index ${index} is beyond ${MAX_MEMO}`);
    const value = this.#pop();
    this.#memo.set(index, value);
    return this.#push(value);
  }

  #recall(index: number): true {
    const value = this.#memo.get(index);
    return value === undefined
      ? this.#fail(`the pickle is damaged: nothing is remembered as ${index}`)
      : this.#push(value);
  }
}
