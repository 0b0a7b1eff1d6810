// SPDX-License-Identifier: Apache-2.0
/**
 * What some tests cannot do without. `describe.skipIf(lacking('arm', 'qemu'))` leaves them out where it is absent, unless
 * EGRU_REQUIRE names it: then the test file fails. EGRU_REQUIRE is a list of needs, or `all`, from which `-NAME` takes one
 * away again: EGRU_REQUIRE="all -torch".
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { pythonWithTorch } from './torch.ts';

const runs = (program: string) => () => spawnSync(program, ['--version']).status === 0;

const NEEDS = {
  arm: runs('arm-none-eabi-gcc'),
  qemu: runs('qemu-system-arm'),
  clang: runs('clang'),
  chromium: runs('chromium'),
  cmake: runs('cmake'),
  zsh: runs('zsh'),
  fish: runs('fish'),
  /** The compiled compiler, whose worker threads run. */
  build: () => existsSync(packagePath('build', 'dist', 'main.js')),
  linux: () => process.platform === 'linux',
  torch: () => pythonWithTorch() !== null,
  /** Recordings of people (test/support/shared.ts), asked for by `lackingFolder`. */
  recordings: () => true,
} as const;

export type Need = keyof typeof NEEDS;

const found = new Map<Need, boolean>();

/** Whether one of them is absent. @throws where EGRU_REQUIRE names the one that is absent */
export function lacking(...needs: readonly Need[]): boolean {
  const absent = needs.filter((need) => {
    const known = found.get(need) ?? NEEDS[need]();
    found.set(need, known);
    return !known;
  });
  for (const need of absent) refuse(need, need);
  return absent.length > 0;
}

/** The same for a need that is a folder. @throws where EGRU_REQUIRE names the need and the folder is absent */
export function lackingFolder(need: Need, folder: string): boolean {
  const absent = !existsSync(folder);
  if (absent) refuse(need, folder);
  return absent;
}

function refuse(need: Need, what: string): void {
  if (required(process.env.EGRU_REQUIRE ?? '').includes(need)) {
    throw new Error(`EGRU_REQUIRE: these tests need "${need}", and ${what} is absent`);
  }
}

/** @throws on a name that is not a need: a typing error would require nothing */
export function required(list: string): Need[] {
  const known = Object.keys(NEEDS) as Need[];
  const names = list.split(/[\s,]+/).filter((name) => name !== '');
  for (const name of names) {
    if (name !== 'all' && !known.includes(name.replace(/^-/, '') as Need)) {
      throw new Error(`EGRU_REQUIRE: "${name}" is not one of all, ${known.join(', ')}`);
    }
  }
  return known.filter(
    (need) => (names.includes('all') || names.includes(need)) && !names.includes(`-${need}`),
  );
}
