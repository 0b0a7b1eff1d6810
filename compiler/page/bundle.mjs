// SPDX-License-Identifier: Apache-2.0
/**
 * Makes build/dist/page of the sources of the page: what a browser loads, minified, and the files that need no change.
 * Runs behind the compiler, which has checked the types; users get the result.
 */
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = fileURLToPath(new URL('.', import.meta.url));
const target = fileURLToPath(new URL('../../build/dist/page/static/', import.meta.url));
const entries = {
  'app.js': 'app/main.ts',
  'compute.js': 'workers/compute.ts',
  'board.js': 'workers/board.ts',
  'cost.js': 'workers/cost.ts',
  'capture.js': 'workers/capture.ts',
};

mkdirSync(target, { recursive: true });
for (const [name, entry] of Object.entries(entries)) {
  const bundle = await rolldown({ input: join(source, entry), platform: 'browser', checks: { eval: false } });
  const format = name === 'app.js' ? 'esm' : 'iife';
  await bundle.write({ file: join(target, name), format, minify: true, comments: false });
  await bundle.close();
}
for (const name of readdirSync(join(source, 'static')))
  copyFileSync(join(source, 'static', name), join(target, name));
