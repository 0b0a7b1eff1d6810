// SPDX-License-Identifier: Apache-2.0

/** play.json: what lies beside the page. Paths are relative to it. */
export interface PlayDocument {
  readonly models: readonly PlayModel[];
  readonly samples: readonly PlayFile[];
  /** Firmware of the first model for the emulated board. */
  readonly firmware: PlayFile | null;
  /** Why there is none. */
  readonly firmwareProblem: string | null;
  /** Of the program that serves the page: permits it to write `detect`. null: a page of files alone. */
  readonly token: string | null;
}

/** model.json with its weights and perhaps tuning.json, or a program.json. */
export interface PlayModel {
  readonly name: string;
  readonly json?: string;
  readonly weights?: string;
  readonly tuning?: string;
  readonly program?: string;
}

export interface PlayFile {
  readonly name: string;
  readonly path: string;
}
