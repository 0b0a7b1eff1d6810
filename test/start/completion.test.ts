// SPDX-License-Identifier: Apache-2.0
/** Completion: what follows in a line by commander's tree, and what three shells make of it. */
import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { buildCommand } from '../../compiler/cli/commands/build.ts';
import { dataCommand } from '../../compiler/cli/commands/data.ts';
import { inspectCommand } from '../../compiler/cli/commands/inspect.ts';
import { runCommand } from '../../compiler/cli/commands/run.ts';
import { trainCommand } from '../../compiler/cli/commands/train.ts';
import { configure } from '../../compiler/cli/shared/command.ts';
import { candidates } from '../../compiler/cli/start/candidates.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { egru, inWork, refusal, work, write } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';

const program = configure(new Command('egru'));
for (const command of [buildCommand(), runCommand(), inspectCommand(), trainCommand(), dataCommand()])
  program.addCommand(command);

/** What is offered behind these words, without descriptions. */
function offered(...words: readonly string[]): string[] {
  const { names, files } = candidates(program, words);
  return [...names.map(({ name }) => name), ...(files === null ? [] : [`:${files}`])];
}

const all = Object.keys(boards);

describe('candidates', () => {
  it.each<[string, string[], string[]]>([
    ['a command', ['bu'], ['build']],
    ['a command behind help', ['help', 'insp'], ['inspect']],
    ['a command of a group', ['data', 'st'], ['stats']],
    ['an option', ['build', '--bo'], ['--board']],
    ['an option behind arguments', ['run', 'model', 'a.wav', 'b.wav', '--tr'], ['--trace']],
    ['a choice', ['run', 'model', '--on', 'ch'], ['chip']],
    ['an argument that is a choice', ['data', 'fetch', 'spo'], ['spoken-digits']],
    ['a board', ['build', '--board', ''], all],
    ['a board behind =, in one word', ['build', '--board=fea'], ['--board=feather_m0']],
    ['a board behind =, as bash cuts it', ['build', '--board', '=', 'fea'], ['feather_m0']],
    ['a board behind = alone', ['build', '--board', '='], all],
    ['a folder', ['build', 'model', '-o', ''], [':folders']],
    ['a file', ['inspect', ''], [':files']],
    ['another file of many', ['run', 'model', 'a.wav', ''], [':files']],
    ['several values of an option', ['data', 'speak', 'x', '--engine', 'flite', 'esp'], ['espeak-ng']],
    ['no second file where one is taken', ['inspect', 'a', ''], []],
    ['nothing behind a number', ['run', 'model', '--limit', ''], []],
    ['nothing of an unknown command', ['nowhere', '--x'], []],
    ['nothing behind --', ['data', 'speak', '--', '--en'], []],
  ])('%s', (_, words, expected) => {
    expect(offered(...words)).toEqual(expected);
  });

  it('hold every option that the help of a command shows', () => {
    for (const command of [trainCommand(), inspectCommand()]) {
      const help = command.helpInformation();
      const shown = [...help.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, name]) => name);
      expect(shown.length).toBeGreaterThan(2);
      expect(offered(command.name(), '--')).toEqual(shown);
    }
  });

  it('are printed with what they do, for all commands', async () => {
    const { stdout } = await egru(['completion', 'bash', '--', 'co']);
    const names = stdout.trimEnd().split('\n');
    expect(names.map((line) => line.replace(/\t.*/, ''))).toEqual(['compile', 'compare', 'completion']);
    expect(names.every((line) => /\t[A-Z].+\.$/.test(line))).toBe(true);
  });

  it('need a shell that is known', async () => {
    expect(await refusal(['completion', 'csh'])).toContain('Allowed choices are bash, zsh, fish.');
  });
});

/** A PATH on which egru is this compiler. */
const launcher = write(
  'egru',
  `#!/bin/sh\nexec ${process.execPath} ${packagePath('compiler/bin/egru.js')} "$@"\n`,
);
chmodSync(launcher, 0o755);
const env = { ...process.env, PATH: `${work}:${process.env.PATH}`, HOME: work, ZDOTDIR: work };

async function shell(name: string, args: readonly string[], rest: string): Promise<string[]> {
  const { stdout } = await egru(['completion', name]);
  const script = write(`completion.${name}`, `${stdout}\n${rest}\n`);
  const {
    status,
    stdout: lines,
    stderr,
  } = spawnSync(name, [...args, script], {
    ...{ env, encoding: 'utf8', timeout: 120_000, cwd: inWork() },
  });
  expect([status, stderr]).toEqual([0, '']);
  return lines.split('\n').filter((line) => line !== '');
}

describe('the script', () => {
  it('of bash', async () => {
    // compopt works only while readline completes.
    const ask = (...words: string[]) =>
      `COMP_WORDS=(egru ${words.join(' ')}); COMP_CWORD=${words.length}; _egru egru; echo "\${COMPREPLY[*]}"`;
    const rest = ['compopt() { echo "compopt $*"; }', ask('build', '--bo'), ask('run', '--on', '=', "''")];
    const found = await shell('bash', ['--norc'], [...rest, ask('build', 'm', '-o', "''")].join('\n'));
    expect(found).toEqual(['--board', 'reference host chip', 'compopt -o dirnames']);
  });

  it.skipIf(lacking('zsh'))('of zsh (needs zsh)', async () => {
    const ask = (...words: string[]) => `words=(egru ${words.join(' ')}); CURRENT=${words.length + 1}; _egru`;
    const stubs = ['_describe() { print -l -- $names; }', '_files() { print -- "files $*"; }'];
    const asked = [ask('run', '--on', 'ch'), ask('build', '--bo'), ask('build', 'm', '-o', "''")];
    const { stdout } = await egru(['completion', 'zsh']);
    expect(stdout).toMatch(/^#compdef egru\n/);
    const rest = [...stubs, ...asked].join('\n');
    const script = write('rest.zsh', `compdef() { }\nsource ${inWork('completion.zsh')}\n${rest}\n`);
    write('completion.zsh', stdout);
    const run = spawnSync('zsh', ['-f', script], { env, encoding: 'utf8', timeout: 120_000 });
    expect([run.status, run.stderr]).toEqual([0, '']);
    expect(run.stdout.trimEnd().split('\n')).toEqual(['chip:', `--board:${all.join(', ')}`, 'files -/']);
  });

  it.skipIf(lacking('fish'))('of fish (needs fish)', async () => {
    const ask = (line: string) => `complete -C '${line}'`;
    const asked = [ask('egru run --on ch'), ask('egru build --board=fea'), ask('egru data st')];
    expect(await shell('fish', ['--no-config'], asked.join('\n'))).toEqual([
      'chip',
      '--board=feather_m0',
      'stats\tShow labels, lengths, loudness and defects of a dataset.',
    ]);
  });
});
