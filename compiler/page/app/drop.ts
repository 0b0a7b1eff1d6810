// SPDX-License-Identifier: Apache-2.0
/** What a user gives: recordings, model folders, program.json, firmware images. Told apart by name, read in the workers. */
import type { ModelBytes } from '../session/messages.ts';
import { el } from './dom.ts';

export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface Given {
  readonly models: readonly ModelBytes[];
  readonly recordings: readonly GivenFile[];
  readonly images: readonly GivenFile[];
  /** Why something could not be taken. */
  readonly problem: string | null;
}

const RECORDING = /\.(?:wav|wave|bwf|rf64|flac|ogg|oga)$/i;
const IMAGE = /\.(?:uf2|elf|bin)$/i;
const WEIGHTS = /\.(?:safetensors|npz|pt|pth|ckpt|bin)$/i;
/** Beside model.json. */
const TUNING = 'tuning.json';
/** What a browser holds without trouble. */
const MAX_BYTES = 512 << 20;

export async function readFiles(files: readonly File[]): Promise<Given> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > MAX_BYTES) return nothing('These files are too large for a page.');
  const read: GivenFile[] = [];
  for (const file of files) read.push({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) });
  const json = read.find(({ name }) => name === 'model.json');
  const models: ModelBytes[] = [];
  if (json !== undefined) {
    const named = weightsNameOf(json.bytes);
    const weights =
      read.find(({ name }) => name === named) ??
      read.find(({ name }) => name !== 'model.json' && WEIGHTS.test(name));
    if (weights === undefined)
      return nothing(`model.json needs its weights: choose ${named ?? 'the weights file'} together with it.`);
    const tuning = read.find(({ name }) => name === TUNING)?.bytes;
    models.push({
      ...{ name: modelNameOf(json.bytes), json: json.bytes, weights: weights.bytes },
      ...(tuning === undefined ? {} : { tuning }),
    });
  }
  for (const { name, bytes } of read) {
    if (name.endsWith('.json') && name !== 'model.json' && name !== TUNING && isProgram(bytes))
      models.push({ name, program: bytes });
  }
  const recordings = models.length > 0 ? [] : read.filter(({ name }) => RECORDING.test(name));
  const images = json !== undefined ? [] : read.filter(({ name }) => IMAGE.test(name));
  const isNothing = models.length + recordings.length + images.length === 0;
  return {
    models,
    recordings,
    images,
    problem: isNothing
      ? 'This is neither a recording (WAV, FLAC, Ogg Vorbis), a model folder, a program.json nor a firmware image.'
      : null,
  };
}

function nothing(problem: string): Given {
  return { models: [], recordings: [], images: [], problem };
}

/** What JSON holds; null where it is none: the worker explains what is wrong with it. */
function parsed(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function weightsNameOf(bytes: Uint8Array): string | null {
  const weights = parsed(bytes)?.weights;
  return typeof weights === 'string' ? weights : null;
}

function modelNameOf(bytes: Uint8Array): string {
  const name = parsed(bytes)?.name;
  return typeof name === 'string' && name !== '' ? name : 'model';
}

function isProgram(bytes: Uint8Array): boolean {
  return parsed(bytes)?.version !== undefined;
}

/** Files of what is dropped, folders opened. */
async function filesOf(items: DataTransferItemList): Promise<File[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files: File[] = [];
  for (const entry of entries) {
    if (entry.isDirectory) {
      const reader = (entry as FileSystemDirectoryEntry).createReader();
      const inside = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
      for (const one of inside) if (one.isFile) files.push(await fileOf(one as FileSystemFileEntry));
    } else files.push(await fileOf(entry as FileSystemFileEntry));
  }
  return files;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((done, fail) => entry.file(done, fail));
}

/** Lets files be dropped anywhere on the page. */
export function takeDrops(onFiles: (files: readonly File[]) => void): void {
  const veil = el(
    'div',
    { id: 'drop', hidden: true, 'aria-hidden': 'true' },
    'A recording, a model, or firmware',
  );
  document.body.append(veil);
  const show = (isOver: boolean) => {
    veil.hidden = !isOver;
  };
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    show(true);
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) show(false);
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    show(false);
    const items = event.dataTransfer?.items;
    if (items !== undefined) void filesOf(items).then(onFiles);
  });
}
