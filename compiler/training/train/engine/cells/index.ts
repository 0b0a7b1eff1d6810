// SPDX-License-Identifier: Apache-2.0
/** The engine's part of every cell. */
import { Registry } from '../../../../core/base/registry.ts';
import type { EngineCell } from './cell.ts';
import { deltaEngine } from './delta.ts';
import { denseEngine } from './dense.ts';
import { egruEngine } from './egru.ts';
import { eventEgruEngine } from './event-egru.ts';
import { gruEngine } from './gru.ts';

const cells = new Registry<EngineCell>('cell of the engine', [
  egruEngine,
  gruEngine,
  denseEngine,
  eventEgruEngine,
  deltaEngine,
]);

export function engineCell({ type }: { readonly type: string }): EngineCell {
  return cells.get(type);
}
