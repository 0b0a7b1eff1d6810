// SPDX-License-Identifier: Apache-2.0
/** arm-none-eabi-gcc: finding it, and building images for Cortex-M0+ chips with it. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../../core/base/errors.ts';
import { BuildCache } from './cache.ts';
import { warningFlags } from './host.ts';

const CPU = ['-mcpu=cortex-m0plus', '-mthumb'];
/**
 * What all our C is compiled with, apart from the optimisation level. Jump tables and frame pointers would hide control
 * flow and stack from stack.ts; IPA register allocation would let a function rely on registers that its callees leave
 * alone, which assembly kernels do not promise.
 */
export const compileFlags: readonly string[] = [
  ...CPU,
  ...['-std=c11', ...warningFlags, '-ffunction-sections', '-fdata-sections', '-fno-common'],
  ...['-fno-jump-tables', '-fomit-frame-pointer', '-fno-ipa-ra', '-fno-ident'],
];
const LINK = [
  ...CPU,
  ...[
    '--specs=nano.specs',
    '-nostartfiles',
    '-Wl,--gc-sections',
    '-Wl,--build-id=none',
    '-Wl,--fatal-warnings',
  ],
  ...['-Wl,--strip-debug', '-Wl,--no-warn-rwx-segments'],
];

export interface Toolchain {
  readonly gcc: string;
  readonly objcopy: string;
  /** The compiler's version line; part of every cache key. */
  readonly version: string;
}

const PACKAGES = 'apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi (or run: make setup)';
const found = new Map<string, Toolchain>();

/**
 * The cross compiler on the PATH.
 * @throws InputError that names the Debian packages where something is missing
 */
export function findToolchain(environment: NodeJS.ProcessEnv = process.env): Toolchain {
  const path = environment.PATH ?? '';
  const known = found.get(path);
  if (known !== undefined) return known;
  const [gcc, objcopy] = ['arm-none-eabi-gcc', 'arm-none-eabi-objcopy'].map((name) => {
    const file = path
      .split(':')
      .map((folder) => join(folder, name))
      .find((candidate) => existsSync(candidate));
    if (file === undefined) throw new InputError(name, `not found on the PATH; install it: ${PACKAGES}`);
    return file;
  }) as [string, string];
  const version = ask(gcc, '--version').split('\n')[0] ?? '';
  if (!existsSync(ask(gcc, ...CPU, '-print-file-name=libc_nano.a'))) {
    throw new InputError(gcc, `its C library newlib-nano is missing; install it: ${PACKAGES}`);
  }
  const toolchain = { gcc, objcopy, version };
  found.set(path, toolchain);
  return toolchain;
}

function ask(command: string, ...args: string[]): string {
  const { status, stdout, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0)
    throw new InputError(command, `does not run (${error?.message ?? `exit code ${status}`}); ${PACKAGES}`);
  return stdout.trim();
}

/** A file of the build, under the relative path that messages, the map and nothing else show. */
export interface BuildFile {
  readonly path: string;
  readonly text: string;
}

export interface ImageBuild {
  /** C and assembly (.S) sources and everything that they include. */
  readonly files: readonly BuildFile[];
  /** Folders that #include searches, relative. */
  readonly includes: readonly string[];
  /** Linker scripts; the first is the main one. */
  readonly linker: readonly BuildFile[];
  readonly optimize: '-O2' | '-O3' | '-Os';
  /** Linked after the objects, e.g. "-lm". */
  readonly libraries?: readonly string[];
  /** Macros to define, as NAME or NAME=VALUE. */
  readonly defines?: readonly string[];
}

export interface Image {
  readonly elf: Uint8Array;
  readonly bin: Uint8Array;
  readonly map: string;
}

/** A region of the linker script is too small. */
export class RegionOverflow extends Error {
  constructor(
    readonly region: string,
    readonly excess: number,
  ) {
    super(`region ${region} is too small by ${excess} bytes`);
  }
}

/**
 * Compiles and links; what was built before from the same bytes is taken from the cache.
 * @throws RegionOverflow where it does not fit; Error with the compiler's messages where the C is wrong
 */
