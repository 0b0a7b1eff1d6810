// SPDX-License-Identifier: Apache-2.0
/** Calls a synthesizer that is a program, without a shell and not longer than a limit. */
import { spawn } from 'node:child_process';
import { InputError } from '../../../core/base/errors.ts';
import type { Program, Utterance } from './engine.ts';

const KEPT_ERRORS = 4096;

/**
 * Speaks into a WAV file.
 * @param seconds after which it is ended
 * @throws InputError with the program's name where it fails or takes too long
 */
export function runProgram(
  program: Program,
  utterance: Utterance,
  output: string,
  seconds: number,
): Promise<void> {
  const { name, command } = program;
  const { args, input } = program.call(utterance, output);
  const what = `"${utterance.text}" (voice ${utterance.voice.name})`;
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
    const stop = () => child.kill('SIGKILL');
    process.once('exit', stop);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop();
    }, seconds * 1000);
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-KEPT_ERRORS);
    });
    const ended = () => {
      clearTimeout(timer);
      process.off('exit', stop);
    };
    child.on('error', (error) => {
      ended();
      fail(new InputError(name, `cannot be started: ${error.message}`));
    });
    child.on('exit', (code) => {
      ended();
      // A child of its own may keep the pipe open.
      child.stderr.destroy();
      if (late)
        fail(new InputError(name, `has not spoken ${what} in ${seconds} s; leave it out with --engine`));
      else if (code === 0) done();
      else fail(new InputError(name, `cannot speak ${what}: ${reason(errors, code)}`));
    });
    // It may end without reading its input.
    child.stdin.on('error', () => {});
    child.stdin.end(`${input}\n`);
  });
}

function reason(errors: string, code: number | null): string {
  const line = errors.split('\n').find((each) => each.trim() !== '');
  return line?.trim() ?? `exit code ${code}`;
}
