// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../core/base/errors.ts';

/** A row by the names of its columns, and the line that it begins on, from 1. */
export interface CsvRow {
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * Comma-separated values as RFC 4180 has them: quoted fields may hold commas, line breaks and doubled quotes. The first
 * row names the columns; empty lines are left out.
 * @throws InputError with the line
 */
export function parseCsv(file: string, text: string): CsvRow[] {
  const [head, ...rows] = records(file, text.replace(/^\uFEFF/, ''));
  if (head === undefined) throw new InputError(file, 'is empty; its first line names the columns');
  const names = head.fields.map((name) => name.trim());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(file, `the column "${twice}" is listed twice`, 'line 1');
  return rows.map(({ line, fields }) => {
    if (fields.length !== names.length) {
      throw new InputError(file, `has ${fields.length} fields for ${names.length} columns`, `line ${line}`);
    }
    return { line, fields: new Map(names.map((name, i) => [name, fields[i] ?? ''])) };
  });
}

function records(file: string, text: string): { line: number; fields: string[] }[] {
  const found: { line: number; fields: string[] }[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const record = { line, fields: [] as string[] };
    for (let more = true; more; ) {
      const field = text[at] === '"' ? quoted(file, text, at, line) : plain(text, at);
      record.fields.push(field.value);
      line += field.value.split('\n').length - 1;
      at = field.end;
      more = text[at] === ',';
      if (more) at++;
      else if (at < text.length && !/[\r\n]/.test(text[at] ?? '')) {
        throw new InputError(file, 'has text after a closing quotation mark', `line ${line}`);
      }
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    if (record.fields.length > 1 || record.fields[0] !== '') found.push(record);
  }
  return found;
}

function plain(text: string, start: number): { value: string; end: number } {
  let end = start;
  while (end < text.length && !/[,\r\n]/.test(text[end] ?? '')) end++;
  return { value: text.slice(start, end), end };
}

function quoted(file: string, text: string, start: number, line: number): { value: string; end: number } {
  for (let end = start + 1; ; end++) {
    end = text.indexOf('"', end);
    if (end < 0) throw new InputError(file, 'a quotation mark is not closed', `line ${line}`);
    if (text[end + 1] !== '"') {
      return { value: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
    }
    end++;
  }
}
