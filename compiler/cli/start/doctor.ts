// SPDX-License-Identifier: Apache-2.0

import type { Command } from 'commander';
import { compilerVersion } from '../../host/files/assets.ts';
import { realSystem } from '../../machines/flash/system.ts';
import { textColumn } from '../../report/table/table.ts';
import { EXIT_DIFFERENCE, jsonOption, newCommand } from '../shared/command.ts';
import { print, printJson } from '../shared/output.ts';
import { tableLines } from '../terminal/table.ts';
import { type Connected, connectedBoards } from './connected.ts';
import { type Found, installLines, lookFor, tools } from './tools.ts';

export function doctorCommand(): Command {
  return newCommand('doctor', 'List what is installed, what is missing, and the boards that are connected.', [
    { command: 'egru doctor', does: 'exit code 1 where something is missing that egru needs' },
    { command: 'egru doctor --json', does: 'the same for scripts' },
  ])
    .option('--no-boards', 'open no port: only what is installed')
    .addOption(jsonOption())
    .action(run);
}

async function run({ boards, json }: { readonly boards: boolean; readonly json?: boolean }): Promise<void> {
  const found = tools.map((tool) => lookFor(tool));
  const connected = boards ? await connectedBoards(realSystem()) : [];
  const lacks = found.filter(({ tool, found: what }) => tool.needed && what === null);
  const stuck = connected.filter(({ state }) => state === 'unusable');
  const ok = lacks.length === 0 && stuck.length === 0;
  if (!ok) process.exitCode = EXIT_DIFFERENCE;
  if (json) {
    const checks = found.map(({ tool, ...rest }) => {
      const { find: _, ...facts } = tool;
      return { ...facts, ...rest };
    });
    return printJson({
      ok,
      egru: compilerVersion,
      platform: `${process.platform} ${process.arch}`,
      checks,
      boards: connected,
    });
  }
  print(`egru ${compilerVersion} on ${process.platform} ${process.arch}`, '', ...toolLines(found), '');
  if (boards) print(...boardLines(connected), '');
  print(...advice(found));
}

function toolLines(found: readonly Found[]): string[] {
  return tableLines({
    columns: [
      textColumn('program'),
      textColumn(''),
      textColumn('found', { shrinks: true }),
      textColumn('for'),
    ],
    rows: found.map(({ tool, found: what, defect }) => [
      tool.name,
      what !== null
        ? { value: 'ok', tone: 'good' }
        : { value: tool.needed ? 'missing' : 'absent', tone: tool.needed ? 'bad' : null },
      what ?? (defect === null ? '-' : 'does not work'),
      tool.for,
    ]),
  });
}

function boardLines(connected: readonly Connected[]): string[] {
  if (connected.length === 0) return ['no board is connected (no USB port and no UF2 drive of one)'];
  return tableLines({
    columns: [
      textColumn('port or drive', { shrinks: true }),
      textColumn('board', { shrinks: true }),
      textColumn('state'),
      textColumn(''),
    ],
    rows: connected.map(({ at, boards, state, detail }) => [
      at,
      boards.join(' or ') || '-',
      { value: state, tone: state === 'unusable' ? 'bad' : state === 'unknown' ? null : 'good' },
      detail,
    ]),
  });
}

/** What to type now. */
function advice(found: readonly Found[]): string[] {
  const missing = found.filter(({ found: what }) => what === null);
  const needed = missing.filter(({ tool }) => tool.needed);
  const optional = missing.filter(({ tool }) => !tool.needed);
  const lines = (what: readonly Found[]) =>
    installLines(what.map(({ tool }) => tool)).map((line) => `  ${line}`);
  return [
    ...missing.flatMap(({ tool, defect }) => (defect === null ? [] : [`${tool.name}: ${defect}`])),
    ...(needed.length === 0
      ? ['Everything that egru needs is installed.']
      : ['To install what is missing:', ...lines(needed)]),
    ...(optional.length === 0 ? [] : ['For what is optional:', ...lines(optional)]),
  ];
}
