// SPDX-License-Identifier: Apache-2.0
/** Cells and kernels are told apart by their registries alone: nothing else compares, or files things by, their names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelNames } from '../../compiler/codegen/kernels/index.ts';
import { cellTypes } from '../../compiler/core/program/cells/index.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { trainedTypes } from '../../compiler/training/train/cells/index.ts';
import { codeOnly } from './source.ts';

const root = packagePath('compiler');
const NAMES = [...new Set([...cellTypes(), ...trainedTypes(), ...kernelNames])].join('|');
/** Where an entry says its own name. */
const ENTRIES =
  /^(core\/program\/cells|core\/sim\/runners|codegen\/kernels\/packed|codegen\/kernels\/sparse|codegen\/kernels\/unrolled|training\/train\/(engine\/)?cells|training\/train\/reference)\//;

/** Comparisons, cases, keys of maps: by the text that stands there. A name alone, as an option's default, is none. */
function uses(text: string): string[] {
  const code = codeOnly(text);
  const quoted = `['"](?:${NAMES})['"]`;
  const patterns = [
    `(?:[!=]==?)\\s*${quoted}`,
    `${quoted}\\s*[!=]==?`,
    `\\bcase\\s+${quoted}`,
    `\\.(?:includes|startsWith|has|get|indexOf)\\(\\s*${quoted}`,
    // Two of the names as elements of one list.
    `\\[[^\\[\\]]*${quoted}[^\\[\\]]*?,\\s*${quoted}`,
  ];
  // Two of the names as keys of one literal: Biome takes quotation marks from keys.
  const keys = `\\{[^{}]*?\\b(?:${NAMES})\\s*:[^{}]*?[,{\\s](?:${NAMES})\\s*:`;
  const literals = [...code.matchAll(new RegExp(keys, 'g'))].map(([match]) => match.replace(/\s+/g, ' '));
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(new RegExp(pattern, 'g'))]
      // In comments and in texts there is only space left.
      .filter(({ index }) => (code[index] ?? ' ').trim() !== '')
      .map(([match]) => match.replace(/\s+/g, ' ')),
  );
  return [...found, ...literals];
}

test('the rule finds what it is for', () => {
  expect(uses("if (layer.type === 'egru') {}")).toEqual(["=== 'egru'"]);
  expect(uses("if ('dense' !== type) {}")).toEqual(["'dense' !=="]);
  expect(uses("switch (kernel) {\n  case 'packed':\n}")).toEqual(["case 'packed'"]);
  expect(uses('const rows = { egru: 2, gru: 3 }[type];')).toEqual(['{ egru: 2, gru:']);
  expect(uses("choice(['egru', 'dense'])")).toEqual(["['egru', 'dense'"]);
  expect(uses("names.includes('unrolled')")).toEqual([".includes('unrolled'"]);
  expect(uses("// type === 'egru'\nconst text = `=== 'egru'`;")).toEqual([]);
  expect(uses("write(`egru: text`); option('--kernel', 'packed');")).toEqual([]);
});

test('no file but the entries tells cells or kernels apart by name', () => {
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !ENTRIES.test(path))
    .flatMap((path) => uses(readFileSync(join(root, path), 'utf8')).map((use) => `${path}: ${use}`));
  expect(found).toEqual([]);
});

test('no entry tells another one apart either', () => {
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && ENTRIES.test(path))
    .flatMap((path) =>
      uses(readFileSync(join(root, path), 'utf8'))
        .filter((use) => /[!=]==|case/.test(use))
        .map((use) => `${path}: ${use}`),
    );
  expect(found).toEqual([]);
});
