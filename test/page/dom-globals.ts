// SPDX-License-Identifier: Apache-2.0
/** What runs in a page, whose types tests do not have. */
import type { Page } from 'playwright-core';

export interface DomGlobals {
  readonly document: {
    readonly documentElement: { readonly scrollWidth: number };
    querySelector(selector: string): { textContent: string };
  };
  readonly innerWidth: number;
  readonly navigator: object;
  readonly DOMException: new (message: string, name: string) => Error;
  readonly axe: { run(options: object): Promise<{ readonly violations: readonly Violation[] }> };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe finds wrong, one line each; the page has axe-core. */
export async function violations(page: Page): Promise<string[]> {
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as DomGlobals;
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 300)}`));
}

/** By how many pixels the page is wider than its window. */
export function pixelsBeyond(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { document, innerWidth } = globalThis as unknown as DomGlobals;
    return document.documentElement.scrollWidth - innerWidth;
  });
}
