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

const TOKEN =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[(,=:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[`{}]/g;
const TEMPLATE_PART = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y;

/** Contents of strings and of the literal parts of templates, in order. */
export function stringsOf(text: string): string[] {
  const found: string[] = [];
  /** Depths of braces at which an expression of a template ends. */
  const expressions: number[] = [];
  let depth = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [token] = match;
    const resumes = token === '}' && expressions.at(-1) === depth;
    if (resumes) expressions.pop();
    if (token === '`' || resumes) {
      TEMPLATE_PART.lastIndex = match.index + 1;
      const [part = ''] = TEMPLATE_PART.exec(text) ?? [];
      if (part.endsWith('${')) expressions.push(depth);
      found.push(part.replace(/(?:`|\$\{)$/, ''));
      TOKEN.lastIndex = match.index + 1 + part.length;
    } else if (token === '{') depth++;
    else if (token === '}') depth--;
    else if (/^['"]/.test(token)) found.push(token.slice(1, -1));
  }
  return found;
}
