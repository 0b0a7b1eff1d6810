// SPDX-License-Identifier: Apache-2.0
/** Models -> a library of another ecosystem: sources, manifest, examples, licence. Pure, like everything that emits. */
import { InputError } from '../../core/base/errors.ts';
import type { Assets } from '../emit/assets.ts';
import { renderFile } from '../emit/render.ts';
import type { EmittedFile } from '../kernels/kernel.ts';
import type { ExportKind } from './kinds.ts';
import type { ExportModel } from './model.ts';
import { pairOf } from './pair.ts';
import { platformioManifest } from './platformio.ts';
import { librarySources } from './sources.ts';
import { type ExportView, exportView, type LibraryFacts } from './view.ts';

export interface ExportOptions extends LibraryFacts {
  readonly kind: ExportKind;
  readonly assets: Assets;
  /** The command that made the files, without absolute paths. */
  readonly command: string;
}

/** Template below templates/export/ and the file that it becomes. */
type Rendered = readonly [template: string, path: string];

const CLASSIFY: Rendered = ['classify.c', 'examples/classify/main.c'];
const EXAMPLE: Rendered = ['classify.c', 'example.c'];
const SKETCHES = {
  classify: ['classify.ino', 'examples/classify/classify.ino'],
  i2s: ['listen_i2s.ino', 'examples/listen_i2s/listen_i2s.ino'],
  pdm: ['listen_pdm.ino', 'examples/listen_pdm/listen_pdm.ino'],
} as const satisfies Record<string, Rendered>;
const ZEPHYR: readonly Rendered[] = [
  ['zephyr/module.yml', 'zephyr/module.yml'],
  ['zephyr/Kconfig', 'zephyr/Kconfig'],
  ['zephyr/CMakeLists.txt', 'zephyr/CMakeLists.txt'],
];
const ZEPHYR_SAMPLE: readonly Rendered[] = [
  ['classify.c', 'samples/classify/src/main.c'],
  ['zephyr/sample.CMakeLists.txt', 'samples/classify/CMakeLists.txt'],
  ['zephyr/prj.conf', 'samples/classify/prj.conf'],
  ['zephyr/sample.yaml', 'samples/classify/sample.yaml'],
];

/**
 * Everything that `egru export` writes.
 * @throws InputError where two models have one prefix or do not go into a pair of files, and as emit does
 */
export function exportLibrary(models: readonly ExportModel[], options: ExportOptions): EmittedFile[] {
  const { kind, assets, command } = options;
  refuseTwins(models);
  if (kind === 'c' && models.length > 1) {
    throw new InputError(
      '--as c',
      `one model fills the pair of files; export ${models.length} as cmake, or each on its own`,
    );
  }
  const sketches = kind === 'arduino' || kind === 'platformio';
  const sources = librarySources(models, { assets, command, microphone: sketches });
  const folder = kind === 'c' ? '' : 'src/';
  const placed = [...sources.generated, ...sources.runtime].map(({ path, text }) => ({
    path: `${folder}${path}`,
    text,
  }));
  const view = exportView(models, options, {
    ...{ kind, version: assets.version, command },
    paths: placed.map(({ path }) => path),
  });
  const files =
    kind === 'c'
      ? pairOf(
          view.first.prefix,
          sources,
          [view.first.header],
          `/* SPDX-License-Identifier: ${view.license} */`,
        )
      : placed;
  return [
    ...files,
    ...(kind === 'platformio' ? [{ path: 'library.json', text: platformioManifest(view) }] : []),
    ...templatesOf(kind, view).map(([template, path]) => ({
      path,
      text: renderFile(assets.templates, `export/${template}.hbs`, view),
    })),
    { path: 'LICENSE', text: assets.license },
  ];
}

function templatesOf(kind: ExportKind, { classifiers, listener }: ExportView): Rendered[] {
  const [classifies, listens] = [classifiers.length > 0, listener !== null];
  const readme: Rendered = ['README.md', 'README.md'];
  switch (kind) {
    case 'arduino':
    case 'platformio':
      return [
        readme,
        ...(kind === 'arduino' ? [['library.properties', 'library.properties'] as const] : []),
        ...(classifies ? [SKETCHES.classify] : []),
        ...(listens ? [SKETCHES.i2s, SKETCHES.pdm] : []),
      ];
    case 'cmake':
      return [readme, ['CMakeLists.txt', 'CMakeLists.txt'], ...(classifies ? [CLASSIFY] : [])];
    case 'zephyr':
      return [readme, ...ZEPHYR, ...(classifies ? ZEPHYR_SAMPLE : [])];
    case 'c':
      return [readme, ...(classifies ? [EXAMPLE] : [])];
  }
}

function refuseTwins(models: readonly ExportModel[]): void {
  const seen = new Set<string>();
  for (const { prefix } of models) {
    if (seen.has(prefix))
      throw new InputError(`prefix "${prefix}"`, 'two models have it; give one --prefix for each model');
    seen.add(prefix);
  }
}
