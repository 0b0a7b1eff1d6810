// SPDX-License-Identifier: Apache-2.0
/** The output folder of a model that detects: its example in egru_stream.h, built with every warning; about 5 s. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emitProject } from '../../compiler/codegen/emit/project.ts';
import { Stream } from '../../compiler/core/sim/stream.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { writeFolder } from '../../compiler/host/files/files.ts';
import { runtimeText } from '../../compiler/host/files/runtime.ts';
import { compilersAmong } from '../../compiler/machines/toolchain/host.ts';
import { lacking } from '../support/needs.ts';
import { bursts, listener } from '../support/stream-program.ts';
import { toyProgram } from '../support/toy.ts';

const program = {
  ...listener({ frame: 128, hop: 128, seed: 114, last: 'dense' }),
  labels: ['say "hey"', '*/ int x; /*', 'a\n#error', '</script>'],
};
const options = { kernel: 'packed', command: 'egru compile models/toy', assets: packageAssets() } as const;
const flags = ['-std=c11', '-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror'];
const folder = mkdtempSync(join(tmpdir(), 'egru-stream-project-'));
beforeAll(() => {
  const files = emitProject(program, options);
  writeFolder(
    folder,
    files.map(({ path, text }) => ({ path, data: text })),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The example at the top of egru_stream.h, as a program that listens to stdin. */
function example(): string {
  const header = runtimeText('egru_stream.h');
  const code = /:\n \*\n((?: \* {3}.*\n| \*\n)+)/.exec(header)?.[1] ?? '';
  const lines = code.split('\n').map((line) => line.replace(/^ \* {0,3}/, ''));
  const body = lines.filter((line) => !line.startsWith('#include')).join('\n');
  return `#include "model.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
static size_t read_microphone(int16_t *pcm, size_t n) {
    const size_t got = fread(pcm, sizeof *pcm, n, stdin);
    if (got == 0) exit(0);
    return got;
}
static void report(const char *label, uint32_t sample, unsigned score) {
    printf("%s %" PRIu32 " %u%c", label, sample, score, 0);
}
int main(void) {
    ${body}
}
`;
}

describe.each(compilersAmong(['gcc', 'clang']))('the example of egru_stream.h, %s', (compiler) => {
  test('detects what the reference detects, in pieces of 100 samples', () => {
    execFileSync('make', ['-C', folder, 'clean'], { stdio: 'pipe' });
    execFileSync('make', ['-C', folder, `CC=${compiler}`, 'CFLAGS=-O2 -Werror'], { stdio: 'pipe' });
    writeFileSync(join(folder, 'main.c'), example());
    const sources = [join(folder, 'main.c'), join(folder, 'libmodel.a')];
    execFileSync(compiler, [...flags, ...sources, `-I${folder}`, '-o', join(folder, 'main')]);
    const sound = bursts(150 * 128 + 777, 114);
    const output = execFileSync(join(folder, 'main'), { input: sound }).toString();
    const events = new Stream(program).push(sound);
    expect(events.length).toBeGreaterThan(5);
    expect(output.split('\0').slice(0, -1)).toEqual(
      events.map(({ label, sample, score }) => `${program.labels[label]} ${sample} ${score}`),
    );
  });
});

test.skipIf(lacking('arm'))('it builds for the Cortex-M0+', () => {
  execFileSync('make', ['-C', folder, 'clean'], { stdio: 'pipe' });
  const cross = ['CC=arm-none-eabi-gcc', 'AR=arm-none-eabi-ar', 'ARCH=-mcpu=cortex-m0plus -mthumb'];
  execFileSync('make', ['-C', folder, ...cross, 'CFLAGS=-O2 -Werror'], { stdio: 'pipe' });
  // No 64-bit arithmetic and no floating point: of the compiler's helpers only the division for an event's score.
  const symbols = ['softmax', 'detect', 'stream'].map((name) =>
    execFileSync('arm-none-eabi-nm', ['-u', join(folder, 'egru', `egru_${name}.c.o`)]).toString(),
  );
  const helpers = symbols.flatMap((text) => text.match(/__\w+/g) ?? []);
  expect(helpers).toEqual(['__aeabi_idiv']);
});

test('a model that does not detect has nothing of it', () => {
  const files = emitProject(toyProgram(), options);
  expect(files.filter(({ path }) => /\begru_(detect|stream|softmax)/.test(path))).toEqual([]);
  for (const { path, text } of files) {
    if (path.startsWith('model.')) expect(text).not.toMatch(/detect|stream\.h/);
  }
});
