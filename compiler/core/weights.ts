// SPDX-License-Identifier: Apache-2.0
/** egru/weights: readers of every kind of weights file, for buildProgram. Runs in a page; a checkpoint is never executed. */

export { allWeights } from './weights/all-readers.ts';
export type { WeightsReaders } from './weights/read-weights.ts';
