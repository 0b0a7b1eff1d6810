// SPDX-License-Identifier: Apache-2.0
/** Bad and hostile models through the executable. test/model looks at every kind of damage from inside. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { call, checkpoint, global, ordered, pickle, stateDict, text } from '../model/pickle-writer.ts';
import { egru, inWork, json, refusal, writeNoise } from './egru.ts';

const FRONTEND = {
  ...{ sampleRate: 8000, frame: 64, hop: 64, window: 'hann', bins: 2, scale: 'log2', gain: 8, divisor: 9 },
};
const SMALL = {
  format: 1,
  name: 'small',
  labels: ['a', 'b', 'c'],
  weights: 'w.pt',
  layers: [{ type: 'dense', name: 'fc', inputs: 2, units: 3, activation: 'none' }],
  quantizer: 'code',
  bias: 'septenary',
  frontend: FRONTEND,
  readout: { steps: 4, rule: 'sum' },
};
const WEIGHT = { name: 'fc.weight', shape: [3, 2], values: [1, -0.5, 0.25, 0, -1, 2] };
const BIAS = { name: 'fc.bias', shape: [3], values: [0.5, -1, 0] };

function torch(...tensors: Parameters<typeof stateDict>[0]): Uint8Array {
  return checkpoint(pickle(stateDict(tensors)), tensors);
}

function model(name: string, changes: object = {}, weights: Uint8Array = torch(WEIGHT, BIAS)): string {
  mkdirSync(inWork(name));
  writeFileSync(inWork(name, 'model.json'), JSON.stringify({ ...SMALL, ...changes }));
  writeFileSync(inWork(name, 'w.pt'), weights);
  return inWork(name);
}

const clip = writeNoise('clip.wav', 5, 0.05);

describe.concurrent('refused models', () => {
  const nan = { ...WEIGHT, values: [1, 2, 3, Number.NaN, 5, 6] };
  const whole = torch(WEIGHT, BIAS);
  const corrupt = Uint8Array.from(whole, (byte, i) => (i === 40 ? byte ^ 255 : byte));
  it.each<[string, string, string]>([
    [
      'missing tensor',
      model('missing', {}, torch(WEIGHT)),
      'tensor "fc.bias" is missing; the file holds no other',
    ],
    [
      'wrong shape',
      model('shape', {}, torch({ ...WEIGHT, shape: [2, 3] }, BIAS)),
      'tensor "fc.weight": model.json needs shape [3, 2], found [2, 3]',
    ],
    [
      'NaN',
      model('nan', {}, torch(nan, BIAS)),
      'tensor "fc.weight" holds NaN; weights are finite (index [1, 1])',
    ],
    [
      'hostile pickle',
      model(
        'hostile',
        {},
        checkpoint(pickle(call(global('posix', 'system'), text('touch /tmp/egru-was-here')))),
      ),
      'posix.system',
    ],
    ['corrupt zip', model('corrupt', {}, corrupt), 'WORK/corrupt/w.pt: '],
    ['cut zip', model('cut', {}, whole.subarray(0, whole.length - 30)), 'WORK/cut/w.pt: '],
    [
      'empty checkpoint',
      model('empty', {}, checkpoint(pickle(ordered))),
      'holds an OrderedDict, without a tensor',
    ],
    [
      'unknown key',
      model('key', { quantiser: 'code' }),
      'unknown key "quantiser"; the nearest known one is "quantizer"',
    ],
    ['one label too many', model('labels', { labels: ['a', 'b', 'c', 'd'] }), 'WORK/labels/model.json: '],
    ['weights outside', model('outside', { weights: '../clip.wav' }), 'WORK/outside/model.json: '],
  ])('%s', async (_, path, message) => {
    expect(await refusal(['run', path, clip])).toContain(message);
  });

  it('model.json that is missing or no JSON', async () => {
    mkdirSync(inWork('bare'));
    expect(await refusal(['run', inWork('bare'), clip])).toBe('WORK/bare/model.json: no such file or folder');
    writeFileSync(inWork('bare', 'model.json'), '{"format": 1,');
    expect(await refusal(['run', inWork('bare'), clip])).toContain('WORK/bare/model.json: ');
    writeFileSync(inWork('bare', 'program.json'), '[]');
    expect(await refusal(['run', inWork('bare', 'program.json'), clip])).toContain(
      'WORK/bare/program.json: ',
    );
  });
});

it('a hostile pickle is not executed', async () => {
  await expect(egru(['inspect', inWork('hostile')])).resolves.toMatchObject({ code: 2, stdout: '' });
  expect(() => readFileSync('/tmp/egru-was-here')).toThrow('ENOENT');
});

it('a model without readout needs --stream', async () => {
  const path = model('endless', { readout: undefined });
  for (const command of ['run', 'eval', 'verify']) {
    expect(await refusal([command, path, clip])).toBe(
      'WORK/endless: has no "readout": it works on streams only; use --stream (model.json)',
    );
  }
});

it('a model without feature extractor takes no sound', async () => {
  const path = model('mute', { frontend: undefined });
  expect(await refusal(['run', path, clip])).toContain('WORK/mute: accepts features, not sound');
  expect(await refusal(['features', path, clip, '-o', inWork('x.npy')])).toContain(
    'accepts features, not sound',
  );
  expect((await json(['inspect', path])).frontend).toBeNull();
});

describe('labels with quotes, line breaks, comment ends and markup', () => {
  const labels = [
    'say "no" \\ \'now\' ??/',
    'two\nlines\r\t\u{1b}[31m',
    '*/ </script> // %s $x {{y}} \u{202e}é',
  ];
  const path = model('labels-hostile', { name: '*/ "evil"\n#error', labels });

  it('compile on the host and come back as they are', async () => {
    const document = await json(['run', path, clip, '--on', 'host']);
    expect(labels).toContain((document.clips as { label: string }[])[0]?.label);
    expect(document).toEqual(await json(['run', path, clip]));
    expect((await json(['inspect', path])).labels).toEqual(labels);
  });

  it('come out of a firmware image as they are', async () => {
    await json(['build', path, '--board', 'feather_m0', '-o', inWork('hostile-build')]);
    const { models } = await json(['inspect', inWork('hostile-build', 'firmware.uf2')]);
    expect(models).toMatchObject([{ name: '*/ "evil"\n#error', labels }]);
  });

  it('cannot move the cursor', async () => {
    for (const args of [
      ['run', path, clip],
      ['inspect', path],
      ['eval', path, clip, '--pattern', '{label}lip.wav'],
      ['compile', path, '-o', inWork('hostile-out')],
    ]) {
      const { stdout, stderr } = await egru(args);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
      expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
      expect(stdout + stderr).not.toBe('');
    }
  });
});
