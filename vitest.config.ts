// SPDX-License-Identifier: Apache-2.0
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** `make check`: no process of another program, no board, no training. */
const PURE_FOLDERS = 'audio,base,data,emulator,fixed,library,model,port,program,quant,sim,structure,verify';
/** Files of these folders that take seconds each. */
const SLOW_FILES = [
  'data/fetch',
  'data/manifest',
  'emulator/core/interrupts',
  'emulator/core/lockstep',
  'emulator/peripherals/microphones',
  'library/bundle',
  'model/wrappings',
  'sim/detector-twin',
].map((name) => `test/${name}.test.ts`);
const SLOW_FOLDERS = `!(${PURE_FOLDERS.replaceAll(',', '|')})`;
/** Hours, not minutes: `make soak`. */
const SOAK = process.env.SOAK === undefined ? ['test/soak/**'] : [];

export default defineConfig({
  test: {
    // Long enough for a machine that is busy with other things. What hangs is ended by the limit of the whole run.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: Number(process.env.EGRU_WORKERS ?? availableParallelism()),
    projects: [
      {
        extends: true,
        test: { name: 'pure', include: [`test/{${PURE_FOLDERS}}/**/*.test.ts`], exclude: SLOW_FILES },
      },
      {
        extends: true,
        test: { name: 'slow', include: [`test/${SLOW_FOLDERS}/**/*.test.ts`, ...SLOW_FILES], exclude: SOAK },
      },
    ],
  },
});
