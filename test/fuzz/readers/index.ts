// SPDX-License-Identifier: Apache-2.0
import type { Target } from '../harness/target.ts';
import { compressedTargets } from './compressed.ts';
import { documentTargets } from './documents.ts';
import { checkpointTarget } from './files.ts';
import { imageTargets } from './images.ts';
import { recordingTargets } from './recordings.ts';
import { serialTargets } from './serial.ts';
import { weightTargets } from './weights.ts';

/** Every reader of what comes from somewhere else. */
export const targets: readonly Target[] = [
  ...documentTargets,
  ...weightTargets,
  ...recordingTargets,
  ...compressedTargets,
  ...imageTargets,
  checkpointTarget,
  ...serialTargets,
];
