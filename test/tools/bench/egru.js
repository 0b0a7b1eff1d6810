// SPDX-License-Identifier: Apache-2.0
/** The command of this checkout, as a process. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** @returns what the command prints on stdout; stderr goes through; @throws where it fails */
export function egru(...words) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'compiler/bin/egru.js'), ...words], { cwd: root });
    const parts = [];
    child.stdout.on('data', (bytes) => parts.push(bytes));
    child.stderr.on('data', (bytes) => process.stderr.write(bytes));
    child.on('close', (code) => {
      if (code === 0) done(Buffer.concat(parts).toString());
      else fail(new Error(`egru ${words.join(' ')} ended with ${code}`));
    });
  });
}
