// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../compiler/host/load/load.ts';
import { join, u32 } from './bytes.ts';
import { BIAS, folder, refusal, SMALL, WEIGHT } from './folder.ts';
import {
  call,
  checkpoint,
  global,
  int,
  ordered,
  pickle,
  stateDict,
  storage,
  tensor,
  text,
  tuple,
} from './pickle-writer.ts';

function problem(body: Uint8Array): string {
  const path = folder(SMALL, { 'w.pt': checkpoint(body, [WEIGHT, BIAS]) });
  return refusal(path, () => loadModel(path));
}

const executed = (name: string): string =>
  `the pickle refers to ${name}, which is refused: a checkpoint is read, never executed; do not load it with PyTorch`;
const useless = (opcode: string): string =>
  `the pickle's opcode ${opcode} is refused: a state_dict of tensors does not need it`;
const short = (value: string): Uint8Array => join([0x8c, value.length], value);
const torchTensor = (...args: Uint8Array[]): Uint8Array =>
  call(global('torch._utils', '_rebuild_tensor_v2'), ...args);
const view = (offset: Uint8Array, shape: Uint8Array, strides: Uint8Array): Uint8Array =>
  torchTensor(storage('FloatStorage', '0', 6), offset, shape, strides, join([0x89]), ordered);

describe('what would run code is refused by name', () => {
  it.each([
    [
      'REDUCE of posix.system',
      pickle(call(global('posix', 'system'), text('true'))),
      executed('posix.system'),
      2,
    ],
    [
      'the same through the stack',
      pickle(short('posix'), short('system'), [0x93], tuple(text('true')), 'R'),
      executed('posix.system'),
      17,
    ],
    ['INST', pickle('(', text('true'), 'iposix\nsystem\n'), executed('posix.system'), 12],
    ['a builtin', pickle(call(global('builtins', 'eval'), text('1'))), executed('builtins.eval'), 2],
    [
      'a builtin of Python 2',
      pickle(call(global('__builtin__', 'execfile'), text('1'))),
      executed('__builtin__.execfile'),
      2,
    ],
    [
      'a path through an allowed module',
      pickle(global('torch._utils', 'os.system')),
      executed('torch._utils.os.system'),
      2,
    ],
    [
      'a name with a dot through the stack',
      pickle(short('torch'), short('serialization.os.system'), [0x93]),
      executed('torch.serialization.os.system'),
      34,
    ],
    ['EXT1', pickle([0x82, 1]), useless('EXT1'), 2],
    ['EXT2', pickle([0x83, 1, 1]), useless('EXT2'), 2],
    ['EXT4', pickle([0x84, 1, 1, 1, 1]), useless('EXT4'), 2],
    ['PERSID', pickle('Pstorage\n'), useless('PERSID'), 2],
    ['a buffer out of band', pickle([0x97]), useless('NEXT_BUFFER'), 2],
    [
      'BUILD of a global',
      pickle(global('torch', 'FloatStorage'), '}b'),
      'the pickle sets attributes of torch.FloatStorage, which is refused',
      23,
    ],
    [
      'BUILD with other attributes',
      pickle(ordered, '}', text('__class__'), 'Nsb'),
      'the pickle sets attributes of an OrderedDict, which is refused',
      47,
    ],
    [
      'BUILD of a tensor',
      pickle(tensor(WEIGHT, 0), '}b'),
      'the pickle sets attributes of a tensor, which is refused',
      151,
    ],
    ['a call of a text', pickle(text('system'), ')R'), 'the pickle calls a text, which is refused', 14],
    [
      'a call of a storage class',
      pickle(global('torch', 'FloatStorage'), ')R'),
      'the pickle calls torch.FloatStorage, which is refused',
      23,
    ],
    [
      'a reference to a class that is no storage',
      pickle(
        tuple(text('storage'), global('collections', 'OrderedDict'), text('0'), text('cpu'), int(6)),
        'Q',
      ),
      'the pickle is damaged: a reference to something that is not a storage',
      60,
    ],
  ])('%s', (_, body, expected, at) => {
    expect(problem(body)).toBe(`DIR/w.pt: ${expected} (data.pkl, byte ${at})`);
  });

  it('a control character in a name does not reach the terminal', () => {
    expect(problem(pickle(global('posix\u001b[2J', 'system')))).toContain('posix\\u{1b}[2J.system');
  });
});

