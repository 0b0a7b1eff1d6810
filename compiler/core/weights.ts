// SPDX-License-Identifier: Apache-2.0
/** egru/weights: readers of every kind of weights file, for buildProgram. Runs in a page; a checkpoint is never executed. */
export type { WeightsReaders } from './model/read-weights.ts';
export { allWeights } from './model/weights-readers.ts';