export async function buildImage(
  build: ImageBuild,
  toolchain: Toolchain = findToolchain(),
  cache: BuildCache = BuildCache.open(),
): Promise<Image> {
  const flags = [...compileFlags, build.optimize, ...(build.defines ?? []).map((macro) => `-D${macro}`)];
  const headers = build.files.filter(({ path }) => path.endsWith('.h'));
  const sources = build.files.filter(({ path }) => /\.[cS]$/.test(path));
  const context = [toolchain.version, ...flags, ...build.includes, ...flat(headers)];
  const objects = sources.map((source) => ({ source, key: digest([...context, ...flat([source])]) }));
  const key = digest([
    ...LINK,
    ...(build.libraries ?? []),
    ...objects.flatMap((o) => [objectName(o.source), o.key]),
    ...flat(build.linker),
  ]);

  const stored = await cache.readAll(key, ['elf', 'bin', 'map']);
  if (stored !== null) {
    const [elf, bin, map] = stored as [Uint8Array, Uint8Array, Uint8Array];
    return { elf, bin, map: Buffer.from(map).toString('utf8') };
  }
  const folder = await cache.workFolder();
  try {
    await Promise.all([...build.files, ...build.linker].map((file) => place(folder, file)));
    await inParallel(2, objects, async ({ source, key: objectKey }) => {
      const object = objectName(source);
      const [before] = (await cache.readAll(objectKey, ['o'])) ?? [];
      if (before !== undefined) return writeFile(join(folder, object), before);
      const search = build.includes.flatMap((path) => ['-I', path]);
      await run(toolchain.gcc, [...flags, ...search, '-c', source.path, '-o', object], folder);
      await cache.store(objectKey, { o: await readFile(join(folder, object)) });
    });
    await link(
      toolchain,
      build,
      objects.map(({ source }) => objectName(source)),
      folder,
    );
    const [elf, bin, map] = await Promise.all(
      ['image.elf', 'image.bin', 'image.map'].map((name) => readFile(join(folder, name))),
    );
    if (elf === undefined || bin === undefined || map === undefined) throw new Error('unreachable');
    const image = { elf, bin, map: withoutFolders(map.toString('utf8')) };
    await cache.store(key, { ...image, map: Buffer.from(image.map) });
    return image;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function link(
  toolchain: Toolchain,
  build: ImageBuild,
  objects: string[],
  folder: string,
): Promise<void> {
  const script = build.linker[0];
  if (script === undefined) throw new Error('an image needs a linker script');
  const scripts = ['-T', script.path, '-L', dirname(script.path)];
  const args = [...LINK, ...scripts, '-Wl,-Map=image.map', ...objects, ...(build.libraries ?? [])];
  try {
    await run(toolchain.gcc, [...args, '-o', 'image.elf'], folder);
  } catch (error) {
    const overflow = /region `(\w+)' overflowed by (\d+) bytes?/.exec(String(error));
    if (overflow?.[1] === undefined) throw error;
    throw new RegionOverflow(overflow[1], Number(overflow[2]));
  }
  await run(toolchain.objcopy, ['-O', 'binary', 'image.elf', 'image.bin'], folder);
}

/** Names of libraries in the map without the folders of this machine. */
function withoutFolders(map: string): string {
  return map.replace(/(?:\/[^\s/()]+)+\/([^\s/()]+)/g, '$1');
}

function objectName({ path }: BuildFile): string {
  // A .c and a .S of one name may stand side by side.
  return `${path.replaceAll('/', '_').replace(/\.c$/, '')}.o`;
}

async function place(folder: string, { path, text }: BuildFile): Promise<void> {
  const target = join(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}

/** LC_ALL=C: messages are matched above. */
async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  try {
    await promisify(execFile)(command, args, {
      cwd,
      maxBuffer: 64 << 20,
      env: { ...process.env, LC_ALL: 'C', SOURCE_DATE_EPOCH: '0' },
    });
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (typeof code !== 'number') throw error;
    throw new Error(`${command} ${args.join(' ')}: exit code ${code}\n${stderr ?? ''}`);
  }
}

async function inParallel<T>(
  width: number,
  items: readonly T[],
  action: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await action(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: width }, lane));
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
}

function flat(files: readonly BuildFile[]): string[] {
  return files.flatMap(({ path, text }) => [path, text]);
}

/** Lengths keep neighbours apart: ["ab", "c"] and ["a", "bc"] differ. */
function digest(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
