// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { InputError } from '../../core/base/errors.ts';
import type { Program } from '../../core/program/program.ts';
import { programFromJson } from '../../core/program/program-json.ts';
import { quantize } from '../../core/quant/quantize.ts';
import { guard, readLimited } from '../files/files.ts';
import { loadModel } from './load.ts';

/** Two million codes, a digit and a comma each, and the ranges of their rows. */
const MAX_PROGRAM_BYTES = 32 * 1024 * 1024;

/**
 * The program of a model folder or of a program.json file.
 * @throws InputError for whatever is wrong with either
 */
export function loadProgram(path: string): Program {
  if (guard(path, () => statSync(path)).isDirectory()) return quantize(loadModel(path));
  if (!path.endsWith('.json')) {
    const weights = '"egru init FILE -o MODEL" makes a model of weights, "egru inspect FILE" lists them';
    throw new InputError(path, `is neither a model folder nor a program.json; ${weights}`);
  }
  return programFromJson(readLimited(path, MAX_PROGRAM_BYTES), path);
}
