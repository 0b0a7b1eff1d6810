// SPDX-License-Identifier: Apache-2.0
/** The table model: cells as text, in the width of a terminal, with colour where it is wanted, and as Markdown. */
import { describe, expect, it } from 'vitest';
import { hasColour, paint } from '../../compiler/cli/terminal/colour.ts';
import { factLines, tableLines } from '../../compiler/cli/terminal/table.ts';
import { takesEscapes } from '../../compiler/host/pool/progress.ts';
import { markdownTable } from '../../compiler/report/table/markdown.ts';
import {
  bar,
  barColumn,
  countColumn,
  numberColumn,
  rightColumn,
  shareColumn,
  sparkline,
  type Table,
  textColumn,
} from '../../compiler/report/table/table.ts';
import { egru, MODEL } from '../cli/egru.ts';

const table: Table = {
  columns: [
    textColumn('model', { shrinks: true }),
    countColumn('cycles'),
    numberColumn('mA', 2),
    shareColumn('share'),
    textColumn(''),
  ],
  rows: [
    ['models/a', 1234567.4, 4.5, 0.123, { value: 'written', tone: 'chosen' }],
    ['models/b', null, 12, 1.5, { value: '', tone: null }],
  ],
};

describe('lines of a terminal', () => {
  it('have numbers in their units, below their titles', () => {
    expect(tableLines(table, { width: 80, colour: false })).toEqual([
      'model        cycles     mA    share',
      '--------  ---------  -----  -------',
      'models/a  1,234,567   4.50   12.3 %  written',
      'models/b          -  12.00  150.0 %',
    ]);
  });

  it('count the columns that characters take, and show control characters', () => {
    const rows = [
      ['日本語', 1],
      ['é\u001b[2J', 2],
    ];
    const [title, rule, wide, control] = tableLines({
      columns: [textColumn('label'), countColumn('n')],
      rows,
    });
    expect(title).toMatch(/^label +n$/);
    expect(rule).toMatch(/^-+ {2}-$/);
    // Three characters on six columns.
    expect(wide?.length).toBe((rule?.length ?? 0) - 3);
    expect(control?.length).toBe(rule?.length);
    expect(control).not.toContain('\u001b');
  });

  it('lose beginnings where that is enough, at least to 12 columns', () => {
    const long = { ...table, rows: [['a/long/way/to/models/a', 1, 2, 0.5, 'written']] };
    const [, , row = ''] = tableLines(long, { width: 45, colour: false });
    expect(row).toBe('…y/to/models/a       1  2.00  50.0 %  written');
  });

  it('continue below where there is no room, with the first column again', () => {
    const layers = Array.from({ length: 12 }, (_, i) => `layer${i}`);
    const columns = [textColumn('kernel'), ...layers.map((name) => countColumn(name))];
    const lines = tableLines({ columns, rows: [['packed', ...layers.map((_, i) => i)]] }, { width: 40 });
    expect(lines.every((line) => line.length <= 40)).toBe(true);
    expect(lines.filter((line) => line.startsWith('packed'))).toHaveLength(3);
    expect(lines.filter((line) => line === '')).toHaveLength(2);
    expect(lines.join('\n').match(/layer\d+/g)).toEqual(layers);
  });

  it('can be without titles, and names with values', () => {
    const columns = [textColumn(''), rightColumn('')];
    expect(tableLines({ columns, rows: [['flash', '1,234']] }, { bare: true })).toEqual(['flash  1,234']);
    expect(factLines([['end', 'done']], 8)).toEqual(['end     done']);
  });
});

describe('colour', () => {
  it('repeats what the text has', () => {
    const [, , first, second] = tableLines(table, { width: 80, colour: true });
    expect(first).toBe('models/a  1,234,567   4.50   12.3 %  \u001b[1mwritten\u001b[0m');
    expect(second).not.toContain('\u001b');
    expect([paint('wrong', 'bad', true), paint('wrong', 'bad', false)]).toEqual([
      '\u001b[31mwrong\u001b[0m',
      'wrong',
    ]);
  });

  it.each<[string, boolean, NodeJS.ProcessEnv, boolean]>([
    ['on a terminal', true, {}, true],
    ['not elsewhere', false, {}, false],
    ['not with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['not on a dumb terminal', true, { TERM: 'dumb' }, false],
  ])('%s', (_, isTTY, env, expected) => {
    expect(hasColour({ isTTY }, env)).toBe(expected);
    expect(takesEscapes(env)).toBe(isTTY ? expected : true);
  });

  it('is an option of every command', async () => {
    const { code, stdout } = await egru(['inspect', MODEL, '--no-color']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
  });
});

describe('pictures', () => {
  it('are as long or high as their numbers', () => {
    expect([bar(0, 4), bar(0.001, 4), bar(0.5, 4), bar(0.53, 4), bar(2, 4)]).toEqual([
      '',
      '▏',
      '██',
      '██▏',
      '████',
    ]);
    expect(sparkline([0, 1, 4, 8])).toBe('·▂▅█');
    const columns = [textColumn('name'), barColumn('share', 4)];
    expect(tableLines({ columns, rows: [['a', 0.75]] })[2]).toBe('a     ███');
  });
});

it('Markdown has the same cells', () => {
  expect(markdownTable(table)).toEqual([
    '| model | cycles | mA | share |  |',
    '|---|--:|--:|--:|---|',
    '| models/a | 1,234,567 | 4.50 | 12.3 % | written |',
    '| models/b | - | 12.00 | 150.0 % |  |',
  ]);
});
