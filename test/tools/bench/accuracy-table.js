// SPDX-License-Identifier: Apache-2.0
/** Numbers and tables of docs/ACCURACY.md. */

export const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)];
}
