// SPDX-License-Identifier: Apache-2.0
/** Texts of the package that code generation takes: templates, the C runtime, the version. Read once. */
import { readdirSync, readFileSync } from 'node:fs';
import { packagePath } from './paths.ts';
import { runtimePaths } from './runtime.ts';

/** The compiler's own version, from package.json. */
export const compilerVersion: string = (
  JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }
).version;

interface PackageAssets {
  readonly version: string;
  readonly templates: ReadonlyMap<string, string>;
  readonly runtime: ReadonlyMap<string, string>;
  readonly license: string;
}

let known: PackageAssets | null = null;

/** Fit for codegen's Assets: this folder knows nothing of codegen. */
export function packageAssets(): PackageAssets {
  known ??= {
    version: compilerVersion,
    templates: texts('templates', /\.hbs$/),
    runtime: new Map([...runtimePaths()].map(([name, path]) => [name, readFileSync(path, 'utf8')] as const)),
    license: readFileSync(packagePath('LICENSE'), 'utf8'),
  };
  return known;
}

/** Files below a folder of the package whose names fit, by their path in it with slashes, sorted. */
function texts(folder: string, fits: RegExp): ReadonlyMap<string, string> {
  const paths = readdirSync(packagePath(folder), { recursive: true, encoding: 'utf8' }).filter((path) =>
    fits.test(path),
  );
  return new Map(
    paths
      .sort()
      .map((path) => [path.replaceAll('\\', '/'), readFileSync(packagePath(folder, path), 'utf8')] as const),
  );
}
