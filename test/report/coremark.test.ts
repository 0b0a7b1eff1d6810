// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

test.each([
  ['no folder is given', []],
  ['/ has no core_list_join.c', ['/']],
])('make coremark without its sources: %s', (what, folder) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [packagePath('test', 'tools', 'bench', 'coremark.js'), ...folder],
    { encoding: 'utf8' },
  );
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: `${what}: git clone https://github.com/eembc/coremark, then make coremark COREMARK=FOLDER\n`,
  });
});
