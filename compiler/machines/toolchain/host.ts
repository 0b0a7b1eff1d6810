// SPDX-License-Identifier: Apache-2.0
/** The host's C compiler: finding it, and building generated code with it. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { InputError } from '../../core/base/errors.ts';

/** A command and its leading arguments, e.g. ["gcc"] or ["ccache", "clang"]. */
export type Compiler = readonly [string, ...string[]];

/** What all our C must pass, with every compiler. */
export const warningFlags = ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror'] as const;

const SANITIZE = ['-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'] as const;

/** The compilers of these names that this machine has, in order. */
export function compilersAmong(names: readonly string[]): Compiler[] {
  return names.flatMap((name) => {
    const compiler = split(name);
    return compiler !== null && works(compiler) ? [compiler] : [];
  });
}

/**
 * The compiler to use: $CC where it is set, else the first of cc, gcc, clang.
 * @throws InputError that names the Debian package where there is none
 */
export function findHostCompiler(environment: NodeJS.ProcessEnv = process.env): Compiler {
  const wanted = split(environment.CC ?? '');
  if (wanted !== null) {
    if (works(wanted, environment)) return wanted;
    throw new InputError(
      wanted.join(' '),
      'the compiler that the variable CC names does not run; correct CC or unset it',
    );
  }
  for (const name of ['cc', 'gcc', 'clang']) {
    const compiler: Compiler = [name];
    if (works(compiler, environment)) return compiler;
  }
  throw new InputError(
    'cc',
    'no C compiler for this machine was found; install one: apt-get install gcc libc6-dev (or run: make setup)',
  );
}

export interface HostBuild {
  readonly compiler: Compiler;
  readonly sources: readonly string[];
  readonly includes: readonly string[];
  /** The executable to write. */
  readonly output: string;
  /** Whether address and undefined-behaviour sanitizers watch the program; their first finding ends it. */
  readonly sanitize?: boolean;
  readonly extra?: readonly string[];
}

/** Flags that every host build uses. */
export function hostFlags(sanitize: boolean): string[] {
  return ['-std=c11', '-O2', ...warningFlags, ...(sanitize ? SANITIZE : [])];
}

/** Compiles and links. @throws Error with the compiler's messages: our C failed, or libraries are missing */
export async function buildHost(build: HostBuild): Promise<void> {
  const [command, ...leading] = build.compiler;
  const args = [
    ...leading,
    ...hostFlags(build.sanitize ?? false),
    ...(build.extra ?? []),
    ...build.includes.map((folder) => `-I${folder}`),
    ...build.sources,
    '-o',
    build.output,
  ];
  try {
    await promisify(execFile)(command, args, { maxBuffer: 16 << 20 });
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (typeof code !== 'number') throw error;
    throw new Error(`${[command, ...args].join(' ')}: exit code ${code}\n${stderr ?? ''}`);
  }
}

function works(compiler: Compiler, environment: NodeJS.ProcessEnv = process.env): boolean {
  const [command, ...leading] = compiler;
  return spawnSync(command, [...leading, '--version'], { stdio: 'ignore', env: environment }).status === 0;
}

function split(command: string): Compiler | null {
  const [first, ...rest] = command.split(/\s+/).filter((word) => word !== '');
  return first === undefined ? null : [first, ...rest];
}
