// SPDX-License-Identifier: Apache-2.0
/** Runs the built executable as a user does: as a process. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const launcher = packagePath('compiler', 'bin', 'egru.js');
if (!existsSync(packagePath('build', 'dist', 'main.js')))
  throw new Error('run "make build" before these tests');

/** A folder of its own for every test file. */
export const work = mkdtempSync(join(tmpdir(), 'egru-cli-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** From the package's folder, where models/spoken-digits is. */
export function egru(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { cwd: packagePath(), env: { ...process.env, ...environment }, maxBuffer: 64 << 20 };
    const child = execFile(process.execPath, [launcher, ...args], options, (_, stdout, stderr) => {
      resolve({ code: child.exitCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** The document that a command prints with --json, and nothing else. */
export async function json(args: readonly string[], code = 0): Promise<Record<string, unknown>> {
  const outcome = await egru([...args, '--json']);
  expect(outcome.stderr).toBe('');
  expect(outcome.code).toBe(code);
  expect(outcome.stdout.indexOf('\n'), 'one line').toBe(outcome.stdout.length - 1);
  return JSON.parse(outcome.stdout) as Record<string, unknown>;
}

/** The one line that bad input gives, without the name of the work folder. */
export async function refusal(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { code, stdout, stderr } = await egru(args, environment);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^egru: [^\n]+\n$/);
  expect(code).toBe(2);
  return stderr.slice('egru: '.length, -1).replaceAll(work, 'WORK');
}

export function inWork(...parts: string[]): string {
  return join(work, ...parts);
}

export function write(name: string, data: Uint8Array | string): string {
  writeFileSync(inWork(name), data);
  return inWork(name);
}

/** Noise that rises and falls: every bin of every frame has something to do. The same for the same seed. */
export function noise(seconds: number, seed: number, sampleRate = 8000): Int16Array {
  const length = Math.round(seconds * sampleRate);
  let state = seed >>> 0;
  return Int16Array.from({ length }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.round(((state >>> 16) - 32768) * 0.9 * Math.sin((Math.PI * i) / length));
  });
}

export function writeNoise(name: string, seed: number, seconds = 0.4): string {
  return write(name, makeWav(pcm16(noise(seconds, seed))));
}

export const MODEL = 'models/spoken-digits';
