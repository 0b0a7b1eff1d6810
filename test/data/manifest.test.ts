// SPDX-License-Identifier: Apache-2.0
/** Tables of recordings as spreadsheets, Windows and public datasets write them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readDatasetConfig } from '../../compiler/training/data/config.ts';
import { findDataset } from '../../compiler/training/data/dataset.ts';
import { type ManifestColumns, readManifest } from '../../compiler/training/data/manifest.ts';
import { openDataset, splitRuleOf } from '../../compiler/training/data/open.ts';
import { splitDataset } from '../../compiler/training/data/splits.ts';
import { decodeText, parseTable } from '../../compiler/training/data/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-manifest-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;

function read(content: string | Uint8Array, columns: ManifestColumns = {}) {
  const path = join(folder, `${count++}.csv`);
  writeFileSync(path, content);
  return readManifest(path, columns).map(({ name, label }) => [name, label]);
}

const TWO = [
  ['7_george_1.wav', 'seven'],
  ['2_george_1.wav', 'two'],
];
const rows = (separator: string, end = '\n') =>
  [['file', 'label'], ...TWO].map((row) => row.join(separator) + end).join('');
const utf16 = (text: string) => Uint8Array.from(Buffer.from(text, 'utf16le'));
const swapped = (bytes: Uint8Array) => Uint8Array.from(Buffer.from(bytes).swap16());

describe('a manifest', () => {
  it.each([
    ['commas', rows(',')],
    ['semicolons, as Excel writes in half of Europe', rows(';', '\r\n')],
    ['tabs', rows('\t')],
    ['bars', rows('|')],
    ["Excel's first line sep=;", `sep=;\r\n${rows(';', '\r\n')}`],
    ['names in capitals', rows(',').replace('file,label', 'FILE,Label')],
    ['blanks around fields', rows(' , ').replaceAll('\n', ' \n ')],
    ['quoted fields', rows(',').replaceAll(/[\w.]+/g, '"$&"')],
    ['UTF-8 with a mark', `\uFEFF${rows(',')}`],
    ['UTF-16, little end first', utf16(`\uFEFF${rows(',', '\r\n')}`)],
    ['UTF-16, big end first', swapped(utf16(`\uFEFF${rows(',')}`))],
    ['UTF-16 without a mark', utf16(rows(';'))],
    ['UTF-16 without a mark, big end first', swapped(utf16(rows('\t')))],
    ['lines of several programs', `file,label\r\n${rows(',').split('\n').slice(1).join('\r')}\n`],
    ['backslashes', rows(',').replace('7_', '.\\7_').replace('2_', 'x\\..\\2_')],
    ['absolute paths below its folder', rows(',').replace('7_', `${folder}/7_`)],
    ['Common Voice', rows('\t').replace('file\tlabel', 'path\tsentence')],
    ['empty lines and an unnamed last column', rows(',', ',\r\n\r\n')],
  ])('with %s', (_, content) => {
    expect(read(content)).toEqual(TWO);
  });

  it('in Windows-1252', () => {
    const text = Buffer.from('file,label\nfünf.wav,fünf\n', 'latin1');
    expect(read(text)).toEqual([['fünf.wav', 'fünf']]);
  });

  it('whose columns are chosen by name or number', () => {
    const text = 'speaker,clip_id,Intent\nann,a.wav,on\n';
    expect(read(text, { file: 'CLIP_ID', label: 'Intent' })).toEqual([['a.wav', 'on']]);
    expect(read(text.split('\n')[1] ?? '', { file: '2', label: '3' })).toEqual([['a.wav', 'on']]);
    expect(() => read(text, { file: 'clipid', label: 'Intent' })).toThrow(
      'has no column "clipid" (--file-column), but "clip_id"; it has "speaker", "clip_id", "Intent" (line 1)',
    );
    expect(() => read(text, { file: '2', label: '4' })).toThrow('has no column "4" (--label-column)');
  });

  it('with quotation marks that quote nothing, between tabs', () => {
    const text = 'path\tsentence\n1.mp3\t"Yes" she\n2.mp3\t"no\n';
    expect(read(text)).toEqual([
      ['1.mp3', '"Yes" she'],
      ['2.mp3', '"no'],
    ]);
  });

  it("finds Common Voice's recordings in clips/", () => {
    const root = join(folder, 'cv');
    mkdirSync(join(root, 'clips'), { recursive: true });
    writeFileSync(join(root, 'clips', 'a.wav'), '');
    writeFileSync(join(root, 'train.tsv'), 'client_id\tpath\tsentence\nx\ta.wav\tone\n');
    const [entry] = readManifest(join(root, 'train.tsv'), {});
    expect(entry).toMatchObject({ file: join(root, 'clips', 'a.wav'), name: 'a.wav', label: 'one' });
    expect(entry?.fields.get('client_id')).toBe('x');
  });

  it.each([
    ['C:\\data\\a.wav,x', '"C:\\\\data\\\\a.wav" is not a file below the manifest\'s folder (line 2)'],
    ['..\\a.wav,x', "is not a file below the manifest's folder (line 2)"],
    ['/somewhere/else/a.wav,x', "is not a file below the manifest's folder (line 2)"],
    ['.,x', "is not a file below the manifest's folder (line 2)"],
    ['"a\nb.wav",x\n../c,y', '"../c" is not a file below the manifest\'s folder (line 4)'],
    ['a.wav,x\nb.wav,y/z', 'the label "y/z" holds a path separator; rename it (line 3)'],
  ])('refuses %j', (text, message) => {
    expect(() => read(`file,label\n${text}`)).toThrow(message);
  });

  it('gives back what was written, whatever the separator', () => {
    const field = fc
      .string({ unit: 'binary', maxLength: 12 })
      .map((text) => text.replaceAll('\0', '').trim());
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    // A line break within quotation marks is one, whatever it is made of.
    const plain = (text: string) => text.replace(/\r\n?/g, '\n');
    fc.assert(
      fc.property(fc.constantFrom(',', ';', '|'), fc.array(fc.tuple(field, field)), (separator, table) => {
        const text = [['file', 'label'], ...table].map((row) => row.map(quoted).join(separator)).join('\r\n');
        const found: string[][] = [];
        const wanted = ['file', 'label'].map((name) => ({ chosen: undefined, names: [name], option: '' }));
        parseTable(
          't',
          text,
          wanted,
          () => {},
          (row) => void found.push([...row]),
        );
        expect(found).toEqual(table.map((row) => row.map(plain)));
      }),
    );
  });

  it('is read in time that grows with its size, columns and rows', () => {
    const columns = Array.from({ length: 200_000 }, (_, i) => `c${i}`).join(',');
    const values = ',1'.repeat(200_000);
    expect(read(`file,label,${columns}\na.wav,x${values}\n`)).toEqual([['a.wav', 'x']]);
    const many = Array.from({ length: 200_000 }, (_, i) => `${i}.wav,word ${i}\n`).join('');
    const path = join(folder, 'many.csv');
    writeFileSync(path, `file,label\n${many}`);
    const dataset = findDataset(path, null);
    expect(dataset.labels).toHaveLength(200_000);
    const doubled = {
      ...dataset,
      entries: dataset.entries.flatMap((entry) => [1, 2, 3].map(() => ({ ...entry }))),
    };
    expect(splitDataset(doubled, { by: 'rank', validation: 0.34, test: 0 }).train).toHaveLength(400_000);
  });
});

describe('text', () => {
  it('is never refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(typeof decodeText(bytes)).toBe('string');
      }),
    );
  });
});

describe('Speech Commands', () => {
  it('is split by its lists', () => {
    const root = join(folder, 'sc');
    const files = [
      'yes/ann_nohash_0.wav',
      'yes/bob_nohash_0.wav',
      'no/ann_nohash_1.wav',
      'no/eve_nohash_0.wav',
    ];
    for (const file of files) {
      mkdirSync(join(root, file, '..'), { recursive: true });
      writeFileSync(join(root, file), '');
    }
    writeFileSync(join(root, 'validation_list.txt'), './yes/bob_nohash_0.wav\n');
    writeFileSync(join(root, 'testing_list.txt'), 'no\\eve_nohash_0.wav\r\n');
    const config = readDatasetConfig(null);
    const dataset = openDataset(root, config);
    const { train, validation, test } = splitDataset(dataset, splitRuleOf(dataset, config));
    const names = (entries: readonly { name: string }[]) => entries.map(({ name }) => name);
    expect(names(validation)).toEqual(['yes/bob_nohash_0.wav']);
    expect(names(test)).toEqual(['no/eve_nohash_0.wav']);
    expect(names(train)).toEqual(['no/ann_nohash_1.wav', 'yes/ann_nohash_0.wav']);
    expect(train.map(({ fields }) => fields.get('speaker'))).toEqual(['ann', 'ann']);
  });
});
