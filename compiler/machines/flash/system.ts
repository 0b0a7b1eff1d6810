// SPDX-License-Identifier: Apache-2.0
/** What flashing touches of the machine around it; tests put folders and scripts in its place. */
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { openSerialPort, type SerialPort, touch1200 } from '../port/serial-port.ts';

export interface ToolOutcome {
  /** null: it did not start, or was ended. */
  readonly code: number | null;
  readonly output: string;
}

/** gone: every byte was written, but the drive was away before that could be confirmed. */
export type Stored = 'stored' | 'gone';

export interface FlashSystem {
  /** Folder that stands for "/": sys, proc, dev, media and run/media are looked for in it. */
  readonly root: string;
  /** Milliseconds to wait for a board to come back as something else. */
  readonly patience: number;
  wait(milliseconds: number): Promise<void>;
  open(path: string): Promise<SerialPort>;
  touch(path: string): Promise<void>;
  /** Writes a file down to the device. Throws what node:fs throws. */
  store(path: string, bytes: Uint8Array): Stored;
  /** Runs a program of the PATH, without a shell. */
  run(program: string, args: readonly string[]): Promise<ToolOutcome>;
}

/** A board that re-enumerates takes one to three seconds, a desktop that mounts a drive some more. */
const PATIENCE = 15_000;
const TOOL_TIMEOUT = 120_000;
const MAX_OUTPUT = 1 << 20;

/** This machine. EGRU_ROOT and EGRU_PATIENCE are for tests, which run the executable. */
export function realSystem(environment: NodeJS.ProcessEnv = process.env): FlashSystem {
  return {
    root: environment.EGRU_ROOT ?? '/',
    patience: Number(environment.EGRU_PATIENCE ?? PATIENCE),
    wait: (milliseconds) => delay(milliseconds),
    open: (path) => openSerialPort(path),
    touch: touch1200,
    store,
    run: runTool,
  };
}

function runTool(program: string, args: readonly string[]): Promise<ToolOutcome> {
  const options = { timeout: TOOL_TIMEOUT, maxBuffer: MAX_OUTPUT };
  return new Promise((done) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      const missing = error !== null && error.code === 'ENOENT';
      done({ code: missing ? null : child.exitCode, output: `${stdout}${stderr}` });
    });
    child.stdin?.end();
  });
}

/** What a drive that is pulled answers with. */
const GONE = new Set(['EIO', 'ENODEV', 'ENXIO', 'ENOENT', 'ESHUTDOWN']);

function store(path: string, bytes: Uint8Array): Stored {
  const fd = fs.openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at);
    return flushed(fd) ? 'stored' : 'gone';
  } finally {
    try {
      fs.closeSync(fd);
    } catch {
      // A drive that is away has nothing to close.
    }
  }
}

function flushed(fd: number): boolean {
  try {
    fs.fsyncSync(fd);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && GONE.has(String(error.code))) return false;
    throw error;
  }
}
