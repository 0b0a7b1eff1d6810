// SPDX-License-Identifier: Apache-2.0
// Executes README.md: every line of its ```sh blocks runs, in order, and every ```c block compiles against the
// model that those commands generated. A README that lies fails here.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const text = readFileSync('README.md', 'utf8');
const blocks = (language) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]);

const commands = blocks('sh').flatMap((block) =>
  block.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
);
// CI runs the tests and the benchmark's own checks beside this; here they would only run twice.
const skipped = /^make (test|soak|bench)\b/;
if (commands.length === 0) throw new Error('README.md shows no command');
let demo = '';
for (const command of commands) {
  if (skipped.test(command)) continue;
  process.stdout.write(`$ ${command}\n`);
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

const programs = blocks('c');
if (programs.length === 0) throw new Error('README.md shows no C program');
mkdirSync('build/readme', { recursive: true });
programs.forEach((program, i) => {
  const file = `build/readme/program${i}.c`;
  writeFileSync(file, program);
  const flags = [
    '-std=c11',
    '-Wall',
    '-Wextra',
    '-Wconversion',
    '-Wshadow',
    '-Werror',
    '-Ibuild/digits',
    '-Iruntime-c',
  ];
  execFileSync('gcc', [...flags, '-c', file, '-o', `build/readme/program${i}.o`], { stdio: 'inherit' });
  process.stdout.write(`README.md: C block ${i + 1} compiles\n`);
});
