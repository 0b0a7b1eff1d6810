// SPDX-License-Identifier: Apache-2.0
import type { Board, Microphone } from '../../boards/boards.ts';
import type { KernelName } from '../../codegen/emit/emit.ts';

/** What an image is built for, and how. */
export interface FirmwareOptions {
  readonly board: Board;
  /** One of the board's; its first by default. */
  readonly microphone?: Microphone;
  readonly kernel: KernelName;
  /** Where to write the files; nothing is written without it. */
  readonly outDir?: string;
  readonly optimize?: '-O2' | '-O3' | '-Os';
  /** Macros for all C files, e.g. EGRU_PORTABLE: no assembly of the runtime. */
  readonly defines?: readonly string[];
}
