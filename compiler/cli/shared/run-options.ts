// SPDX-License-Identifier: Apache-2.0
import type { MachineName } from '../../machines/execute/executor.ts';
import type { ClipOptions } from './input.ts';
import type { KernelChoice } from './target.ts';

export interface RunOptions extends ClipOptions {
  readonly on: MachineName;
  readonly kernel: KernelChoice;
  readonly json?: boolean;
  readonly trace?: boolean;
  /** Whether the digest of every trace is shown. */
  readonly digest?: boolean;
}
