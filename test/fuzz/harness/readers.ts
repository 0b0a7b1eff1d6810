// SPDX-License-Identifier: Apache-2.0
/** Workers on all cores for some time; what they find is kept as files that `make test` tries from then on. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { targets } from '../readers/index.ts';
import { planted } from './planted.ts';
import { inputOf } from './target.ts';
import type { Report } from './worker.ts';

export interface ReaderRun {
  readonly seconds: number;
  readonly seed: number;
  readonly workers: number;
  /** Folder of findings, with a folder for each target. */
  readonly findings: string;
  /** Milliseconds without a report after which a worker counts as stuck, if it had the processor for a tenth of them. */
  readonly patience: number;
  readonly onProgress?: (inputs: number, findings: number, seconds: number) => void;
}

export interface ReaderOutcome {
  /** Inputs by target: accepted and refused. */
  readonly counts: ReadonlyMap<string, { accepted: number; refused: number }>;
  readonly findings: readonly string[];
}

/** Of one kind, this many are kept. */
const KEPT = 3;
const MEMORY_FLAG = '--max-old-space-size=512';

export async function fuzzReaders(run: ReaderRun): Promise<ReaderOutcome> {
  const counts = new Map<string, { accepted: number; refused: number }>();
  const kinds = new Map<string, number>();
  const findings: string[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'egru-fuzz-'));
  const find = (target: string, seed: number, what: string): void => {
    const kind = `${target}: ${what.split('\n')[0]?.replace(/\d+/g, 'N').slice(0, 60)}`;
    const known = kinds.get(kind) ?? 0;
    kinds.set(kind, known + 1);
    if (known < KEPT) findings.push(`${keep(run.findings, target, seed)}: ${what}`);
  };
  // Time begins with the first report: a busy machine takes its time to start processes.
  let begin: number | null = null;
  const isOver = () => begin !== null && Date.now() >= begin + 1000 * run.seconds;
  const one = async (index: number): Promise<void> => {
    for (let seed = run.seed + index; !isOver(); ) {
      const now = join(folder, String(index));
      const stopped = await work(
        { first: seed, step: run.workers, now, isOver, patience: run.patience },
        (report) => {
          begin ??= Date.now();
          if ('what' in report) return find(report.target, report.seed, report.what);
          const count = counts.get(report.target) ?? { accepted: 0, refused: 0 };
          count.accepted += report.accepted;
          count.refused += report.refused;
          counts.set(report.target, count);
        },
      );
      if (stopped === null) return;
      const [target = '', under = ''] = readFileSync(now, 'utf8').trim().split(' ');
      find(target, Number(under), stopped);
      // Behind the one that ended it, for all targets.
      seed = Number(under) + run.workers;
    }
  };
  const progress = setInterval(() => {
    const inputs = [...counts.values()].reduce((sum, { accepted, refused }) => sum + accepted + refused, 0);
    run.onProgress?.(inputs, findings.length, (Date.now() - (begin ?? Date.now())) / 1000);
  }, 5000);
  try {
    await Promise.all(Array.from({ length: run.workers }, (_, index) => one(index)));
  } finally {
    clearInterval(progress);
    rmSync(folder, { recursive: true, force: true });
  }
  return { counts, findings };
}

interface Job {
  readonly first: number;
  readonly step: number;
  readonly now: string;
  /** Whether it is to be ended. */
  readonly isOver: () => boolean;
  readonly patience: number;
}

/** One worker to its end. @returns null where that was its time; otherwise what became of it */
function work(
  { first, step, now, isOver, patience }: Job,
  onReport: (report: Report) => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    const path = fileURLToPath(new URL('./worker.js', import.meta.url));
    const execArgv = [MEMORY_FLAG];
    const child: ChildProcess = fork(path, [String(first), String(step), now], {
      execArgv,
      stdio: 'inherit',
    });
    /** Of the last report; null: it is starting. */
    let last: { readonly at: number; readonly cpu: number } | null = null;
    let reason: string | null | undefined;
    const watch = setInterval(() => {
      if (isOver()) reason = null;
      else if (last !== null) {
        const wall = Date.now() - last.at;
        const busy = wall > patience && cpuOf(child.pid) - last.cpu > patience / 10;
        if (busy || wall > IDLE * patience) reason = `hangs: no answer within ${patience} ms`;
      }
      if (reason !== undefined) child.kill('SIGKILL');
    }, 50);
    child.on('message', (report: Report) => {
      last = { at: Date.now(), cpu: cpuOf(child.pid) };
      onReport(report);
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve(reason === undefined ? `ends the process: ${signal ?? `exit code ${code}`}` : reason);
    });
  });
}

/** A worker that computes nothing either waits for the processor, or for what never comes: this many times the patience. */
const IDLE = 10;
/** Of /proc/PID/stat, fields 14 and 15: clock ticks in user and kernel mode, at 100 a second on every Linux (proc(5)). */
const TICK = 10;

/** Milliseconds of CPU time of a process; where the system does not tell, those of the clock. */
function cpuOf(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return TICK * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return Date.now();
  }
}

/** The input as a file. @returns its path */
function keep(folder: string, name: string, seed: number): string {
  const target = [...targets, ...(planted('throws') ?? [])].find((one) => one.name === name);
  const path = join(folder, name, String(seed));
  mkdirSync(join(folder, name), { recursive: true });
  if (target !== undefined) writeFileSync(path, inputOf(target, seed));
  return path;
}
