// SPDX-License-Identifier: Apache-2.0
/**
 * The one thing that git is needed for: a shallow copy of a repository that is not trusted. No shell sees the address,
 * no option can hide in it, nothing of the repository or of this machine's templates runs, and no symbolic link is
 * made.
 */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InputError } from '../../../core/base/errors.ts';

const SAFE = [
  ['core.hooksPath', '/dev/null'],
  ['core.symlinks', 'false'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['submodule.recurse', 'false'],
  ['advice.detachedHead', 'false'],
].flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** Variables that direct git to another repository than the one it is called for (git rev-parse --local-env-vars). */
const FOREIGN =
  /^GIT_(DIR|WORK_TREE|IMPLICIT_WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|CONFIG|CONFIG_PARAMETERS|CONFIG_COUNT|GRAFT_FILE|REPLACE_REF_BASE|NO_REPLACE_OBJECTS|SHALLOW_FILE|INTERNAL_SUPER_PREFIX|TEMPLATE_DIR|EXTERNAL_DIFF)$/;

function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0', // an unknown address asks for a password: fail instead
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: 'https:http:ssh:git:file', // not "ext", which is a command
    GIT_LFS_SKIP_SMUDGE: '1',
  };
}

/**
 * A shallow clone into a folder that does not exist yet.
 * @param from address, or path of a repository on this machine
 * @returns the commit, 40 hex digits
 * @throws InputError with git's own reason
 */
export async function shallowClone(from: string, folder: string): Promise<string> {
  // As a file: address, a local repository is read like any other: shallow, and without links into it.
  const address = isFolder(from) ? pathToFileURL(resolve(from)).href : from;
  const rules = ['--depth=1', '--single-branch', '--no-tags', '--no-recurse-submodules', '--template='];
  await git([...SAFE, 'clone', '--quiet', ...rules, '--', address, folder], from);
  return (await git([...SAFE, `--git-dir=${join(folder, '.git')}`, 'rev-parse', 'HEAD'], from)).trim();
}

/** A repository, with files or bare; other folders hold files that were unpacked. */
export function isRepository(folder: string): boolean {
  const has = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false }) !== undefined;
  return isFolder(folder) && (has('.git') || (has('HEAD') && has('objects')));
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function git(args: readonly string[], subject: string): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn('git', args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill();
    process.once('exit', stop);
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-65536);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      process.off('exit', stop);
      const way = 'install it, or unpack the repository and name that folder with --from';
      fail(error.code === 'ENOENT' ? new InputError('git', 'is not installed', way) : error);
    });
    child.on('close', (code) => {
      process.off('exit', stop);
      if (code === 0) done(output);
      else fail(refusal(subject, errors, code));
    });
  });
}

/** git's reason is the first line with "fatal"; what follows it are hints. */
function refusal(subject: string, errors: string, code: number | null): InputError {
  const lines = errors.split('\n').map((line) => line.trim());
  const line = lines.find((each) => /^(fatal|error):/.test(each)) ?? lines.find((each) => each !== '');
  const reason = (line ?? `git ended with ${code}`).replace(/^(fatal|error): /, '').slice(0, 200);
  const way = 'try again with a network, or copy the repository here and name it with --from';
  return new InputError(subject, `cannot be cloned: ${reason}`, way);
}
