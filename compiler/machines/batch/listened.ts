// SPDX-License-Identifier: Apache-2.0
import type { StreamEvent } from '../../core/sim/stream.ts';

/** What a recording came to on a machine. */
export interface Listened {
  readonly steps: number;
  readonly events: readonly StreamEvent[];
  /** Of its trace; null where none was asked for. */
  readonly digest: string | null;
}
