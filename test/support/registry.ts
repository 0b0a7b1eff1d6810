// SPDX-License-Identifier: Apache-2.0
/**
 * A package registry on this machine with what package-lock.json lets users install, nothing of it for developers only. So
 * `npm install` works without a network, and a dependency that package.json forgets to name is not found.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { packagePath } from '../../compiler/host/files/paths.ts';

interface LockedPackage {
  readonly dev?: boolean;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
}

interface Stored extends Manifest {
  readonly folder: string;
}

export interface Registry {
  readonly url: string;
  /** "name@version" of what was fetched. */
  readonly served: ReadonlySet<string>;
  close(): void;
}

/** What is installed here and is no development dependency. */
function installed(): Stored[] {
  const lock = JSON.parse(readFileSync(packagePath('package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, LockedPackage>>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => packagePath(path))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => ({ ...manifest(folder), folder }));
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

export async function startRegistry(): Promise<Registry> {
  const stored = installed();
  const served = new Set<string>();
  let url = '';
  const answer = (path: string): string | Buffer | null => {
    const [, tarball] = /^\/-\/(\d+)\.tgz$/.exec(path) ?? [];
    if (tarball !== undefined) {
      const found = stored[Number(tarball)];
      if (found === undefined) return null;
      served.add(`${found.name}@${found.version}`);
      return pack(found.folder);
    }
    const versions = [...stored.entries()].filter(([, { name }]) => path === `/${name}`);
    if (versions.length === 0) return null;
    return JSON.stringify({
      name: path.slice(1),
      'dist-tags': { latest: versions.at(-1)?.[1].version },
      versions: Object.fromEntries(
        versions.map(([index, { version, folder }]) => [
          version,
          { ...manifest(folder), dist: { tarball: `${url}-/${index}.tgz` } },
        ]),
      ),
    });
  };
  const server = createServer((request, response) => {
    const body = answer(decodeURIComponent(request.url ?? ''));
    response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(body ?? '{"error":"no such package"}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    served,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The folder as npm publishes packages: below one folder, whatever its name. */
function pack(folder: string): Buffer {
  const args = ['-cz', '--exclude=node_modules', '-C', dirname(folder), basename(folder)];
  return execFileSync('tar', args, { maxBuffer: 64 << 20 });
}
