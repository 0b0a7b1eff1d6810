// SPDX-License-Identifier: Apache-2.0
/** The checkpoint of a training that runs: one file beside the model folder, there from the first epoch to the end. */
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { makeFolder, WholeFile } from '../../host/files/files.ts';
import { checkCheckpoint } from '../../training/train/checkpoint.ts';
import type { TrainingJob } from '../../training/train/job.ts';

/** "my-model/" -> "my-model.checkpoint" */
export function checkpointPath(output: string): string {
  const trimmed = output.replace(/[/\\]+$/, '');
  // A folder such as "." or ".." has no name of its own.
  return `${/^(.*[/\\])?\.{0,2}$/.test(trimmed) ? resolve(output) : trimmed}.checkpoint`;
}

export class Checkpoint {
  readonly file: string;
  #complained = false;

  constructor(file: string) {
    this.file = file;
  }

  /**
   * A run that begins must not overwrite what another one left.
   * @throws InputError where there is a checkpoint and none is wanted, or the other way round, or where it is damaged
   */
  expect(resume: boolean): void {
    const isThere = existsSync(this.file);
    if (isThere && !resume) {
      throw new InputError(
        this.file,
        'belongs to an unfinished training; continue it with --resume, or remove the file',
      );
    }
    if (!isThere && resume)
      throw new InputError(this.file, 'there is no checkpoint to continue from', '--resume');
    if (resume) checkCheckpoint(this.file);
  }

  /** @throws InputError where it cannot be written: better now than after an hour */
  begin(job: TrainingJob): void {
    job.saveCheckpoint(this.file);
  }

  /** Where the disk is full or gone the last one stays, and the training goes on: it may find room at its end. */
  save(job: TrainingJob): void {
    try {
      job.saveCheckpoint(this.file);
      this.#complained = false;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (!this.#complained) {
        process.stderr.write(`egru: ${error.message}; continuing with the previous checkpoint\n`);
      }
      this.#complained = true;
    }
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }
}

/**
 * Makes sure that the model can be written once it is trained.
 * @param begin the first thing to be written; where it fails, a folder that was made for it goes again
 * @throws InputError
 */
export function prepareOutput(folder: string, begin: () => void): void {
  const isNew = !existsSync(folder);
  makeFolder(folder);
  try {
    new WholeFile(join(folder, 'model.json')).discard();
    begin();
  } catch (error) {
    if (isNew) rmdirSync(folder);
    throw error;
  }
}
