// SPDX-License-Identifier: Apache-2.0
/** The package as users get it: packed from its sources, installed in an empty folder. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { startRegistry } from './registry.ts';

const run = promisify(execFile);
/** What `npm run build` and package.json's list of files need of a fresh clone. */
const SOURCES = ['compiler', 'docs', 'firmware', 'models', 'runtime-c', 'templates'].concat(
  ['CHANGELOG.md', 'LICENSE', 'README.md'],
  ['package.json', 'tsconfig.json', 'tsconfig.build.json'],
);

export interface Installed {
  /** Where egru is installed; empty but for that. */
  readonly folder: string;
  /** Paths in the package. */
  readonly files: readonly string[];
  /** Packages that came along, "name@version". */
  readonly dependencies: ReadonlySet<string>;
  /** Runs a command there. @returns standard output */
  run(command: string, ...args: readonly string[]): Promise<string>;
  remove(): void;
}

export async function installPackage(): Promise<Installed> {
  const root = mkdtempSync(join(tmpdir(), 'egru-package-'));
  const env = {
    ...process.env,
    NO_COLOR: '1',
    npm_config_cache: join(root, 'cache'),
    npm_config_noproxy: '127.0.0.1',
  };
  const at =
    (cwd: string) =>
    async (command: string, ...args: readonly string[]): Promise<string> =>
      (await run(command, args, { cwd, env, maxBuffer: 64 << 20 })).stdout;
  const [clone, folder] = [join(root, 'clone'), join(root, 'app')];
  for (const path of SOURCES) cpSync(packagePath(path), join(clone, path), { recursive: true });
  symlinkSync(packagePath('node_modules'), join(clone, 'node_modules'));
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const registry = await startRegistry();
  try {
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier'];
    const packed = await at(clone)('npm', 'pack', '--json', '--pack-destination', root, ...quiet);
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ];
    await at(folder)('npm', 'install', `--registry=${registry.url}`, ...quiet, join(root, filename));
    return {
      folder,
      files: files.map(({ path }) => path),
      dependencies: registry.served,
      run: at(folder),
      remove: () => rmSync(root, { recursive: true, force: true }),
    };
  } finally {
    registry.close();
  }
}
