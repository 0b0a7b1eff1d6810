// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emit } from '../../compiler/codegen/emit/emit.ts';
import { packageAssets } from '../../compiler/host/files/assets.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { toyProgram } from '../support/toy.ts';

const accept = 'UPDATE_GOLDEN=1 npx vitest run test/emit';

/** Every kind of table once: an initial state, a hostile label, both layer types. */
function goldenProgram() {
  const toy = toyProgram({ name: 'toy "quoted"', labels: ['left', 'right */ ??/ \u00e9' + '1'] });
  const layers = toy.layers.map((layer) =>
    layer.type === 'egru' ? { ...layer, initialState: Int16Array.of(1000, -32768, 32767) } : layer,
  );
  return { ...toy, layers };
}

describe('generated files', () => {
  const options = {
    kernel: 'packed',
    command: 'egru compile toy -o build/toy',
    assets: { ...packageAssets(), version: '0.0.0' },
  } as const;

  test.each(emit(goldenProgram(), options))('$path is what test/golden holds', ({ path, text }) => {
    const golden = packagePath('test', 'golden', 'toy-packed', path);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
    const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : '';
    expect(text, `generated code changed; if that is meant: ${accept}`).toBe(expected);
  });

  test('same program, same bytes', () => {
    expect(emit(goldenProgram(), options)).toEqual(emit(goldenProgram(), options));
  });
});
