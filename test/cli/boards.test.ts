// SPDX-License-Identifier: Apache-2.0
/** emulate, and the commands that talk to a board, here to an emulated one behind a pseudo-terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { firmwareProgram, streamProgram } from '../../compiler/core/quant/detect.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import type { SelfTest } from '../../compiler/machines/device/self-test.ts';
import { decimated, soundFor } from '../../compiler/machines/emulated/sound.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { imageDigest } from '../../compiler/machines/image/image-digest.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { addPort } from '../flash/fake-board.ts';
import { lacking } from '../support/needs.ts';
import { egru, inWork, json, MODEL, refusal, write } from './egru.ts';

const SAMPLES = packagePath(MODEL, 'samples');
const program = streamProgram(loadProgram(packagePath(MODEL)), MODEL);

/** Some bundled words with silence between them. */
const words = Int16Array.from(
  readdirSync(SAMPLES)
    .sort()
    .slice(0, 5)
    .flatMap((name) => [...readWav(`${SAMPLES}/${name}`, 8000).samples, ...new Int16Array(3000)]),
);
const mic = write('words.wav', makeWav(pcm16(words)));

beforeAll(async () => {
  await json(['build', MODEL, '--board', 'feather_m0', '-o', inWork('feather')]);
  mkdirSync(inWork('two'));
  for (const name of readdirSync(SAMPLES).sort().slice(0, 2)) {
    write(`two/${name}`, readFileSync(`${SAMPLES}/${name}`));
  }
});

describe('emulate', () => {
  it('detects what the reference detects, from every kind of image, on the UART and over USB', async () => {
    const pcm = decimated('i2s', soundFor('i2s', { samples: words, sampleRate: 8000 }));
    const [truth] = await new ReferenceExecutor(program).listen([pcm], false);
    const events = truth?.events.map(({ label, ...rest }) => ({ label: program.labels[label], ...rest }));
    expect(events?.length).toBeGreaterThanOrEqual(3);
    for (const args of [
      ['firmware.elf'],
      ['firmware.bin', '--usb'],
      ['firmware.uf2', '--board', 'feather_m0'],
    ]) {
      const [file = '', ...flags] = args;
      // A host that enumerates takes longer than a second, in which the board listens already.
      expect((await json(['emulate', inWork('feather', file), '--mic', mic, ...flags])).events).toEqual(
        events,
      );
    }
  });

  it('prints the serial output live, with names, times and load; obeys standard input', async () => {
    const { code, stdout } = await egru(['emulate', inWork('feather/firmware.elf'), '--mic', mic]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^ok egru ready\nevent \d+ \d+ \d+ {4}\w+, 0\.\d\d, at \d\.\d\d s\n[\s\S]*\d keywords in \d\.\d s, emulated in [\d.]+ s\nCPU awake for [\d.]+ % of the time, with a flash wait state at most [\d.]+ %\nsha256 [0-9a-f]{64}\n$/,
    );
    const child = spawn(process.execPath, [
      packagePath('compiler/bin/egru.js'),
      ...['emulate', inWork('feather/firmware.bin'), '--seconds', '2'],
    ]);
    child.stdin.end('name\nstats\n');
    let said = '';
    for await (const piece of child.stdout) said += piece;
    expect(said).toMatch(/ok name spoken-digits\nok stats frames \d+ overruns 0 dropped 0 /);
  });

  it.each([
    ['no firmware', ['WORK/words.wav'], /words\.wav: is not firmware/],
    [
      'a board that it was not built for',
      ['WORK/feather/firmware.elf', '--board', 'trinket_m0'],
      /was built for/,
    ],
    ['an unknown board', ['WORK/feather/firmware.elf', '--board', 'uno'], /^uno: no such board/],
    ['no sound', ['WORK/feather/firmware.elf', '--mic', 'WORK/feather/firmware.elf'], /not a recording/],
    ['a time of nothing', ['WORK/feather/firmware.elf', '--seconds', '0'], /must be a number above 0/],
  ])('refuses %s', async (_, args, message) => {
    expect(await refusal(['emulate', ...args.map((arg) => arg.replace('WORK', inWork()))])).toMatch(message);
  });
});

