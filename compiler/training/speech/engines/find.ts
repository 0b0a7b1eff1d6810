// SPDX-License-Identifier: Apache-2.0
/** Which synthesizers this machine has, and their voices. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { InputError } from '../../../core/base/errors.ts';
import { parseJson } from '../../../core/base/json.ts';
import { readLimited } from '../../../host/files/files.ts';
import type { EngineName, Program, Voice } from './engine.ts';
import { FLITE_INSTALL, FLITE_VOICES, fliteFile } from './flite.ts';
import { PROGRAMS, piper } from './programs.ts';

export interface FoundEngine {
  readonly name: EngineName;
  readonly voices: readonly Voice[];
  /** null: flite, which is a part of this program. */
  readonly program: Program | null;
}

/** Time for a program to list its voices. */
const LIST_MS = 20_000;
const MAX_CONFIG_BYTES = 1 << 24;
const MAX_SPEAKERS = 10_000;

/**
 * @param wanted engines that have to be there; empty: those that are
 * @param piperVoice file of a voice, without which piper cannot speak
 * @throws InputError where a wanted one is missing, or there is none at all
 */
export function findEngines(wanted: readonly EngineName[], piperVoice: string | undefined): FoundEngine[] {
  const programs =
    piperVoice === undefined ? PROGRAMS : [...PROGRAMS, piper(piperVoice, speakersOf(piperVoice))];
  const isWanted = (name: EngineName) => wanted.length === 0 || wanted.includes(name);
  if (wanted.includes('piper') && piperVoice === undefined) {
    throw new InputError('piper', 'needs the file of a voice; name it with --piper-voice FILE.onnx');
  }
  const found: FoundEngine[] = [];
  if (isWanted('flite')) {
    if (fliteFile() !== null) found.push({ name: 'flite', voices: FLITE_VOICES, program: null });
    else if (wanted.length > 0) throw new InputError('flite', 'is not installed', FLITE_INSTALL);
  }
  for (const program of programs.filter(({ name }) => isWanted(name))) {
    const { name, command, install } = program;
    if (onPath(command) && onPath(program.lists ?? command)) {
      const voices = program.voices((...args) => ask(program, args));
      if (voices.length > 0) found.push({ name, voices, program });
      else if (wanted.length > 0) throw new InputError(name, 'has no English voice', install);
    } else if (wanted.length > 0 || name === 'piper') {
      throw new InputError(name, `${command} is not on the PATH`, install);
    }
  }
  if (found.length === 0) {
    throw new InputError(
      'speech',
      'this machine has no synthesizer',
      `${FLITE_INSTALL}, or install espeak-ng`,
    );
  }
  return found;
}

function onPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

function ask({ name, command, lists = command }: Program, args: readonly string[]): string {
  const { status, stdout, error } = spawnSync(lists, args, {
    ...{ encoding: 'utf8', timeout: LIST_MS, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'ignore'] },
  });
  const code = error !== undefined && 'code' in error ? error.code : null;
  if (code === 'ETIMEDOUT') throw new InputError(name, `has not listed its voices in ${LIST_MS / 1000} s`);
  if (status !== 0) throw new InputError(name, `cannot list its voices: exit code ${status ?? code}`);
  return stdout;
}

/** piper keeps a voice's configuration beside it. */
function speakersOf(voice: string): number {
  const file = `${voice}.json`;
  const speakers = parseJson(file, readLimited(file, MAX_CONFIG_BYTES)).members().get('num_speakers');
  return speakers?.integer(1, MAX_SPEAKERS) ?? 1;
}
