// SPDX-License-Identifier: Apache-2.0
/** All C of a library as one header and one source file, for those who want to copy two files and be done. */
import type { EmittedFile } from '../kernels/kernel.ts';
import type { Sources } from './sources.ts';

const INCLUDE = /^#include "([^"]+)".*\n/gm;

/** Inline functions of headers have become functions of this file, where compilers complain of those that nobody calls. */
const PREAMBLE = `#define EGRU_PORTABLE 1
#if defined(__GNUC__) || defined(__clang__)
#pragma GCC diagnostic ignored "-Wunused-function"
#endif`;

/**
 * NAME.h with what applications include, NAME.c with the rest; in portable C, as assembly has no place in it.
 * @param headers what applications include: of each model its header
 * @param banner comment in front of both
 */
export function pairOf(
  name: string,
  { generated, runtime }: Sources,
  headers: readonly string[],
  banner: string,
): EmittedFile[] {
  const texts = new Map([...generated, ...runtime].map(({ path, text }) => [path, text] as const));
  const placed = new Set<string>();
  const header = headers.map((path) => flat(path, texts, placed)).join('');
  // The runtime first: its parameters then hide none of the model's tables.
  const sources = [...runtime, ...generated].map(({ path }) => path).filter((path) => path.endsWith('.c'));
  const source = sources.map((path) => flat(path, texts, placed)).join('');
  return [
    { path: `${name}.h`, text: `${banner}\n${header}` },
    { path: `${name}.c`, text: `${banner}\n${PREAMBLE}\n#include "${name}.h"\n\n${source}` },
  ];
}

/** A file with the files that it includes in place of its #include lines, each file once. */
function flat(path: string, texts: ReadonlyMap<string, string>, placed: Set<string>): string {
  if (placed.has(path)) return '';
  placed.add(path);
  const text = texts.get(path);
  if (text === undefined) throw new Error(`${path} is not among the sources`);
  return `${text.replace(INCLUDE, (_, included: string) => flat(included, texts, placed))}\n`;
}
