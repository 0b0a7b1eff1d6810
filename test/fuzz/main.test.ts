// SPDX-License-Identifier: Apache-2.0
/** `make fuzz` itself: repeatable, and it survives what it finds. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { targets } from './readers/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-fuzz-main-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(() => {
  execFileSync(process.execPath, [
    packagePath('node_modules/typescript/bin/tsc'),
    '-p',
    packagePath('test/fuzz'),
  ]);
});

function fuzz(name: string, environment: NodeJS.ProcessEnv): Promise<{ code: number | null; text: string }> {
  const env = { ...process.env, FUZZ_SEED: '5', FUZZ_FINDINGS: join(folder, name), ...environment };
  const main = packagePath('build/fuzz/test/fuzz/main.js');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, 'readers'], { env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, text: stdout + stderr }),
    );
  });
}

describe('the readers', () => {
  it('are all tried', async () => {
    const { code, text } = await fuzz('none', { FUZZ_SECONDS: '20' });
    expect(text).toContain('fuzz: FUZZ_SEED=5 FUZZ_SECONDS=20\n');
    expect([code, text.match(/ accepted /g)?.length]).toEqual([0, targets.length]);
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it.each([
    ['throws', 'TypeError: planted'],
    ['hangs', 'hangs: no answer within 3000 ms'],
    ['ends', 'ends the process: exit code 7'],
  ])('one that %s is found, with its input', async (plant, what) => {
    const { code, text } = await fuzz(plant, { FUZZ_SECONDS: '8', FUZZ_PLANT: plant, FUZZ_PATIENCE: '3000' });
    expect(code, text).toBe(1);
    expect(text).toContain(what);
    const inputs = readdirSync(join(folder, plant, 'planted'));
    expect(inputs.length).toBeGreaterThan(0);
    for (const input of inputs) {
      const path = join(folder, plant, 'planted', input);
      expect(text).toContain(`FOUND ${path}: `);
      expect(readFileSync(path).length).toBeGreaterThanOrEqual(0);
    }
  });
});
