// SPDX-License-Identifier: Apache-2.0
/**
 * Tables as spreadsheets and datasets write them: comma, semicolon, tab or bar between fields, quoted fields, UTF-8,
 * UTF-16 or Windows-1252. Splitting is Papa Parse's; here are encodings, separators, columns, and lines for messages.
 */
import Papa from 'papaparse';
import { InputError } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import { nearest } from '../../core/base/nearest.ts';

const SEPARATORS = [',', ';', '\t', '|'] as const;

/** Columns by their name as it is written, in the table's order. */
export type Columns = ReadonlyMap<string, number>;

/** A row: its fields without blanks around them, and the line that it begins on, from 1. */
export type OnRow = (fields: readonly string[], line: number) => void;

/** A column that is looked for. */
export interface Wanted {
  /** Name or number, from 1, that the user chose; undefined: the first of `names` that the table has. */
  readonly chosen: string | undefined;
  readonly names: readonly string[];
  /** How the user chooses it. */
  readonly option: string;
}

/** Bytes as text: by their byte order mark, else UTF-8, else UTF-16 where every other byte is 0, else Windows-1252. */
export function decodeText(bytes: Uint8Array): string {
  const [a, b] = bytes;
  const read = (encoding: string, fatal = false) => new TextDecoder(encoding, { fatal }).decode(bytes);
  if (a === 0xff && b === 0xfe) return read('utf-16le');
  if (a === 0xfe && b === 0xff) return read('utf-16be');
  if (a !== 0 && b === 0) return read('utf-16le');
  if (a === 0 && b !== 0 && bytes.length > 1) return read('utf-16be');
  try {
    return read('utf-8', true);
  } catch {
    return read('windows-1252');
  }
}

/**
 * @param file for messages
 * @param wanted numbers choose columns of a table without a line of names, whose columns are then called 1, 2, 3...
 * @param onHead called once, before all rows
 * @throws InputError with the line
 */
export function parseTable(
  file: string,
  text: string,
  wanted: readonly Wanted[],
  onHead: (columns: Columns, found: readonly number[]) => void,
  onRow: OnRow,
): void {
  // Excel's own way to name the separator: a first line "sep=;".
  const [declared = '', stated] = /^sep=(.)(?:\r\n?|\n|$)/i.exec(text) ?? [];
  // Files that several programs wrote have lines that end with CR LF, LF and CR.
  const behind = text.slice(declared.length);
  const rest = behind.includes('\r') ? behind.replace(/\r\n?/g, '\n') : behind;
  const separator = stated ?? separatorOf(rest, wanted);
  const first = declared === '' ? 1 : 2;
  // Tab-separated texts hold quotation marks that quote nothing ("Common Voice" is written so).
  const quotes = separator !== '\t' || isQuoted(rest);
  let columns: Columns | null = null;
  let line = first;
  Papa.parse<string[]>(rest, {
    delimiter: separator,
    newline: '\n',
    ...(quotes ? {} : { quoteChar: '\0' }),
    step({ data, errors }) {
      const at = line;
      line += 1 + breaksIn(data);
      const fields = data.map((field) => field.trim());
      if (fields.length === 1 && fields[0] === '') return;
      const [error] = errors;
      if (error !== undefined) throw new InputError(file, quoteProblem(error.code), `line ${at}`);
      if (columns === null) {
        const numbered = wanted.every(({ chosen }) => chosen !== undefined && /^\d+$/.test(chosen));
        columns = numbered ? numbers(fields.length) : named(file, fields, at);
        const head = columns;
        onHead(
          head,
          wanted.map((column) => find(file, head, column, at)),
        );
        if (!numbered) return;
      }
      if (fields.length !== columns.size) {
        const problem = `has ${fields.length} fields for ${columns.size} columns`;
        throw new InputError(file, problem, `line ${at}`);
      }
      onRow(fields, at);
    },
  });
  if (columns === null) throw new InputError(file, 'is empty; its first line names the columns');
}

/** The separator under which the first line has the columns that are wanted; else the one that gives most columns. */
function separatorOf(text: string, wanted: readonly Wanted[]): string {
  const line = /^[\r\n]*([^\r\n]*)/.exec(text)?.[1] ?? '';
  const candidates = SEPARATORS.map((separator) => {
    const names = line.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
    const known = new Set(names.map((name) => name.toLowerCase()));
    const has = ({ chosen, names: usual }: Wanted) =>
      chosen === undefined ? usual.some((name) => known.has(name)) : known.has(chosen.toLowerCase());
    return { separator, found: wanted.filter(has).length, count: names.length };
  });
  candidates.sort((a, b) => b.found - a.found || b.count - a.count);
  return candidates[0]?.separator ?? ',';
}

/** Whether quotation marks quote: every field that begins with one also ends with one, down to the last line. */
function isQuoted(text: string): boolean {
  let quoted = true;
  Papa.parse<string[]>(text, {
    delimiter: '\t',
    newline: '\n',
    step({ errors }, parser) {
      if (!errors.some(({ type }) => type === 'Quotes')) return;
      quoted = false;
      parser.abort();
    },
  });
  return quoted;
}

function quoteProblem(code: string): string {
  return code === 'MissingQuotes'
    ? 'a quotation mark is not closed'
    : 'has text after a closing quotation mark';
}

function breaksIn(fields: readonly string[]): number {
  let breaks = 0;
  for (const field of fields) {
    for (let at = field.indexOf('\n'); at >= 0; at = field.indexOf('\n', at + 1)) breaks++;
  }
  return breaks;
}

const numbers = (count: number): Columns =>
  new Map(Array.from({ length: count }, (_, i) => [String(i + 1), i]));

function named(file: string, names: readonly string[], line: number): Columns {
  const columns = new Map<string, number>();
  names.forEach((name, i) => {
    // Columns without a name cannot be chosen; spreadsheets leave them at the end of a line.
    const key = name === '' ? `column ${i + 1}` : name;
    if (columns.has(key)) {
      throw new InputError(file, `the column ${quote(name)} is listed twice`, `line ${line}`);
    }
    columns.set(key, i);
  });
  return columns;
}

function find(file: string, columns: Columns, { chosen, names, option }: Wanted, line: number): number {
  const lower = new Map<string, number>();
  for (const [name, index] of columns) {
    if (!lower.has(name.toLowerCase())) lower.set(name.toLowerCase(), index);
  }
  for (const name of chosen === undefined ? names : [chosen]) {
    const index = columns.get(name) ?? lower.get(name.toLowerCase());
    if (index !== undefined) return index;
  }
  if (chosen !== undefined && /^\d+$/.test(chosen)) {
    const index = Number(chosen) - 1;
    if (index >= 0 && index < columns.size) return index;
  }
  const some = [...columns.keys()].slice(0, 8).map(quote).join(', ');
  const has = `it has ${some}${columns.size > 8 ? ', …' : ''}`.slice(0, 90);
  const close = chosen === undefined ? null : nearest(chosen, [...columns.keys()].slice(0, 1000));
  const problem =
    chosen === undefined
      ? `no column is called ${quote(names[0] ?? '')}; ${has}; name it with ${option}`
      : `has no column ${quote(chosen)} (${option})${close === null ? '' : `, but ${quote(close)}`}; ${has}`;
  throw new InputError(file, problem, `line ${line}`);
}
