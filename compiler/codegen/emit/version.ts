// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { packagePath } from '../../host/files/paths.ts';

/** The compiler's own version, from package.json: stands in every banner. */
export const compilerVersion: string = (
  JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }
).version;