/** An emulated board behind a port, until the test is over. */
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGTERM');
});

async function plugIn(...args: string[]): Promise<string> {
  const image = inWork('feather/firmware.elf');
  const launcher = packagePath('compiler/bin/egru.js');
  const child = spawn(process.execPath, [launcher, 'emulate', image, '--pty', ...args]);
  running.push(child);
  let said = '';
  for await (const piece of child.stdout) {
    said += piece;
    const [, port] = /^Adafruit Feather M0, i2s microphone, at (\/dev\/pts\/\d+)\n/.exec(said) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error(`emulate ended: ${said}`);
}

describe.skipIf(lacking('linux'))('a board behind a pseudo-terminal', () => {
  it('is found by doctor, with its model', async () => {
    const root = inWork('machine');
    const { vid, pid } = boards.feather_m0.usb.application;
    addPort(root, 'ttyACM0', vid, pid);
    mkdirSync(`${root}/dev`);
    symlinkSync(await plugIn(), `${root}/dev/ttyACM0`);
    const { stdout } = await egru(['doctor', '--json'], { EGRU_ROOT: root });
    expect(JSON.parse(stdout).boards).toEqual([
      {
        ...{ at: `${root}/dev/ttyACM0`, boards: ['feather_m0'], state: 'firmware' },
        detail: 'spoken-digits, unrolled kernel, i2s microphone',
      },
    ]);
  });

  it('is compared, inspected and listened to', async () => {
    const port = await plugIn('--mic', mic);
    const inspection = await json(['inspect', port]);
    expect(inspection).toMatchObject({
      kind: 'board',
      port,
      board: 'feather_m0',
      microphone: 'i2s',
      defect: null,
    });
    expect(inspection.labels).toEqual(program.labels);
    expect(inspection.model).toMatchObject({
      name: 'spoken-digits',
      kernel: 'unrolled',
      program: programDigest(firmwareProgram(program)),
      weights: program.source.sha256,
    });
    // Image and board report the same.
    const image = await json(['inspect', inWork('feather/model.bin')]);
    const { crc, vectors } = image.region as { crc: number; vectors: string };
    expect(inspection.model).toMatchObject({ crc, vectors });

    const clips = await json(['verify', MODEL, inWork('two'), '--on', 'board', '--port', port]);
    expect(clips).toMatchObject({ executors: ['reference', 'board'], clips: 2, differences: 0, first: null });
    const stream = await json(['verify', MODEL, mic, '--stream', '--on', 'board', '--port', port]);
    expect(stream).toMatchObject({ clips: 1, differences: 0, first: null });
    expect(stream.events).toBeGreaterThanOrEqual(3);
    const listened = await json(['listen', '--port', port, '--seconds', '0.5']);
    expect(listened).toMatchObject({ overruns: 0, dropped: 0 });
    // How many depends on how busy the machine is: an emulated board falls behind the clock.
    expect(listened.frames).toBeGreaterThan(0);
  });

  it('tests itself', async () => {
    const port = await plugIn('--mic', mic, '--usb');
    const args = ['selftest', '--port', port, '--seconds', '1', '--no-update', '-o', inWork('board.json')];
    const { code, stdout } = await egru(args);
    const report = JSON.parse(readFileSync(inWork('board.json'), 'utf8')) as SelfTest;
    expect(report).toMatchObject({ port, golden: { steps: 8, difference: null }, updated: false });
    expect(report.flash).toMatchObject({
      waitStates: 1,
      image: imageDigest(readFileSync(inWork('feather/firmware.bin'))),
    });
    expect(report.timing?.network.cycles).toBe(report.timing?.network.least);
    // A busy machine holds up the board: its clock is slow then.
    const failures = report.failures.filter((failure) => !failure.startsWith('the clock is off'));
    expect(failures).toEqual([]);
    expect(code).toBe(report.failures.length > 0 ? 1 : 0);
    expect(stdout).toMatch(/^golden {5}8 steps as they have to be\nfeatures {3}[\d,]+ cycles, emulated /m);
  });

  it('reports its keywords as it detects them', async () => {
    const port = await plugIn('--mic', mic, '--usb');
    // The seconds are the host's; on a busy machine little of the recording passes in five.
    let events: { label: string; score: number }[] = [];
    for (let tries = 0; tries < 40 && events.length === 0; tries++) {
      const document = await json(['listen', '--port', port, '--seconds', '5']);
      events = document.events as typeof events;
    }
    expect(events.length).toBeGreaterThanOrEqual(1);
    for (const { label, score } of events) {
      expect(program.labels).toContain(label);
      expect(score).toBeGreaterThanOrEqual(16384);
    }
  });

  it('records the sound at its microphone', async () => {
    const port = await plugIn('--mic', mic, '--usb');
    const args = ['record', '--port', port, '-o', inWork('data'), '--label', 'seven', '--seconds', '0.4'];
    expect(await json([...args, '--count', '2'])).toEqual({
      files: ['seven_0001.wav', 'seven_0002.wav'].map((name) => inWork('data/seven', name)),
    });
    // Which integers these are, test/firmware/listening.test.ts compares; here the words arrive, and are no clicks.
    const first = readWav(inWork('data/seven/seven_0001.wav'));
    expect(first.sampleRate).toBe(8000);
    expect(first.samples).toHaveLength(3200);
    expect(new Set(first.samples).size).toBeGreaterThan(500);
    expect(await json(args)).toEqual({ files: [inWork('data/seven/seven_0003.wav')] });
    expect(await refusal([...args, '--label', '../x'])).toMatch(/^--label: the label "\.\.\/x" holds a path/);
  });

  it('accepts another model, and refuses what is none', async () => {
    const port = await plugIn('--usb');
    const flash = (...args: string[]) => ['flash', ...args, '--model-only', '--port', port];
    const dry = await json([...flash('models/wake-words', '--board', 'feather_m0'), '--dry-run']);
    expect(dry).toMatchObject({ method: 'protocol', port, address: 0xe000, image: 'wake-words' });
    expect(await json(flash('models/wake-words', '--board', 'feather_m0'))).toMatchObject({ verified: true });
    const { model } = await json(['inspect', port]);
    expect(model).toMatchObject({ name: 'wake-words' });
    expect(await refusal(flash('models/wake-words', '--board', 'trinket_m0'))).toBe(
      `${port}: there is firmware for feather_m0, not for the Adafruit Trinket M0`,
    );
    expect(await refusal(flash(mic, '--board', 'feather_m0'))).toMatch(/holds no model/);
    expect(await refusal(['verify', MODEL, inWork('two'), '--on', 'board', '--port', port])).toMatch(
      /the board holds another program \(wake-words, sha256 [0-9a-f]{12}…\): flash this one first$/,
    );
    // The whole image as a file is as good as the model alone.
    expect(await json(flash(inWork('feather/firmware.uf2'), '--board', 'feather_m0'))).toMatchObject({
      verified: true,
    });
    expect((await json(['inspect', port])).model).toMatchObject({ name: 'spoken-digits' });
  });
});

describe('without a board', () => {
  const empty = { EGRU_ROOT: inWork('nothing') };

  it.each([
    [['listen']],
    [['record', '-o', inWork('data'), '--label', 'x']],
    [['verify', MODEL, mic, '--on', 'board']],
  ])('%s gives advice', async (args) => {
    expect(await refusal(args, empty)).toBe(
      '--port: no board was found: connect its USB port, or name its serial port',
    );
  });

  it('a model alone needs the firmware, where the bootloader takes no UF2', async () => {
    expect(await refusal(['flash', MODEL, '--board', 'arduino_zero', '--model-only'], empty)).toBe(
      'Arduino Zero: no such board was found: connect its USB port, or give --port',
    );
    const dry = await egru(['flash', MODEL, '--board', 'trinket_m0', '--model-only', '--dry-run'], empty);
    expect(dry.stdout).toMatch(/write \d+ bytes at 0xe000 as EGRU\.UF2/);
  });
});
