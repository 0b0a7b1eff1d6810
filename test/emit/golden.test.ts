// SPDX-License-Identifier: Apache-2.0
/** What is generated, byte for byte: a review of a change to the generators is a diff of test/golden. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boardHeader, boards } from '../../compiler/boards/boards.ts';
import { emitProject } from '../../compiler/codegen/emit/project.ts';
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

/** Without the copies of the runtime. */
function generated(options: Pick<Parameters<typeof emitProject>[1], 'kernel' | 'prefix'>) {
  const assets = { ...packageAssets(), version: '0.0.0' };
  const command = 'egru compile toy -o build/toy';
  return emitProject(goldenProgram(), { ...options, command, assets }).filter(
    ({ path }) => !path.startsWith('egru/'),
  );
}

/** text is what the golden file holds. */
function compare(path: string, text: string): void {
  const golden = packagePath('test', 'golden', path);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(golden), { recursive: true });
    writeFileSync(golden, text);
  }
  const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : '';
  expect(text, `generated text changed; if that is meant: ${accept}`).toBe(expected);
}

describe('generated files', () => {
  test.each(generated({ kernel: 'packed' }))('packed: $path', ({ path, text }) =>
    compare(`toy-packed/${path}`, text),
  );

  test.each(generated({ kernel: 'unrolled', prefix: 'toy' }))('unrolled, with a prefix: $path', (file) =>
    compare(`toy-unrolled/${file.path}`, file.text),
  );

  test.each(Object.values(boards))('board.h of $name', (board) =>
    compare(`boards/${board.name}.h`, boardHeader(board)),
  );

  test('same program, same bytes', () => {
    expect(generated({ kernel: 'unrolled' })).toEqual(generated({ kernel: 'unrolled' }));
  });
});
