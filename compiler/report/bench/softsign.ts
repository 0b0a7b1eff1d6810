// SPDX-License-Identifier: Apache-2.0
/** Cycles of the division-free softsign, over its whole domain. */
import { readFileSync } from 'node:fs';
import { defaultBoard } from '../../boards/boards.ts';
import { SOFTSIGN_LIMIT } from '../../core/fixed/fixed.ts';
import { packagePath } from '../../host/files/paths.ts';
import { runtimePaths, runtimeText } from '../../host/files/runtime.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import { parseElf, symbolAddress } from '../../machines/image/elf.ts';
import { buildImage } from '../../machines/toolchain/arm.ts';
import type { SoftsignInit, SoftsignRange } from './softsign-task.ts';

/** Cycles of egru_i_softsign by accumulator, call overhead included. */
export class SoftsignCycles {
  readonly #cycles: Uint8Array;

  constructor(cycles: Uint8Array) {
    this.#cycles = cycles;
  }

  /** acc: any int32. */
  of(acc: number): number {
    const clamped = Math.max(-SOFTSIGN_LIMIT, Math.min(acc, SOFTSIGN_LIMIT));
    return this.#cycles[clamped + SOFTSIGN_LIMIT] ?? 0;
  }

  get max(): number {
    return this.#cycles.reduce((a, b) => Math.max(a, b), 0);
  }

  /** Over all 4,194,303 inputs of the domain, each counted once. */
  get uniformMean(): number {
    return this.#cycles.reduce((a, b) => a + b, 0) / this.#cycles.length;
  }
}

const CHUNK = 1 << 17;

/** Runs the whole domain on the emulated chip. @throws Error at the first value that differs from the definition */
export async function measureSoftsign(
  onDone: (done: number, total: number) => void,
): Promise<SoftsignCycles> {
  const runtime = [...runtimePaths().keys()].filter((name) => /^egru_softsign.*\.[cS]$|\.h$/.test(name));
  const text = (...parts: string[]) => readFileSync(packagePath(...parts), 'utf8');
  const image = await buildImage({
    files: [
      ...runtime.map((name) => ({ path: name, text: runtimeText(name) })),
      { path: 'softsign.c', text: text('compiler', 'report', 'bench', 'c', 'softsign.c') },
    ],
    includes: ['.'],
    linker: [{ path: 'baseline.ld', text: text('compiler', 'report', 'bench', 'c', 'baseline.ld') }],
    optimize: '-O2',
  });
  const elf = parseElf(image.elf, 'softsign.elf');
  const address = (symbol: string) => symbolAddress(elf, symbol);
  const init: SoftsignInit = {
    chip: defaultBoard.chip,
    bin: image.bin,
    ready: address('bench_ready'),
    softsign: address('egru_i_softsign'),
    input: address('bench_input'),
    output: address('bench_output'),
    stackLimit: address('__bss_end'),
  };
  const ranges: SoftsignRange[] = [];
  for (let from = -SOFTSIGN_LIMIT; from <= SOFTSIGN_LIMIT; from += CHUNK) {
    ranges.push({ from, to: Math.min(from + CHUNK, SOFTSIGN_LIMIT + 1) });
  }
  const chunks = await mapParallel<SoftsignInit, SoftsignRange, Uint8Array>(
    siblingModule('softsign-task', import.meta.url),
    init,
    ranges,
    (done) => onDone(done, ranges.length),
  );
  const cycles = new Uint8Array(2 * SOFTSIGN_LIMIT + 1);
  for (const [i, chunk] of chunks.entries()) cycles.set(chunk, i * CHUNK);
  return new SoftsignCycles(cycles);
}
