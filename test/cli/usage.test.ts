// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { egru, inWork, MODEL, refusal, writeNoise } from './egru.ts';

const COMMANDS = [
  ...['new', 'doctor', 'selftest', 'compile', 'export', 'run', 'verify', 'eval', 'tune'],
  ...['features', 'init', 'inspect', 'build', 'emulate', 'flash', 'listen', 'adapt', 'record'],
  ...['play', 'bench', 'train', 'data', 'slim', 'compare', 'report', 'demo', 'completion'],
];
const DATA = ['stats', 'preview', 'trim', 'fetch', 'speak'].map((name) => `data ${name}`);

describe.concurrent('help', () => {
  it('lists all commands', async () => {
    const { code, stdout, stderr } = await egru(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const listed = [...stdout.matchAll(/^ {2}(\w+) {2,}\S/gm)].map(([, name]) => name);
    expect(listed).toEqual([...COMMANDS, 'help']);
  });

  it.each([...COMMANDS, ...DATA])('%s --help has examples and fits 80 columns', async (command) => {
    const { code, stdout } = await egru([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: egru ${command} `);
    expect(stdout).toContain(`\nExamples:\n  $ egru ${command}`);
    expect(stdout).not.toMatch(/default: \{|\[object|undefined/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    const output = /-o, --output[^-]*/.exec(stdout)?.[0];
    if (output !== undefined) expect(output.replace(/\s+/g, ' ')).toMatch(/\((?:required|default: .*)\) $/);
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string };
    expect(await egru(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe.concurrent('bad usage', () => {
  it.each<[string, string[], string]>([
    ['no command', [], 'no command given (see: egru --help)'],
    ['an unknown command', ['rnu'], "unknown command 'rnu' (Did you mean run?) (see: egru --help)"],
    [
      'help on an unknown command',
      ['help', 'trian'],
      "unknown command 'trian' (Did you mean train?) (see: egru --help)",
    ],
    [
      'an option that is misspelt and required',
      ['build', MODEL, '--bord', 'uno', '-o', 'x'],
      "build: unknown option '--bord' (Did you mean --board?) (see: egru build --help)",
    ],
    [
      'an option of a group that is misspelt and required',
      ['data', 'trim', 'x', '--ouput=y'],
      "data trim: unknown option '--ouput' (Did you mean --output?) (see: egru data trim --help)",
    ],
    ['an unknown option', ['run', '--foo', 'm', 'a'], "run: unknown option '--foo' (see: egru run --help)"],
    ['a missing argument', ['run'], "run: missing required argument 'model' (see: egru run --help)"],
    [
      'a missing option',
      ['build', MODEL, '-o', 'x'],
      "build: required option '--board <name>' not specified",
    ],
    ['a group without a command', ['data'], 'data: no command given (see: egru data --help)'],
    ['no command of a group', ['data', 'stat'], 'Did you mean stats?) (see: egru data --help)'],
    [
      'an option of none',
      ['data', 'stats', '--foo', 'x'],
      "data stats: unknown option '--foo' (see: egru data stats",
    ],
    ['too many arguments', ['inspect', 'a', 'b'], 'inspect: too many arguments'],
    ['a limit of 0', ['run', MODEL, 'x', '--limit', '0'], 'It must be a whole number of at least 1.'],
    ['a limit that is no number', ['run', MODEL, 'x', '--limit', '1e3'], "argument '1e3' is invalid"],
    ['an unknown machine', ['run', MODEL, 'x', '--on', 'moon'], 'Allowed choices are reference, host, chip.'],
    [
      'an unknown kernel',
      ['run', MODEL, 'x', '--kernel', 'k'],
      'Allowed choices are packed, sparse, unrolled, mixed:BYTES, auto.',
    ],
    [
      'an unknown board',
      ['build', MODEL, '--board', 'uno', '-o', 'x'],
      'uno: no such board; there are arduino_zero',
    ],
    ['no model', ['run', 'nowhere', 'x'], 'nowhere: no such file or folder'],
    [
      'a model that is no model',
      ['run', 'LICENSE', 'x'],
      'LICENSE: is neither a model folder nor a program.json',
    ],
    ['no audio', ['run', MODEL, 'nowhere'], 'nowhere: no such file or folder'],
    [
      'an unknown split',
      ['eval', MODEL, 'test', '--split', 'valid'],
      'no rule for valid (it has test, validation)',
    ],
    ['a stream', ['run', MODEL, 'x', '--stream'], 'x: no such file or folder'],
    ['features of no known format', ['features', MODEL, 'test/cli', '-o', 'x.csv'], 'no recordings'],
  ])('%s', async (_, args, message) => {
    expect(await refusal(args)).toContain(message);
  });

  it('shows where with --debug', async () => {
    const { code, stderr } = await egru(['run', 'nowhere', 'x', '--debug']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^egru: nowhere: no such file or folder\n[\s\S]*\n {4}at /);
  });
});

it('ends quietly when the reader of its output goes away', async () => {
  const clip = writeNoise('pipe.wav', 1);
  const { spawn } = await import('node:child_process');
  const command = `${process.execPath} compiler/bin/egru.js run ${MODEL} ${clip} --trace --json | head -c 1`;
  const child = spawn('sh', ['-c', command], { cwd: packagePath(), stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
});

it('leaves no temporary file behind when it is interrupted', async () => {
  const { spawn } = await import('node:child_process');
  const { mkdirSync, readdirSync } = await import('node:fs');
  mkdirSync(inWork('out'));
  mkdirSync(inWork('clips'));
  for (let i = 0; i < 40; i++) writeNoise(`clips/${i}.wav`, i, 2);
  const args = ['compiler/bin/egru.js', 'features', MODEL, inWork('clips'), '-o', inWork('out', 'f.npy')];
  const child = spawn(process.execPath, args, { cwd: packagePath(), stdio: 'ignore' });
  // The temporary file exists from the beginning of the work on.
  while (readdirSync(inWork('out')).length === 0 && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGINT');
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code === 0) return expect(readdirSync(inWork('out')).sort()).toEqual(['f.npy', 'f.npy.json']);
  expect(code).toBe(130);
  expect(readdirSync(inWork('out'))).toEqual([]);
});