describe('broken pickles', () => {
  it.each([
    ['an unknown opcode', pickle([0xfe]), 'the pickle is damaged: 0xfe is not an opcode', 2],
    ['a text of an old protocol', pickle("S'x'\n"), useless('STRING'), 2],
    ['protocol 0', join([0x80, 0], 'N.'), 'pickle protocol 0 is not read, only 2 to 5', 0],
    ['protocol 6', join([0x80, 6], 'N.'), 'pickle protocol 6 is not read, only 2 to 5', 0],
    ['no end', join([0x80, 2], 'N'), 'the pickle ends too early', 3],
    ['a text that is too long', pickle('X', u32(0xffffffff)), 'the pickle ends too early', 2],
    ['a text of 4 GB', pickle([0x8d], u32(1), u32(1)), 'the pickle is damaged: a text of over 4 GB', 2],
    [
      'a text that is not UTF-8',
      pickle('X', u32(1), [0xff]),
      'the pickle is damaged: a text is not UTF-8',
      2,
    ],
    ['an endless name', join([0x80, 2], 'cposix'), 'the pickle ends too early', 2],
    ['an empty stack', pickle('0'), 'the pickle is damaged: its stack is empty', 2],
    ['a pop below a mark', pickle('N(0'), 'the pickle is damaged: its stack is empty', 4],
    ['a tuple without a mark', pickle('Nt'), 'the pickle is damaged: no mark is open', 3],
    ['values left over', pickle('NN'), 'the pickle is damaged: values are left over', 4],
    [
      'a memo that was never written',
      pickle('h\u0005'),
      'the pickle is damaged: nothing is remembered as 5',
      2,
    ],
    [
      'a memo index out of all bounds',
      pickle('Nr', u32(0xfffffff0)),
      "the pickle's memo index 4294967280 is beyond 1048576",
      3,
    ],
    ['append to a dict', pickle('}Na'), 'the pickle is damaged: it appends to a dict', 4],
    ['items of a list', pickle(']', text('a'), 'Ns'), 'the pickle is damaged: it sets items of a list', 10],
    ['a key without a value', pickle('}(Nu'), 'the pickle is damaged: a key without a value', 5],
    ['a key twice', pickle('}(', text('a'), 'N', text('a'), 'Nu'), 'a dict holds the key "a" twice', 18],
    [
      'names that are no texts',
      pickle('NN', [0x93]),
      'the pickle is damaged: STACK_GLOBAL without two texts',
      4,
    ],
    [
      'arguments that are no tuple',
      pickle(global('collections', 'OrderedDict'), 'NR'),
      'the pickle is damaged: arguments of collections.OrderedDict are not a tuple',
      28,
    ],
    [
      'an OrderedDict with arguments',
      pickle(call(global('collections', 'OrderedDict'), 'N')),
      'the pickle is damaged: an OrderedDict with arguments',
      30,
    ],
    [
      'a parameter without a tensor',
      pickle(call(global('torch._utils', '_rebuild_parameter'), 'N', 'N', 'N')),
      'the pickle is damaged: a broken parameter',
      40,
    ],
    ['a tensor without arguments', pickle(torchTensor()), 'the pickle is damaged: a broken tensor', 37],
  ])('%s', (_, body, expected, at) => {
    expect(problem(body)).toBe(`DIR/w.pt: ${expected} (data.pkl, byte ${at})`);
  });

  it.each([
    [
      'beyond the storage',
      view(int(0), tuple(int(3), int(3)), tuple(int(3), int(1))),
      'a tensor of shape [3, 3] reaches beyond its storage of 6 values',
    ],
    [
      'an offset beyond the storage',
      view(int(1), tuple(int(3), int(2)), tuple(int(2), int(1))),
      'a tensor of shape [3, 2] reaches beyond its storage of 6 values',
    ],
    [
      'a product that overflows',
      view(int(0), tuple(int(65536), int(65536)), tuple(int(0), int(0))),
      'a tensor of shape [65536, 65536] reaches beyond its storage of 6 values',
    ],
    [
      'a stride without end',
      view(int(0), tuple(int(3), int(2)), tuple(join([0x8a, 7], u32(0), [0, 0, 16]), int(1))),
      'a tensor of shape [3, 2] reaches beyond its storage of 6 values',
    ],
    [
      'a negative stride',
      view(int(4), tuple(int(3), int(2)), tuple(int(-2), int(1))),
      'the pickle is damaged: a tensor without whole, non-negative offset, shape and strides',
    ],
    [
      'a negative offset',
      view(int(-1), tuple(int(2)), tuple(int(1))),
      'the pickle is damaged: a tensor without whole, non-negative offset, shape and strides',
    ],
    [
      'a side that is no integer',
      view(int(0), tuple(join('G', [63, 224, 0, 0, 0, 0, 0, 0])), tuple(int(1))),
      'the pickle is damaged: a tensor without whole, non-negative offset, shape and strides',
    ],
    [
      'fewer strides than sides',
      view(int(0), tuple(int(3), int(2)), tuple(int(1))),
      'the pickle is damaged: a tensor without whole, non-negative offset, shape and strides',
    ],
    [
      'nine dimensions',
      view(
        int(0),
        tuple(...Array.from({ length: 9 }, () => int(1))),
        tuple(...Array.from({ length: 9 }, () => int(1))),
      ),
      'the pickle is damaged: a tensor without whole, non-negative offset, shape and strides',
    ],
  ])('a tensor with %s', (_, body, expected) => {
    const message = problem(pickle(body));
    expect(message.slice(0, message.lastIndexOf(' (data.pkl'))).toBe(`DIR/w.pt: ${expected}`);
  });

  it('a deep nest costs no recursion', () => {
    expect(problem(pickle('(]'.repeat(100_000), 'l'.repeat(100_000)))).toContain('holds a list');
    expect(problem(pickle('N', Buffer.alloc(100_000, 0x85)))).toBe(
      'DIR/w.pt: holds a tuple, not a state_dict; save it with torch.save(model.state_dict(), FILE)',
    );
  });

  it('a list that holds itself is plain data', () => {
    const body = pickle('}(', text('loop'), ']q\0h\0a', text('state_dict'), stateDict([WEIGHT, BIAS]), 'u');
    const path = folder(SMALL, { 'w.pt': checkpoint(body, [WEIGHT, BIAS]) });
    expect(loadModel(path).layers).toHaveLength(1);
  });
});

