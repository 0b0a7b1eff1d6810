// SPDX-License-Identifier: Apache-2.0
/** build, inspect of images, and the chip as a machine. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { firmwareProgram } from '../../compiler/core/quant/detect.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import { imageDigest } from '../../compiler/machines/image/image-digest.ts';
import { readUf2 } from '../../compiler/machines/image/uf2.ts';
import { APPLICATION_START, MODEL_START } from '../support/chip-facts.ts';
import { egru, inWork, json, MODEL, refusal, writeNoise } from './egru.ts';

/** Firmware listens, with detection by default. */
const digest = programDigest(firmwareProgram(loadProgram(packagePath(MODEL))));

describe('build', () => {
  it('is the same image by its SHA-256 in every file, in the emulator and on the way to a board', async () => {
    const { sha256 } = await json(['build', MODEL, '--board', 'trinket_m0', '-o', inWork('same')]);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const file of ['firmware.elf', 'firmware.bin', 'firmware.uf2']) {
      expect(await json(['inspect', inWork('same', file)])).toMatchObject({ sha256 });
      expect(await json(['emulate', inWork('same', file), '--seconds', '0.01'])).toMatchObject({ sha256 });
      expect(await json(['flash', inWork('same', file), '--board', 'trinket_m0', '--dry-run'])).toMatchObject(
        { sha256 },
      );
    }
    // What verify runs is what is flashed: the same program, board and kernel give the same bytes.
    const program = firmwareProgram(loadProgram(packagePath(MODEL)));
    const chip = await ChipExecutor.create(program, { kernel: 'unrolled', board: boards.trinket_m0 });
    expect(imageDigest(chip.firmware.bin)).toBe(sha256);
    await chip.close();
  });

  it('writes ELF, BIN, UF2 and map, and prints their sizes', async () => {
    const out = inWork('feather');
    const document = await json(['build', MODEL, '--board', 'feather_m0', '-o', out]);
    expect(document).toMatchObject({
      board: 'feather_m0',
      elf: `${out}/firmware.elf`,
      bin: `${out}/firmware.bin`,
      uf2: `${out}/firmware.uf2`,
    });
    expect(readdirSync(out).sort()).toEqual([
      ...['firmware.bin', 'firmware.elf', 'firmware.map', 'firmware.uf2', 'model.bin', 'model.uf2'],
    ]);
    const bin = readFileSync(`${out}/firmware.bin`);
    const model = readFileSync(`${out}/model.bin`);
    expect(document.flash).toBe(Number(document.applicationFlash) + model.length);
    expect(bin.length).toBe(MODEL_START - APPLICATION_START + model.length);
    expect(document.ram).toBeGreaterThan(0);
    // A model that nobody has made for streams says so where it is built.
    expect(document.warning).toMatch(/^WARNING: models\/spoken-digits will raise false alarms\.\n/);
    expect(document.stack).toBeGreaterThan(0);
    const { bytes } = readUf2(readFileSync(`${out}/firmware.uf2`), 'firmware.uf2');
    expect(Buffer.compare(bytes.subarray(0, bin.length), bin)).toBe(0);

    const weights = loadProgram(packagePath(MODEL)).source.sha256;
    for (const file of readdirSync(out).filter((name) => !name.endsWith('.map'))) {
      const { kind, models, region } = await json(['inspect', `${out}/${file}`]);
      expect(kind).toBe(file.slice(-3));
      expect(region).toMatchObject({
        ...{ address: MODEL_START, abi: 2, length: model.length, name: 'spoken-digits', damage: null },
        ...{ program: digest, weights, kernel: 'unrolled' },
        toolchain: expect.stringContaining('arm-none-eabi-gcc'),
      });
      expect(models).toMatchObject([{ name: 'spoken-digits', digest }]);
      const { stdout } = await egru(['inspect', `${out}/${file}`]);
      expect(stdout).toContain(`  sha256   ${digest}\n`);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it('has no UF2 for a bootloader that takes none', async () => {
    const document = await json([
      'build',
      MODEL,
      '--board',
      'arduino_zero',
      '-o',
      inWork('zero'),
      '--kernel',
      'packed',
    ]);
    expect(document.uf2).toBeNull();
    expect(existsSync(inWork('zero', 'firmware.uf2'))).toBe(false);
    const { stdout } = await egru([
      'build',
      MODEL,
      '--board',
      'arduino_zero',
      '-o',
      inWork('zero'),
      '--kernel',
      'packed',
    ]);
    expect(stdout).toContain('no UF2: the bootloader of the Arduino Zero does not accept UF2; flash the BIN');
  });
});

describe('a missing toolchain', () => {
  it.each([
    [
      'build',
      ['build', MODEL, '--board', 'feather_m0', '-o', inWork('none')],
      'apt-get install gcc-arm-none-eabi',
    ],
    [
      'the chip',
      ['run', MODEL, writeNoise('tool.wav', 1), '--on', 'chip'],
      'apt-get install gcc-arm-none-eabi',
    ],
    ['the host', ['run', MODEL, writeNoise('tool.wav', 1), '--on', 'host'], 'apt-get install gcc'],
  ])('%s: advises what to install', async (_, args, advice) => {
    expect(await refusal([...args, '--kernel', 'packed'], { PATH: '/nowhere' })).toContain(advice);
    expect(existsSync(inWork('none'))).toBe(false);
  });
});

describe('the chip', () => {
  it('detects what the reference detects, and differs nowhere', async () => {
    const clip = writeNoise('chip.wav', 3, 1);
    const args = ['run', MODEL, clip, '--trace'];
    expect(await json([...args, '--on', 'chip'])).toEqual(await json(args));
    expect(await json(['verify', MODEL, clip])).toEqual({
      executors: ['reference', 'host', 'chip'],
      kernels: ['unrolled', 'sparse', 'packed'],
      clips: 1,
      steps: 64,
      differences: 0,
      first: null,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('output that cannot be written', () => {
  const file = writeNoise('taken', 1);
  const { size } = statSync(file);
  it.each([
    [
      'build into a file',
      ['build', MODEL, '--board', 'feather_m0', '-o', file, '--kernel', 'packed'],
      'a file is in the way',
    ],
    [
      'build below a file',
      ['build', MODEL, '--board', 'feather_m0', '-o', `${file}/x`, '--kernel', 'packed'],
      'is a file, not a folder',
    ],
    ['compile into a file', ['compile', MODEL, '-o', file, '--kernel', 'packed'], 'a file is in the way'],
    [
      'compile into /proc',
      ['compile', MODEL, '-o', '/proc/egru', '--kernel', 'packed'],
      'cannot create this output folder',
    ],
    [
      'features into /proc',
      ['features', MODEL, file, '-o', '/proc/f.npy'],
      'cannot create a file in its folder',
    ],
    [
      'features over a folder',
      ['features', MODEL, file, '-o', '/tmp/.npy/..npy'],
      'its folder does not exist',
    ],
  ])('%s', async (_, args, message) => {
    expect(await refusal(args)).toContain(message);
    expect(statSync(file).size).toBe(size);
  });
});
