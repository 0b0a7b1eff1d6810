// SPDX-License-Identifier: Apache-2.0
/** `egru --help` loads no command: the summaries that it lists (compiler/main.ts) are the commands' own descriptions. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';

const text = readFileSync(packagePath('compiler', 'main.ts'), 'utf8');
const entries = [
  ...text.matchAll(
    /summary:\s*(['"])(.*?)\1,\s*load: async \(\) =>\s*\(await import\('\.\/(cli\/\w+\/\w+)\.ts'\)\)/g,
  ),
];

describe('summaries of commands', () => {
  it('are found', () => {
    expect(entries.length).toBe([...text.matchAll(/load: async/g)].length);
    expect(entries.length).toBeGreaterThan(10);
  });

  it.each(entries.map(([, , summary = '', path = '']) => ({ summary, path })))(
    '$path',
    ({ summary, path }) => {
      const command = readFileSync(packagePath('compiler', `${path}.ts`), 'utf8');
      expect(command.replace(/'\s*\+\s*'/g, ''), 'change both together').toContain(summary);
    },
  );
});