describe('what is no state_dict', () => {
  const not = (what: string) => `holds ${what}; save it with torch.save(model.state_dict(), FILE)`;
  it.each([
    ['a tensor', pickle(tensor(WEIGHT, 0)), not('a tensor, not a state_dict')],
    ['a list', pickle(']'), not('a list, not a state_dict')],
    ['a class', pickle(global('__main__', 'Net')), not('__main__.Net, not a state_dict')],
    ['an object', pickle(global('__main__', 'Net'), ')', [0x81]), not('__main__.Net, not a state_dict')],
    [
      'a name that splits differently',
      pickle(call(global('collections.OrderedDict', '__init__'))),
      not('collections.OrderedDict.__init__, not a state_dict'),
    ],
    [
      'another loader',
      pickle(call(global('torch.storage', '_load_from_bytes'), text('x'))),
      not('torch.storage._load_from_bytes, not a state_dict'),
    ],
    [
      'a byte order mark before a name',
      pickle(global('\ufeffcollections', 'OrderedDict'), ')R'),
      not('\\u{feff}collections.OrderedDict, not a state_dict'),
    ],
    ['a large integer', pickle([0x8a, 9], '123456789'), not('a large integer, not a state_dict')],
    [
      'an integer that no number holds',
      pickle([0x8a, 8], u32(1), u32(0x7fffffff)),
      not('a large integer, not a state_dict'),
    ],
    ['a dict with a tuple as a key', pickle('})Ns'), not('a dict, without a tensor')],
    ['a dict with other data', pickle('}', text('epoch'), int(3), 's'), not('a dict, without a tensor')],
    [
      'two dicts without tensors',
      pickle('}(', text('state_dict'), '}', text('model_state_dict'), '}u'),
      not('a dict, without a tensor'),
    ],
    ['an empty state_dict', pickle(ordered), not('an OrderedDict, without a tensor')],
    [
      'OBJ of an empty one',
      pickle('(', global('collections', 'OrderedDict'), 'o'),
      not('an OrderedDict, without a tensor'),
    ],
    [
      'NEWOBJ_EX of an empty one',
      pickle(global('collections', 'OrderedDict'), ')}', [0x92]),
      not('an OrderedDict, without a tensor'),
    ],
  ])('%s', (_, body, expected) => {
    expect(problem(body)).toBe(`DIR/w.pt: ${expected}`);
  });

  it('integers instead of weights', () => {
    const integers = call(
      global('torch._utils', '_rebuild_tensor_v2'),
      storage('LongStorage', '0', 6),
      int(0),
      tuple(int(3), int(2)),
      tuple(int(2), int(1)),
      [0x89],
      ordered,
    );
    const body = pickle('}(', text('fc.weight'), integers, text('fc.bias'), tensor(BIAS, 1), 'u');
    expect(problem(body)).toBe(
      'DIR/w.pt: tensor "fc.weight" has a storage of 24 bytes instead of 6 int64 (entry "archive/data/0")',
    );
  });
});
