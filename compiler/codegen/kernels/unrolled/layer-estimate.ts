// SPDX-License-Identifier: Apache-2.0
/** What a layer of the unrolled step costs. */
export interface LayerEstimate {
  readonly name: string;
  readonly rows: number;
  readonly nonZero: number;
  /** Cycles of the matrix code: exact. */
  readonly matrix: number;
  /** Lines of flash that the matrix code enters, exact: with a wait state it takes at most this many cycles more. */
  readonly matrixLines: number;
  /** Cycles of everything that the layer does: what depends on data makes the difference. */
  readonly min: number;
  readonly max: number;
  readonly bytes: number;
}
