// SPDX-License-Identifier: Apache-2.0
/** The baselines that kernels are compared with (c/), built and measured in the same run. */
import { readFileSync } from 'node:fs';
import { defaultBoard } from '../../boards/boards.ts';
import { inputsOf, outputsOf, type Program } from '../../core/program/program.ts';
import { packagePath } from '../../host/files/paths.ts';
import { runtimeText } from '../../host/files/runtime.ts';
import { mapParallel, siblingModule } from '../../host/pool/pool.ts';
import { addCalls, type CallCount, noCalls } from '../../machines/execute/meter.ts';
import { parseElf, symbolAddress } from '../../machines/image/elf.ts';
import { imageSize } from '../../machines/image/size.ts';
import { buildImage } from '../../machines/toolchain/arm.ts';
import { type BaselineName, baselineData } from './baseline-data.ts';
import type { BaselineInit, BaselineItem, BaselineOutcome } from './baseline-task.ts';

export interface BaselineResult {
  readonly optimize: '-O2' | '-O3';
  readonly step: CallCount;
  /** Cycles by layer, summed over all steps. */
  readonly layers: readonly number[];
  /** Bytes: code, weights and what the compiler's library adds. */
  readonly flash: number;
  readonly ram: number;
  readonly stack: number;
}

/**
 * Measures a baseline at -O2 and -O3 and returns the faster.
 * @throws Error where the literal network computes other logits than the reference
 */
export async function measureBaseline(
  program: Program,
  name: BaselineName,
  items: readonly BaselineItem[],
  onDone: () => void,
): Promise<BaselineResult> {
  const results: BaselineResult[] = [];
  for (const optimize of ['-O2', '-O3'] as const) {
    results.push(await measure(program, name, optimize, items, onDone));
  }
  return results.reduce((best, next) => (next.step.cycles < best.step.cycles ? next : best));
}

async function measure(
  program: Program,
  name: BaselineName,
  optimize: '-O2' | '-O3',
  items: readonly BaselineItem[],
  onDone: () => void,
): Promise<BaselineResult> {
  const text = (...parts: string[]) => readFileSync(packagePath(...parts), 'utf8');
  const image = await buildImage({
    files: [
      ...['baseline.c', 'baseline.h', `${name}.c`].map((file) => ({
        path: file,
        text: text('compiler', 'report', 'bench', 'c', file),
      })),
      { path: 'egru_fixed.h', text: runtimeText('egru_fixed.h') },
      { path: 'egru_config.h', text: runtimeText('egru_config.h') },
      { path: 'baseline_data.h', text: baselineData(program, name) },
    ],
    includes: ['.'],
    linker: [{ path: 'baseline.ld', text: text('compiler', 'report', 'bench', 'c', 'baseline.ld') }],
    optimize,
    libraries: ['-lm'],
  });
  const elf = parseElf(image.elf, `${name}.elf`);
  const address = (symbol: string) => symbolAddress(elf, symbol);
  const { flash, ram } = imageSize(elf);
  const init: BaselineInit = {
    chip: defaultBoard.chip,
    bin: image.bin,
    step: address('bench_step'),
    layer: address('bench_layer'),
    ready: address('bench_ready'),
    features: address('bench_features'),
    logits: address('bench_logits'),
    restart: address('bench_restart'),
    stackLimit: address('__bss_end'),
    inputs: inputsOf(program),
    outputs: outputsOf(program),
    layers: program.layers.length,
  };
  const task = siblingModule('baseline-task', import.meta.url);
  const outcomes = await mapParallel<BaselineInit, BaselineItem, BaselineOutcome>(task, init, items, onDone);
  return {
    optimize,
    step: outcomes.reduce((sum, { step }) => addCalls(sum, step), noCalls()),
    layers: program.layers.map((_, i) => outcomes.reduce((sum, { layers }) => sum + (layers[i] ?? 0), 0)),
    flash,
    ram,
    stack: Math.max(...outcomes.map(({ stack }) => stack)),
  };
}
