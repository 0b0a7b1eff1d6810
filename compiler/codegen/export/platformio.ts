// SPDX-License-Identifier: Apache-2.0
/** library.json of PlatformIO: docs.platformio.org, "library.json". */
import type { ExportView } from './view.ts';

export function platformioManifest(view: ExportView): string {
  const { name, version, sentence, url, license, classifiers, listener } = view;
  const [, author = view.author, email] = /^(.*?)\s*<([^>]*)>$/.exec(view.author) ?? [];
  const examples = [
    ...(classifiers.length > 0 ? ['classify'] : []),
    ...(listener === null ? [] : ['listen_i2s', 'listen_pdm']),
  ];
  const manifest = {
    name,
    version,
    description: sentence,
    keywords: ['keyword-spotting', 'wake-word', 'tinyml', 'egru'],
    homepage: url,
    authors: [{ name: author, ...(email === undefined ? {} : { email }), maintainer: true }],
    license,
    frameworks: '*',
    platforms: '*',
    headers: view.models.map(({ header }) => header),
    examples: examples.map((example) => ({
      name: example,
      base: `examples/${example}`,
      files: [`${example}.ino`],
    })),
    build: { srcDir: 'src', includeDir: 'src', libArchive: true },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
