// SPDX-License-Identifier: Apache-2.0
// Executes README.md: every line of its ```sh blocks runs, in order, and every ```c block compiles and runs with the
// model that those commands generated. A command that serves a page is ended once the page is there. A README that lies
// fails here.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const text = readFileSync('README.md', 'utf8');
const blocks = (language) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]);

const commands = blocks('sh').flatMap((block) =>
  block.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
);
// CI runs the tests and the benchmark's own checks beside this; here they would only run twice.
const skipped = /^make (test|soak|bench)\b/;
if (commands.length === 0) throw new Error('README.md shows no command');
// A project is written only where nothing is.
for (const [, folder] of text.matchAll(/^npx egru new (build\/\S+)/gm))
  rmSync(folder, { recursive: true, force: true });
let demo = '';
for (const command of commands) {
  if (skipped.test(command)) continue;
  process.stdout.write(`$ ${command}\n`);
  if (/^npx egru play (?!.*--build)/.test(command)) {
    await served(command);
    continue;
  }
  const { status, stdout } = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  process.stdout.write(stdout);
  if (command === 'make demo') demo = stdout;
  if (status !== 0) throw new Error(`README.md: "${command}" ended with ${status}`);
}

// What the demo prints is shown, and must be what it prints: `node test/tools/readme.js --update` writes it anew.
const shown = /(<!-- demo -->\n```text\n)([\s\S]*?)(```\n<!-- \/demo -->)/;
const begin = demo.search(/^clip /m);
if (begin < 0) throw new Error('README.md: make demo printed no table');
const printed = demo.slice(begin);
if (process.argv.includes('--update')) {
  writeFileSync(
    'README.md',
    text.replace(shown, (_, opening, _old, closing) => opening + printed + closing),
  );
} else if (shown.exec(text)?.[2] !== printed) {
  throw new Error('README.md: make demo prints something else (node test/tools/readme.js --update)');
}

/** Starts a command that prints an address and waits there: the page has to answer. */
async function served(command) {
  // Without npx between, so that the signal reaches it.
  const args = command.replace('npx egru', 'compiler/bin/egru.js').split(' ');
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  try {
    for await (const piece of child.stdout) {
      process.stdout.write(piece);
      printed += piece;
      const [address] = /http:\/\/\S+/.exec(printed) ?? [];
      if (address === undefined) continue;
      const { status } = await fetch(address);
      if (status !== 200) throw new Error(`README.md: "${command}": ${address} answers ${status}`);
      return;
    }
    throw new Error(`README.md: "${command}" printed no address`);
  } finally {
    child.kill('SIGTERM');
  }
}

const programs = blocks('c');
if (programs.length === 0) throw new Error('README.md shows no C program');
mkdirSync('build/readme', { recursive: true });
// Compiled as C and as C++, linked with the library of that folder, and run on silence.
const main = `
#include <stdio.h>
int main(void) {
    static const int16_t frame[MODEL_FRAME] = {0};
    if (start() != 0) return 1;
    for (int i = 0; i < MODEL_READOUT_STEPS; i++) predict(frame);
    return puts(predict(frame)) < 0;
}
`;
execFileSync('make', ['-s', '-C', 'build/digits'], { stdio: 'inherit' });
programs.forEach((program, i) => {
  for (const [compiler, standard, language] of [
    ['gcc', 'c11', 'c'],
    ['g++', 'c++17', 'c++'],
  ]) {
    const file = `build/readme/program${i}`;
    writeFileSync(`${file}.c`, program + main);
    const warnings = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror'];
    const input = ['-Ibuild/digits', '-x', language, `${file}.c`, '-x', 'none', 'build/digits/libmodel.a'];
    execFileSync(compiler, [`-std=${standard}`, ...warnings, ...input, '-o', file], { stdio: 'inherit' });
    const label = execFileSync(file).toString().trim();
    process.stdout.write(
      `README.md: block ${i + 1} runs, ${standard}; silence is predicted to be ${label}\n`,
    );
  }
});
