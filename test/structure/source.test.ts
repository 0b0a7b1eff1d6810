// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { codeOnly, findAny, importsOf, stringsOf } from './source.ts';

const EXAMPLE = `// import x from './comment.ts';
import a, { type B } from './a.ts';
import {
  type C,
  type D,
} from "../d/d.ts";
import type { E } from './e.ts';
import './side-effect.ts';
export { f } from './f.ts';
export * from './g.ts';
export const text = 'from';
export function f(): string {
  return {} from 'no';
}
const later = await import('./later.ts');
const shown = "import y from './string.ts'";
const pattern = /import 'z'/g;
`;

it('finds imports wherever they stand, and none in comments and strings', () => {
  const values = ['./a.ts', './side-effect.ts', './f.ts', './g.ts', './later.ts'];
  expect(importsOf(EXAMPLE).sort()).toEqual([...values, '../d/d.ts', './e.ts'].sort());
});

it('blanks what is no code', () => {
  expect(codeOnly("a /* any */ 'any' // any\nb")).toBe("a           '   '       \nb");
});

it('finds the type any, and not the word', () => {
  for (const line of [
    'let a: any;',
    'x as any',
    'Map<string, any>',
    'any[] | (any)',
    'f(...x: any[])',
    'type A = any',
  ]) {
    expect(findAny(`\n${line}\n`), line).toBe(line);
  }
  for (const line of [
    '// any',
    "'any'",
    'const any = 1; f(any.b)',
    'anyone: many',
    '{ any: 1 }',
    'a.any(b)',
  ]) {
    expect(findAny(`\n${line}\n`), line).toBeNull();
  }
});

it('finds strings and the parts of templates, whatever is nested in them', () => {
  const text = `f(\`a \${g({ b: \`c \${1}\` })} d\`, /"/, "e"); // "x"\n/* 'y' */ const h = { i: 'j' };`;
  expect(stringsOf(text)).toEqual(['a ', 'c ', '', ' d', 'e', 'j']);
});
