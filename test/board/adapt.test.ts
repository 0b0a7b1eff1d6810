// SPDX-License-Identifier: Apache-2.0
/** `egru adapt` with an emulated board behind a pseudo-terminal, and what other commands say of one that has learnt. */
import { type ChildProcess, spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { openSerialPort } from '../../compiler/machines/port/serial-port.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { egru, inWork, json, MODEL, refusal, write } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';

const SEVEN = packagePath(MODEL, 'samples', '7_engb_0.wav');
const TWO = packagePath(MODEL, 'samples', '2_enusf2_0.wav');
const silence = write('silence.wav', makeWav(pcm16(new Int16Array(8000))));
let board: ChildProcess | null = null;
let port = '';
afterAll(() => {
  board?.kill('SIGTERM');
});

const adapt = (...args: string[]) => ['adapt', ...args, '--port', port];

describe.skipIf(lacking('linux'))('a board that is taught', () => {
  beforeAll(async () => {
    await json(['build', MODEL, '--board', 'feather_m0', '-o', inWork('feather')]);
    const launcher = packagePath('compiler/bin/egru.js');
    const image = inWork('feather/firmware.elf');
    board = spawn(process.execPath, [launcher, 'emulate', image, '--pty']);
    let said = '';
    for await (const piece of board.stdout ?? []) {
      said += piece;
      port = /at (\/dev\/pts\/\d+)\n/.exec(said)?.[1] ?? '';
      if (port !== '') break;
    }
  });

  it('learns, takes back, and keeps; verify names what it has learnt', async () => {
    expect((await egru(adapt())).stdout).toBe('the board has learnt nothing\n');
    const learnt = await json(adapt(MODEL, 'seven', SEVEN, TWO));
    expect(learnt).toMatchObject({
      taught: [
        { file: SEVEN, label: 'seven', before: 'seven' },
        { file: TWO, label: 'seven' },
      ],
      ...{ examples: 2, kept: false, area: 'empty' },
    });
    expect(await json(adapt('--undo', '--save'))).toMatchObject({ examples: 1, kept: true, area: 'whole' });
    expect(await refusal(adapt('--undo'))).toContain('there is nothing to undo');
    expect(await refusal(['verify', MODEL, SEVEN, '--on', 'board', '--port', port])).toBe(
      `${port}: the board has learnt from 1 example, so its integers are not its model's: egru adapt --port ${port} --forget`,
    );
    expect(await refusal(adapt(MODEL, 'seven', silence))).toContain(
      'silence.wav: the board answers "error the example is silent" to "learn 7"; nothing was learnt',
    );
    expect(await json(adapt('--forget'))).toMatchObject({ examples: 0, kept: false });
    expect(await json(['verify', MODEL, SEVEN, '--on', 'board', '--port', port])).toMatchObject({
      differences: 0,
    });
  });

  it('has what it learnt named by its self-test, which is refused until it is forgotten', async () => {
    await json(adapt(MODEL, 'seven', SEVEN));
    expect(await refusal(['selftest', '--port', port, '--seconds', '1', '--no-update'])).toBe(
      `${port}: the board has learnt from 1 example, so its integers are not its model's: egru adapt --port ${port} --forget`,
    );
    await json(adapt('--forget'));
  });

  it('takes recordings of another sample rate, as every command does', async () => {
    const { samples } = readWav(SEVEN, 8000);
    const twice = Int16Array.from({ length: 2 * samples.length }, (_, i) => samples[i >> 1] ?? 0);
    const file = write('seven-16000.wav', makeWav(pcm16(twice), { sampleRate: 16000 }));
    expect(await json(adapt(MODEL, 'seven', file))).toMatchObject({
      ...{ taught: [{ file, label: 'seven', before: 'seven' }], examples: 1 },
    });
    await json(adapt('--forget'));
  });

  it('has one host at a time: a second is refused, and nothing is learnt from it', async () => {
    const first = await openSerialPort(port);
    try {
      expect(await refusal(adapt(MODEL, 'seven', SEVEN))).toBe(`${port}: another program has this port open`);
    } finally {
      await first.close();
    }
    expect(await json(adapt())).toMatchObject({ examples: 0 });
  });

  it('of another model, or without such a label, is refused', async () => {
    expect(await refusal(adapt(MODEL, 'sevn', SEVEN))).toBe(
      'sevn: the model has no such label; did you mean "seven"?',
    );
    expect(await refusal(adapt('models/digits', 'seven', SEVEN))).toContain(
      'the board holds another program than models/digits',
    );
    expect(await refusal(adapt(MODEL, 'seven'))).toBe(
      'seven: give a model, one of its labels and its examples',
    );
    expect(await refusal(adapt('--undo', '--forget'))).toContain('exclude one another');
  });
});
