// SPDX-License-Identifier: Apache-2.0
/**
 * Computes the feature extractor's constant tables and renders them, once as TypeScript and once as C, so that the
 * executors compute no cosine. test/frontend/tables.test.ts compares the committed files with this and writes them
 * again when UPDATE_TABLES=1 is set.
 */
import { HANN_ONE } from '../../core/quant/frontend.ts';

/** 1.0 in the twiddles' format, Q14. */
export const TWIDDLE_ONE = 1 << 14;

interface Table {
  /** TypeScript name; the C name is egru_ or, but for the windows, egru_i_ and the same in lower case. */
  readonly name: string;
  readonly type: 'uint8_t' | 'int32_t';
  readonly comment: string;
  readonly values: readonly number[];
}

export function frontendTables(): readonly Table[] {
  return [
    ...([64, 128, 256] as const).map((frame) => ({
      name: `HANN_${frame}`,
      type: 'int32_t' as const,
      comment: `Symmetric Hann window of ${frame} samples, 1.0 is ${HANN_ONE}, in the order of the first stage: per butterfly the even and the odd sample of legs 0, 2, 3, 1.`,
      values: loadOrder(frame).map((n) => Math.round(HANN_ONE * hann(n, frame))),
    })),
    ...([32, 64, 128] as const).map((points) => ({
      name: `ORDER_${points}`,
      type: 'uint8_t' as const,
      comment: `Where the butterflies of the first stage begin: index of the first leg among ${points} complex points.`,
      values: firstLegs(points),
    })),
    ...([16, 64] as const).map((block) => ({
      name: `TWIDDLES_RADIX4_${block}`,
      type: 'int32_t' as const,
      comment: `cos and sin of 2 pi k q / ${block} in Q14 for k = 0 .. ${block / 4 - 1} and, for each k, legs q = 2, 3, 1.`,
      values: range(block / 4).flatMap((k) => [2, 3, 1].flatMap((q) => twiddle(k * q, block))),
    })),
    ...([64, 128, 256] as const).map((turn) => ({
      name: `TWIDDLES_${turn}`,
      type: 'int32_t' as const,
      comment: `cos and sin of 2 pi k / ${turn} in Q14 for k = 0 .. ${turn === 64 ? 31 : 63}.`,
      values: range(turn === 64 ? 32 : 64).flatMap((k) => twiddle(k, turn)),
    })),
  ];
}

/** First legs so that butterfly j writes where the next stage expects block j; a final radix-2 stage splits last. */
export function firstLegs(points: number): number[] {
  if (points === 4) return [0];
  const radix = points === 32 || points === 128 ? 2 : 4;
  const inner = firstLegs(points / radix);
  return range(radix).flatMap((q) => inner.map((first) => first * radix + q));
}

/** The order in which a butterfly's legs are read. */
const LEGS = [0, 2, 3, 1];

/** The sample indices in the order in which the first stage reads them. */
export function loadOrder(frame: number): number[] {
  const points = frame / 2;
  return firstLegs(points).flatMap((first) =>
    LEGS.flatMap((leg) => {
      const point = first + leg * (points / 4);
      return [2 * point, 2 * point + 1];
    }),
  );
}

function hann(n: number, frame: number): number {
  return 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (frame - 1));
}

function twiddle(k: number, turn: number): [number, number] {
  const angle = (2 * Math.PI * k) / turn;
  return [Math.round(TWIDDLE_ONE * Math.cos(angle)), Math.round(TWIDDLE_ONE * Math.sin(angle))];
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

const HOW =
  'Written by compiler/report/oracle/generate-tables.ts: UPDATE_TABLES=1 npx vitest run test/frontend/tables.test.ts';

/** compiler/core/fixed/frontend-tables.ts */
export function renderTypeScript(): string {
  const arrays = { uint8_t: 'Uint8Array', int32_t: 'Int32Array' };
  const parts = frontendTables().map(
    ({ name, type, comment, values }) =>
      `/** ${comment} */\n// biome-ignore format: a table\nexport const ${name} = new ${arrays[type]}([\n${rows(values, '  ')}\n]);\n`,
  );
  return `// SPDX-License-Identifier: Apache-2.0\n// ${HOW}\n\n${parts.join('\n')}`;
}

/** Models point to windows; all else is the runtime's own. */
function cName(name: string): string {
  return `${name.startsWith('HANN') ? 'egru_' : 'egru_i_'}${name.toLowerCase()}`;
}

/** runtime-c/frontend/egru_frontend_tables.c */
export function renderC(): string {
  const parts = frontendTables().map(
    ({ name, type, comment, values }) =>
      `/* ${comment} */\nconst ${type} ${cName(name)}[${values.length}] = {\n${rows(values, '    ')}\n};\n`,
  );
  return [
    '/* SPDX-License-Identifier: Apache-2.0',
    ' *',
    ` * ${HOW}`,
    ' */',
    '/* clang-format off */',
    '#include "egru_frontend_tables.h"\n',
    parts.join('\n'),
  ].join('\n');
}

function rows(values: readonly number[], indent: string): string {
  const width = Math.max(...values.map((value) => String(value).length));
  const perRow = 16;
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += perRow) {
    const cells = values.slice(i, i + perRow).map((value) => String(value).padStart(width));
    lines.push(`${indent}${cells.join(', ')},`);
  }
  return lines.join('\n');
}
