// SPDX-License-Identifier: Apache-2.0
/** Examples of README.md and of the public headers: they compile as C11 and as C++17, without a warning; about 5 s. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emitProject } from '../../compiler/codegen/emit/project.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { writeFolder } from '../../compiler/host/files/files.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimeText } from '../../compiler/host/files/runtime.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { listener } from '../support/stream-program.ts';

const program = {
  ...listener({ frame: 128, hop: 128, seed: 1, last: 'dense' }),
  readout: { steps: 4, rule: 'sum' },
} as const;
const folder = mkdtempSync(join(tmpdir(), 'egru-examples-'));
beforeAll(() => {
  const files = emitProject(program, { kernel: 'packed', command: 'test', assets: packageAssets() });
  writeFolder(
    folder,
    files.map(({ path, text }) => ({ path, data: text })),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The indented code at the top of a header; what it leaves to the reader is declared in front. */
function headerExample(name: string): string {
  const header = runtimeText(name);
  const code = /\n \*\n((?: \* {3}.*\n| \*\n)+)/.exec(header)?.[1] ?? '';
  const lines = code.split('\n').map((line) => line.replace(/^ \* {0,3}/, ''));
  expect(lines.length).toBeGreaterThan(10);
  return `#include "model.h"
void read_features(int16_t *features);
size_t read_microphone(int16_t *pcm, size_t n);
void report(const char *label, uint32_t sample, unsigned score);
int main(void) {
${lines.filter((line) => !line.startsWith('#include')).join('\n')}
}
`;
}

function readmeExamples(): string[] {
  const text = readFileSync(packagePath('README.md'), 'utf8');
  return [...text.matchAll(/^```c\n(.*?)^```/gms)].map(([, code]) => code ?? '');
}

const languages = [
  ...compilersAmong(['gcc', 'clang']).map(
    (command) => [`${command[0]}, C11`, [...command, '-std=c11', '-xc']] as const,
  ),
  ...compilersAmong(['g++', 'clang++']).map(
    (command) => [`${command[0]}, C++17`, [...command, '-std=c++17', '-xc++']] as const,
  ),
];

describe.each(languages)('%s', (_, [tool = '', ...flags]) => {
  const warnings = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-pedantic', '-Werror'];

  function complaints(input: string): string {
    const args = [...flags, ...warnings, `-I${folder}`, '-c', '-', '-o', join(folder, 'example.o')];
    return spawnSync(tool, args, { input, encoding: 'utf8' }).stderr;
  }

  test.each(['egru.h', 'egru_stream.h'])('the example of %s', (name) => {
    expect(complaints(headerExample(name))).toBe('');
  });

  test('the examples of README.md', () => {
    const examples = readmeExamples();
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.map(complaints)).toEqual(examples.map(() => ''));
  });

  test('a result that reports whether there is a state has to be used', () => {
    const ignored =
      '#include "model.h"\nint main(void) { int32_t s[1]; egru_init(&model, s, 1); return 0; }\n';
    expect(complaints(ignored)).toMatch(/unused-result/);
  });
});
