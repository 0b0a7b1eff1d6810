// SPDX-License-Identifier: Apache-2.0
/** One member of a JSON object is replaced in its text; everything else keeps its characters. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/**
 * @param text a JSON object, which could be parsed
 * @param value its text; lines after the first are indented like the members
 */
export function spliceMember(text: string, key: string, value: string): string {
  let depth = 0;
  let start = -1;
  let [open, last] = [0, 0];
  let name: string | null = null;
  let isKey = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const end = index + token.length;
    if (depth === 1 && (token === ',' || token === '}')) {
      if (start >= 0) return text.slice(0, start) + indented(text, open, value) + text.slice(last);
      isKey = true;
      if (token === '}') return text.slice(0, last) + added(text, open, last, key, value) + text.slice(last);
    } else if (depth === 1 && isKey) {
      name = JSON.parse(token) as string;
      isKey = false;
    } else if (depth === 1 && token !== ':' && name === key && start < 0) start = index;
    if (token === '{' || token === '[') {
      depth++;
      if (depth === 1) {
        open = end;
        isKey = true;
      }
    } else if (token === '}' || token === ']') depth--;
    last = end;
  }
  throw new Error('the text is not a JSON object');
}

/** White space before the first member: the indentation of all. */
function indentation(text: string, open: number): string {
  return /^\s*?(\n[ \t]*)/.exec(text.slice(open))?.[1] ?? ' ';
}

function indented(text: string, open: number, value: string): string {
  const space = indentation(text, open);
  return space.startsWith('\n') ? value.replaceAll('\n', space) : value;
}

function added(text: string, open: number, last: number, key: string, value: string): string {
  const comma = text.slice(open, last).trim() === '' ? '' : ',';
  return `${comma}${indentation(text, open)}${JSON.stringify(key)}: ${indented(text, open, value)}`;
}
