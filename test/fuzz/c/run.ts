// SPDX-License-Identifier: Apache-2.0
/** Runs the fuzzers of C, one on each core. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { buildFuzzer, type Fuzzer, fuzzers } from './fuzzers.ts';

/** Bytes of an input at most, and seconds for one. */
const LIMITS = ['-max_len=4096', '-timeout=20', '-rss_limit_mb=1024'];

export interface FuzzerOutcome {
  readonly runs: number;
  /** null: nothing was found. */
  readonly finding: string | null;
}

/**
 * @param binary of buildFuzzer
 * @param findings folder where an input that fails is written
 * @param limits -runs=N or -max_total_time=N, and -seed=N
 */
export function runFuzzer(
  fuzzer: Fuzzer,
  binary: string,
  findings: string,
  limits: readonly string[],
): Promise<FuzzerOutcome> {
  const corpus = mkdtempSync(join(tmpdir(), 'egru-corpus-'));
  const kept = packagePath('test', 'fuzz', 'c', 'corpus', fuzzer.name);
  const words = packagePath('test', 'fuzz', 'c', `${fuzzer.name}.dict`);
  const args = [
    ...[
      ...LIMITS,
      ...limits,
      '-print_final_stats=1',
      `-artifact_prefix=${join(findings, `${fuzzer.name}-`)}`,
    ],
    ...(existsSync(words) ? [`-dict=${words}`] : []),
    ...[corpus, ...(existsSync(kept) ? [kept] : [])],
  ];
  mkdirSync(findings, { recursive: true });
  return finished(binary, args).finally(() => rmSync(corpus, { recursive: true, force: true }));
}

/** One input. */
export function runInput(binary: string, input: string): Promise<FuzzerOutcome> {
  return finished(binary, [...LIMITS, input]);
}

function finished(binary: string, args: readonly string[]): Promise<FuzzerOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (bytes: Buffer) => {
      text = (text + bytes.toString()).slice(-100_000);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const runs = Number(/stat::number_of_executed_units: (\d+)/.exec(text)?.[1] ?? 0);
      const what = /^.*(?:runtime error:|ERROR: ).*$/m.exec(text)?.[0] ?? `exit code ${code}`;
      const file = /Test unit written to (\S+)/.exec(text)?.[1] ?? 'no file';
      resolve({ runs, finding: code === 0 ? null : `${file}: ${what}` });
    });
  });
}

export interface CRun {
  readonly seconds: number;
  readonly seed: number;
  readonly findings: string;
  readonly say: (text: string) => void;
}

/** All of them, each for the same time. @returns what was found */
export async function fuzzC({ seconds, seed, findings, say }: CRun): Promise<readonly string[]> {
  const folder = packagePath('build', 'fuzz-c');
  const cores = availableParallelism();
  const each = Math.max(1, Math.round((seconds * Math.min(cores, fuzzers.length)) / fuzzers.length));
  const waiting = [...fuzzers];
  const found: string[] = [];
  const core = async (): Promise<void> => {
    for (let fuzzer = waiting.shift(); fuzzer !== undefined; fuzzer = waiting.shift()) {
      const binary = await buildFuzzer(fuzzer, join(folder, fuzzer.name));
      // libFuzzer's own generator takes 32 bits.
      const limits = [`-max_total_time=${each}`, `-seed=${1 + (seed % 0x7fffffff)}`];
      const { runs, finding } = await runFuzzer(fuzzer, binary, join(findings, 'c'), limits);
      say(`${fuzzer.name.padEnd(20)} ${String(runs).padStart(9)} inputs in ${each} s`);
      if (finding !== null) found.push(finding);
    }
  };
  await Promise.all(Array.from({ length: cores }, core));
  return found;
}

/** Inputs that were found by a fuzzer. */
export function findingsOf(fuzzer: Fuzzer): string[] {
  const folder = packagePath('test', 'fuzz', 'findings', 'c');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.filter((file) => file.startsWith(`${fuzzer.name}-`)).map((file) => join(folder, file));
}
