// SPDX-License-Identifier: Apache-2.0
/** Weights as other people's trainers leave them: wrapped, prefixed, beside other objects; the same model in each. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { mutate } from '../support/hostile/mutate.ts';
import { floats, join } from './bytes.ts';
import { WEIGHT } from './folder.ts';
import { BOTH, begins, leftOut, load, named, outcome, refused, whole } from './outcome.ts';

import {
  call,
  checkpoint,
  global,
  int,
  legacyCheckpoint,
  ordered,
  pickle,
  stateDict,
  type TensorSource,
  tensor,
  text,
  tuple,
} from './pickle-writer.ts';
import { zipOf } from './zip-writer.ts';

const STATE = stateDict(BOTH);
const dict = (...entries: Uint8Array[]) => join('}(', ...entries, 'u');
const object = (module: string, name: string, state: Uint8Array) =>
  join(global(module, name), ')', [0x81], state, 'b');

describe('a prefix before every name', () => {
  it.each([
    ['module.'],
    ['_orig_mod.'],
    ['module._orig_mod.'],
    ['_orig_mod.module.'],
    ['model.net.'],
    ['student_'],
    ['0/'],
  ])('%s', (prefix) => {
    const sources = named((name) => `${prefix}${name}`);
    expect(outcome(load(checkpoint(pickle(stateDict(sources)), sources)))).toEqual(whole(begins(prefix)));
  });

  it('wrappers inside of names are taken away where the names stay apart', () => {
    const sources = named((name) => `module.${name.replace('fc.', 'fc._orig_mod.')}`);
    expect(outcome(load(checkpoint(pickle(stateDict(sources)), sources)))).toEqual(whole());
  });

  it('two networks in one file are an error that names what leaves one out', () => {
    const sources = ['net.', 'ema.'].flatMap((prefix) => named((name) => `${prefix}${name}`));
    const file = checkpoint(pickle(stateDict(sources)), sources);
    expect(refused(file)).toBe(
      'DIR/w.pt: two networks fit, with "net." and "ema." before their names; leave one out in model.json ("ignore": ["ema.*"])',
    );
    expect(outcome(load(file, { ignore: ['ema.*'] }))).toEqual(whole(begins('net.')));
  });
});

describe('a dict around the state_dict', () => {
  const beside = join(text('epoch'), int(7));
  it.each(['state_dict', 'model_state_dict', 'model', 'net', 'network', 'ema', 'weights', 'whatever'])(
    '%s',
    (key) => {
      const body = pickle(dict(text(key), STATE, beside));
      const notes = [...(key === 'whatever' ? [begins('whatever.')] : []), leftOut('"epoch" (a number)')];
      expect(outcome(load(checkpoint(body, BOTH)))).toEqual(whole(...notes));
    },
  );

  it('within another, in a list, and as pairs of names and tensors', () => {
    const pairs = BOTH.map((source, key) => tuple(text(source.name), tensor(source, key)));
    for (const body of [
      dict(text('checkpoint'), dict(text('model'), dict(text('state_dict'), STATE))),
      join('](', STATE, dict(beside), 'e'),
      join('](', ...pairs, 'e'),
      call(global('collections', 'OrderedDict'), join('](', ...pairs, 'e')),
    ]) {
      expect(outcome(load(checkpoint(pickle(body), BOTH))).slice(0, 2)).toEqual(whole().slice(0, 2));
    }
  });

  it('weights before their average, and neither the optimizer nor a tensor beside them', () => {
    const other = stateDict(
      named((name) => name).map((source) => ({ ...source, values: [...source.values].reverse() })),
    );
    const adam = dict(text('state'), dict(text('exp_avg'), tensor(WEIGHT, 0)));
    const loss = { name: 'best_loss', shape: [], values: [0.5] };
    const body = dict(
      ...[
        text('optimizer'),
        adam,
        text('ema'),
        other,
        text('model'),
        STATE,
        text('best_loss'),
        tensor(loss, 1),
      ],
    );
    expect(outcome(load(checkpoint(pickle(body), BOTH)))).toEqual(
      whole(leftOut('"optimizer" (a dict), "ema" (an OrderedDict), "best_loss" (a tensor)')),
    );
  });

  it('keeps the text about its feature extractor out of the note, and checks it', () => {
    const body = pickle(dict(text('frontendDigest'), text('abc'), text('state_dict'), STATE));
    expect(refused(checkpoint(body, BOTH))).toContain('were trained with feature extractor abc');
  });
});

describe('objects beside the tensors are named, and never run', () => {
  const scalar = call(
    global('numpy.core.multiarray', 'scalar'),
    join(call(global('numpy', 'dtype'), text('f8'), [0x89], [0x88]), '(', int(3), 'Ntb'),
    call(global('_codecs', 'encode'), text('12345678'), text('latin1')),
  );
  it.each<[string, Uint8Array, string]>([
    ['None', join('N'), 'None'],
    ['a text', text('x'), 'a text'],
    ['a numpy scalar', scalar, 'numpy.core.multiarray.scalar'],
    ['a namespace', object('argparse', 'Namespace', dict(text('lr'), int(1))), 'argparse.Namespace'],
    ['a class', global('my.code', 'Net'), 'my.code.Net'],
    ['a path', call(global('pathlib', 'PosixPath'), text('/tmp')), 'pathlib.PosixPath'],
    [
      'a member of an enumeration',
      call(global('builtins', 'getattr'), text('x'), text('y')),
      'builtins.getattr',
    ],
    [
      'a dict of another class',
      join(call(global('collections', 'defaultdict'), 'N'), '(', text('a'), 'Nu'),
      'collections.defaultdict',
    ],
    ['a list of another class', join(global('my', 'List'), ')', [0x81], '(NNe'), 'my.List'],
    ['an object of Python 2', join('(', text('x'), 'imy\nThing\n'), 'my.Thing'],
    ['bytes', join('C', [3], 'abc'), 'bytes'],
    ['a set', join([0x8f], '(', int(1), [0x90]), 'a set'],
    ['a dict with any keys', join('}(', tuple(int(1)), 'N', 'N', int(2), 'u'), 'a dict'],
    ['a large integer', join([0x8a, 16], 'abcdefghabcdefgh'), 'a large integer'],
  ])('%s', (_, value, kind) => {
    for (const body of [
      dict(text('x'), value, text('state_dict'), STATE),
      join(STATE, text('x'), value, 's'),
    ]) {
      expect(outcome(load(checkpoint(pickle(body), BOTH)))).toEqual(whole(leftOut(`"x" (${kind})`)));
    }
  });

  it('many of them are one line of at most 200 characters', () => {
    const many = Array.from({ length: 50 }, (_, i) => join(text(`${'long '.repeat(12)}${i}`), int(i)));
    const [, , notes] = outcome(load(checkpoint(pickle(dict(...many, text('state_dict'), STATE)), BOTH)));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/ and 4\d more: left out$/);
    expect(notes[0]?.length).toBeLessThan(200);
  });

  it('a million objects are refused before they take the memory', () => {
    const body = pickle('(', '}'.repeat(1_000_000), 't0', STATE);
    expect(refused(checkpoint(body, BOTH))).toContain('over 262144 objects in a pickle are not read');
    expect(refused(checkpoint(pickle('(l'.repeat(1_000_000)), BOTH))).toContain('over 262144 objects');
  });
});

describe('modules with their tensors', () => {
  const parameters = BOTH.map((source, key) => join(text(source.name.slice(3)), tensor(source, key)));
  const flags = join(text('training'), [0x89]);
  it('a whole nn.Module, whose code is not needed', () => {
    const part = (...entries: Uint8Array[]) => dict(flags, text('_buffers'), ordered, ...entries);
    const fc = object('torch.nn.modules.linear', 'Linear', part(text('_parameters'), dict(...parameters)));
    const net = object('__main__', 'Net', part(text('_modules'), dict(text('fc'), fc)));
    expect(outcome(load(checkpoint(pickle(net), BOTH)))).toEqual(whole());
    const body = dict(text('epoch'), int(1), text('model'), net);
    expect(outcome(load(checkpoint(pickle(body), BOTH)))).toEqual(whole(leftOut('"epoch" (a number)')));
  });

  it('a TorchScript archive, whose program is left alone', () => {
    const fc = object('__torch__.torch.nn.modules.linear', 'Linear', dict(flags, ...parameters));
    const body = pickle(object('__torch__', 'Net', dict(flags, text('fc'), fc)));
    const files = BOTH.map(({ values }, key) => ({ name: `net/data/${key}`, data: floats('f4', values) }));
    const more = ['net/constants.pkl', 'net/code/__torch__.py', 'net/version'].map((name) => ({
      name,
      data: 'x',
    }));
    expect(outcome(load(zipOf([{ name: 'net/data.pkl', data: body }, ...files, ...more])))).toEqual(whole());
  });

  it('parameters with a state, and of a class of their own', () => {
    const wrap = (source: TensorSource, key: number) =>
      key === 0
        ? call(
            global('torch._utils', '_rebuild_parameter_with_state'),
            tensor(source, key),
            [0x88],
            ordered,
            '}',
          )
        : call(
            global('torch._tensor', '_rebuild_from_type_v2'),
            global('torch._utils', '_rebuild_parameter'),
            global('my', 'Parameter'),
            tuple(tensor(source, key), [0x88], ordered),
            '}',
          );
    const entries = BOTH.map((source, key) => join(text(source.name), wrap(source, key)));
    expect(outcome(load(checkpoint(pickle(dict(...entries)), BOTH)))).toEqual(whole());
  });
});

describe('torch.save before PyTorch 1.6', () => {
  it('is read, with the optimizer beside it and from a GPU', () => {
    expect(outcome(load(legacyCheckpoint(STATE, BOTH)))).toEqual(whole());
    const adam = join(text('optimizer'), dict(text('exp_avg'), tensor({ ...WEIGHT, format: 'f8' }, 2)));
    const body = dict(adam, text('state_dict'), STATE);
    const sources = [{ ...WEIGHT, format: 'f8' as const }, ...BOTH];
    expect(outcome(load(legacyCheckpoint(body, sources, ['2', '0', '1'])))).toEqual(
      whole(leftOut('"optimizer" (a dict)')),
    );
    const cuda = Buffer.from(STATE).toString('latin1').replaceAll('ctorch\nFloat', 'ctorch.cuda\nFloat');
    expect(outcome(load(legacyCheckpoint(Buffer.from(cuda, 'latin1'), BOTH)))).toEqual(whole());
  });

  it('is refused where it is cut off, or not of torch.save', () => {
    const file = legacyCheckpoint(STATE, BOTH);
    expect(refused(file.subarray(0, file.length - 1))).toBe(
      'DIR/w.pt: the storage of tensor "fc.bias" is missing or cut off; is the file truncated? (storage "1")',
    );
    expect(refused(file.subarray(0, 200))).toContain('the pickle ends too early (object, byte');
    expect(refused(pickle('N'))).toContain('is a pickle, but not of torch.save');
    expect(refused(legacyCheckpoint(STATE, BOTH, ['0', '1'], false))).toContain('big-endian machine');
    const evil = legacyCheckpoint(call(global('os', 'system'), text('true')), BOTH);
    expect(refused(evil)).toContain('the pickle refers to os.system, which is refused');
  });
});

describe('mutations', () => {
  it('of pickles, legacy and zipped, end in a model or an InputError of one line', () => {
    const body = pickle(
      dict(
        text('epoch'),
        int(7),
        text('model'),
        STATE,
        text('x'),
        object('a', 'B', dict(text('c'), join('N'))),
      ),
    );
    const legacy = legacyCheckpoint(STATE, BOTH);
    let refusals = 0;
    for (let seed = 1; seed <= 4000; seed++) {
      const file = seed % 2 === 0 ? checkpoint(mutate(body, seed), BOTH) : mutate(legacy, seed);
      try {
        load(file);
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`seed ${seed}`, { cause: error });
        refusals++;
        const message = error.message.replace(/^.*?w\.pt: /, '');
        if (message.length > 180 || message.includes('\n')) throw new Error(`seed ${seed}: ${message}`);
      }
    }
    expect(refusals).toBeGreaterThan(2000);
    expect(refusals).toBeLessThan(4000);
  });
});
