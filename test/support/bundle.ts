// SPDX-License-Identifier: Apache-2.0
/** Entries of the library as a page gets them: one file without imports, run where no global of Node's exists. */
import { createContext, runInContext } from 'node:vm';
import { rolldown } from 'rolldown';

export interface Bundle {
  /** Minified; defines the global that bundleOf was given. */
  readonly code: string;
  /** Modules that a page would have to find elsewhere. */
  readonly imports: readonly string[];
}

/**
 * Everything that the entry exports, whether it is used or not.
 * @param input path of a source file
 * @param name global that holds its exports
 */
export async function bundleOf(input: string, name = 'egru'): Promise<Bundle> {
  const bundle = await rolldown({ input, platform: 'browser', logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'iife', name, minify: true });
  await bundle.close();
  const [{ code, imports, dynamicImports }, ...more] = output;
  return { code, imports: [...imports, ...dynamicImports, ...more.map(({ fileName }) => fileName)] };
}

/** Names of Node's that a page lacks. */
const ABSENT = ['Buffer', 'process', 'require', 'module', 'global', 'setImmediate', '__dirname'];

/**
 * Runs bundles and then `script`, whose last expression comes back as JSON brings it.
 * @param given globals of the page besides the language itself and its text coders
 * @throws Error where the page has a global of Node's
 */
export function runInPage(
  bundles: Bundle | readonly Bundle[],
  given: Readonly<Record<string, unknown>>,
  script: string,
): unknown {
  const context = createContext({ TextEncoder, TextDecoder, ...given });
  const present: unknown = runInContext(
    `${JSON.stringify(ABSENT)}.filter((name) => name in globalThis).join()`,
    context,
  );
  if (present !== '') throw new Error(`the page has ${String(present)}`);
  for (const { code } of [bundles].flat()) runInContext(code, context);
  return JSON.parse(String(runInContext(`JSON.stringify((() => { ${script} })())`, context)));
}
