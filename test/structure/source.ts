// SPDX-License-Identifier: Apache-2.0
/** As much of TypeScript's grammar as the structure tests need. */

/** Source with comments and the contents of strings blanked; line breaks stay. Templates are blanked whole. */
export function codeOnly(text: string): string {
  const pattern =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;
  return text.replace(pattern, (match) => {
    const quote = /^['"`]/.exec(match)?.[0] ?? ' ';
    return quote + match.slice(1, -1).replace(/[^\n]/g, ' ') + quote;
  });
}

/** Module specifiers of import and export ... from declarations, of types too, dynamic imports, and import types. */
export function importsOf(text: string): string[] {
  const code = codeOnly(text);
  const found: string[] = [];
  for (const match of code.matchAll(/^(?:import|export)\s+[\w\s*{},$]+?\s*\bfrom\s*['"]/gm)) {
    found.push(specifierAt(text, match.index + match[0].length));
  }
  for (const match of code.matchAll(/^import\s*['"]/gm)) {
    found.push(specifierAt(text, match.index + match[0].length));
  }
  for (const match of code.matchAll(/\bimport\s*\(\s*['"]/g)) {
    found.push(specifierAt(text, match.index + match[0].length));
  }
  return found;
}

/** Text from `at` to the closing quotation mark. */
function specifierAt(text: string, at: number): string {
  return /^[^'"]*/.exec(text.slice(at))?.[0] ?? '';
}

/** The first place where the type `any` stands, with its line's text; null: nowhere. */
export function findAny(text: string): string | null {
  const at = /(?<=[:<|&,([=]\s*|\bas\s+)any\b(?!\s*[(.:])/.exec(codeOnly(text))?.index;
  if (at === undefined) return null;
  const start = text.lastIndexOf('\n', at) + 1;
  return text.slice(start, text.indexOf('\n', at)).trim();
}
