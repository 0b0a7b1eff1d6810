#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The executable of the package. The compiler itself is TypeScript; `make setup` builds it into build/dist.
import { existsSync } from 'node:fs';

const main = new URL('../../build/dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('egru: build/dist/main.js: the compiler is not built yet (run "make setup")\n');
  process.exitCode = 2;
}
