// SPDX-License-Identifier: Apache-2.0
/** Drives of UF2 bootloaders: mounted file systems with an INFO_UF2.TXT that names the board. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/base/errors.ts';
import { readLimited } from '../../host/files/files.ts';

export interface Uf2Drive {
  /** Folder where it is mounted. */
  readonly path: string;
  /** "SAMD21G18A-Feather-v0" */
  readonly boardId: string;
  readonly model: string;
}

const INFO = 'INFO_UF2.TXT';
const MAX_INFO = 4096;
/** What these drives can be mounted as. */
const FILE_SYSTEMS = new Set(['vfat', 'msdos', 'exfat', 'fuseblk']);

/** @param root folder that stands for "/" */
export function findDrives(root = '/'): Uf2Drive[] {
  const folders = new Set([
    ...mounted(root).map((path) => join(root, path)),
    ...below(join(root, 'media'), 2),
    ...below(join(root, 'run/media'), 2),
  ]);
  return [...folders]
    .map(readDrive)
    .filter((drive) => drive !== null)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** null: no such drive, or it has just gone. */
export function readDrive(path: string): Uf2Drive | null {
  let text: string;
  try {
    text = Buffer.from(readLimited(join(path, INFO), MAX_INFO)).toString('latin1');
  } catch {
    return null;
  }
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t\\r]*$`, 'm').exec(text)?.[1] ?? '';
  return { path, boardId: field('Board-ID'), model: field('Model') };
}

/** The drive in a folder that the user named. @throws InputError where it is none */
export function namedDrive(path: string): Uf2Drive {
  const drive = readDrive(path);
  if (drive === null)
    throw new InputError(path, `is not a drive of a UF2 bootloader: it has no ${INFO}`, '--drive');
  return drive;
}

/** Mount points in /proc/mounts, whose spaces and the like are written as octal numbers. */
function mounted(root: string): string[] {
  let text: string;
  try {
    text = readFileSync(join(root, 'proc/mounts'), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [, path = '', type = ''] = line.split(' ');
    const plain = path.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    return FILE_SYSTEMS.has(type) && plain.startsWith('/') ? [plain] : [];
  });
}

/** Folders at most `levels` levels below one. */
function below(folder: string, levels: number): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  const folders = names.map((name) => join(folder, name)).filter(isFolder);
  return levels === 1 ? folders : [...folders, ...folders.flatMap((path) => below(path, levels - 1))];
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
