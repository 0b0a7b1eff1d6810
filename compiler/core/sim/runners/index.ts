// SPDX-License-Identifier: Apache-2.0
/** The runners of all cells. */
import { Registry } from '../../base/registry.ts';
import type { Layer } from '../../program/program.ts';
import { deltaRunner } from './delta.ts';
import { denseRunner } from './dense.ts';
import { egruRunner } from './egru.ts';
import { eventEgruRunner } from './event-egru.ts';
import { eventGruRunner } from './event-gru.ts';
import type { Runner, RunnerEntry } from './runner.ts';

const runners = new Registry<RunnerEntry>('runner', [
  egruRunner,
  denseRunner,
  eventEgruRunner,
  deltaRunner,
  eventGruRunner,
]);

/** Adds what a cell computes, for this thread. @throws Error where its type has a runner */
export function registerRunner<L extends Layer>(entry: RunnerEntry<L>): void {
  runners.add(entry);
}

export function runnerOf(layer: Layer): Runner {
  return runners.get(layer.type).runner(layer);
}
