// SPDX-License-Identifier: Apache-2.0
/** Markdown of generated pages: numbers, tables, folded paragraphs. */
const WIDTH = 118;

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)];
}

/** Markdown whose paragraphs with long lines are folded; tables, code, headings, lists and comments stay. */
export function folded(text) {
  return text
    .split(/(```[\s\S]*?```)/)
    .map((part) =>
      part.startsWith('```')
        ? part
        : part.replace(/(?:^(?![|#<>\-*\d]|\s).+\n)+/gm, (paragraph) =>
            paragraph.split('\n').every((line) => line.length <= WIDTH + 2) ? paragraph : fold(paragraph),
          ),
    )
    .join('');
}

function fold(paragraph) {
  const lines = [''];
  for (const word of paragraph.trim().split(/\s+/)) {
    const last = lines.at(-1);
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return `${lines.join('\n')}\n`;
}
