// SPDX-License-Identifier: Apache-2.0
/** The generated C with the C runtime, built by the host's compiler and run in a process of its own. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmittedFile, emit, type KernelName } from '../../codegen/emit/emit.ts';
import { runtimeFiles } from '../../codegen/emit/project.ts';
import type { StreamProgram } from '../../core/program/program.ts';
import { outputsOf, type Program, requireDetection } from '../../core/program/program.ts';
import { detectionWidth, streamTraceLayout } from '../../core/program/stream-trace.ts';
import { traceLayout } from '../../core/program/trace.ts';
import type { StreamEvent } from '../../core/sim/stream.ts';
import { packageAssets } from '../../host/files/assets.ts';
import { writeFolder } from '../../host/files/files.ts';
import { packagePath } from '../../host/files/paths.ts';
import { runtimeFolders, runtimePath } from '../../host/files/runtime.ts';
import { buildHost, type Compiler, findHostCompiler } from '../toolchain/host.ts';
import type { ClipResult, Executor, StreamResult } from './executor.ts';

export interface HostOptions {
  readonly kernel: KernelName;
  /** Build with address and undefined-behaviour sanitizers; a finding ends the run with an Error. */
  readonly sanitize?: boolean;
  /** Default: what findHostCompiler finds. */
  readonly compiler?: Compiler;
  /** Changes generated files before they are compiled: for tests that plant an error. */
  readonly alter?: (files: readonly EmittedFile[]) => readonly EmittedFile[];
}

export class HostExecutor implements Executor {
  readonly name = 'host';
  readonly kernel: KernelName;
  readonly #program: Program;
  readonly #binary: string;
  readonly #running = new Set<ChildProcessWithoutNullStreams>();
  readonly #cleanUp: () => void;

  private constructor(program: Program, kernel: KernelName, folder: string, binary: string) {
    this.kernel = kernel;
    this.#program = program;
    this.#binary = binary;
    this.#cleanUp = () => rmSync(folder, { recursive: true, force: true });
    process.once('exit', this.#cleanUp);
  }

  /**
   * Generates and compiles. @throws InputError where there is no compiler; Error where it refuses our C
   */
  static async create(program: Program, options: HostOptions): Promise<HostExecutor> {
    const compiler = options.compiler ?? findHostCompiler();
    const files = emit(program, {
      kernel: options.kernel,
      command: 'egru run --on host',
      assets: packageAssets(),
    });
    const altered = options.alter?.(files) ?? files;
    const folder = await mkdtemp(join(tmpdir(), 'egru-host-'));
    const executor = new HostExecutor(program, options.kernel, folder, join(folder, 'model'));
    try {
      writeFolder(
        folder,
        altered.map(({ path, text }) => ({ path, data: text })),
      );
      await buildHost({
        compiler,
        sources: [
          packagePath('compiler', 'machines', 'execute', 'host-harness.c'),
          ...altered.filter(({ path }) => path.endsWith('.c')).map(({ path }) => join(folder, path)),
          ...runtimeFiles(packageAssets(), program, options.kernel)
            .filter((name) => name.endsWith('.c'))
            .map(runtimePath),
        ],
        includes: [folder, ...runtimeFolders()],
        output: executor.#binary,
        sanitize: options.sanitize ?? false,
      });
      return executor;
    } catch (error) {
      await executor.close();
      throw error;
    }
  }

  async run(
    clips: readonly Int16Array[],
    trace: boolean,
    onClip?: (index: number, result: ClipResult) => void,
  ): Promise<ClipResult[]> {
    return this.#run(trace ? 'trace' : 'plain', clips, (reader) => this.#receive(reader, trace), onClip);
  }

  async listen(
    recordings: readonly Int16Array[],
    trace: boolean,
    onRecording?: (index: number, result: StreamResult) => void,
  ): Promise<StreamResult[]> {
    const program = requireDetection(this.#program);
    const receive = (reader: IntReader) => receiveStream(program, reader, trace);
    return this.#run(trace ? 'stream-trace' : 'stream', recordings, receive, onRecording);
  }

  /** Sends clips to a process of its own and takes a result for each. */
  async #run<Result>(
    mode: string,
    clips: readonly Int16Array[],
    receive: (reader: IntReader) => Promise<Result | null>,
    onClip?: (index: number, result: Result) => void,
  ): Promise<Result[]> {
    const child = spawn(this.#binary, [mode]);
    this.#running.add(child);
    const ended = once(child, 'close') as Promise<[number | null, string | null]>;
    let messages = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (messages.length < 4096) messages += chunk.toString();
    });
    try {
      const results: Result[] = [];
      const reader = new IntReader(child.stdout);
      const sent = send(child, clips);
      for (const index of clips.keys()) {
        const result = await receive(reader);
        if (result === null) break;
        results.push(result);
        onClip?.(index, result);
      }
      await sent;
      const [code, signal] = await ended;
      if (code !== 0 || results.length !== clips.length) {
        throw new Error(
          `the host program stopped after clip ${results.length} of ${clips.length} (${signal ?? `exit code ${code}`})\n${messages}`,
        );
      }
      return results;
    } finally {
      this.#running.delete(child);
      child.kill();
    }
  }

  async close(): Promise<void> {
    for (const child of this.#running) child.kill();
    process.off('exit', this.#cleanUp);
    this.#cleanUp();
  }

  /** One clip's result, or null where the output ends early. See host-harness.c. */
  async #receive(reader: IntReader, trace: boolean): Promise<ClipResult | null> {
    const head = await reader.take(1);
    const steps = head?.[0] ?? 0;
    const outputs = outputsOf(this.#program);
    const width = trace ? traceLayout(this.#program).width : 0;
    const classifies = this.#program.readout !== null;
    const body = await reader.take(steps * (width + outputs));
    const tail = await reader.take(classifies ? outputs + 1 : 0);
    if (head === null || body === null || tail === null) return null;
    const logits = new Int32Array(steps * outputs);
    const traced = new Int32Array(steps * width);
    for (let step = 0; step < steps; step++) {
      const at = step * (width + outputs);
      traced.set(body.subarray(at, at + width), step * width);
      logits.set(body.subarray(at + width, at + width + outputs), step * outputs);
    }
    return {
      steps,
      logits,
      scores: tail.slice(0, classifies ? outputs : 0),
      label: classifies ? (tail[outputs] ?? -1) : -1,
      trace: trace ? traced : null,
    };
  }
}

/** Events are a part of every frame's integers; the trace keeps all but their samples. See host-harness.c. */
async function receiveStream(
  program: StreamProgram,
  reader: IntReader,
  trace: boolean,
): Promise<StreamResult | null> {
  const head = await reader.take(1);
  const steps = head?.[0] ?? 0;
  const kept = trace ? streamTraceLayout(program).width : detectionWidth(program);
  const body = await reader.take(steps * (kept + 1));
  if (head === null || body === null) return null;
  const traced = new Int32Array(trace ? steps * kept : 0);
  const events: StreamEvent[] = [];
  for (let step = 0; step < steps; step++) {
    const record = body.subarray(step * (kept + 1), (step + 1) * (kept + 1));
    if (trace) traced.set(record.subarray(0, kept), step * kept);
    const [label = -1, score = 0, sample = 0] = record.subarray(kept - 2);
    if (label >= 0) events.push({ label, score, sample: sample >>> 0 });
  }
  return { steps, events, trace: trace ? traced : null };
}

/** Writes all clips, as fast as the program takes them. A program that has ended is reported by its exit code. */
async function send(child: ChildProcessWithoutNullStreams, clips: readonly Int16Array[]): Promise<void> {
  let broken = false;
  child.stdin.on('error', () => {
    broken = true;
  });
  const closed = once(child, 'close').catch(() => {}); // run() reports what went wrong
  for (const clip of clips) {
    const bytes = Buffer.alloc(4 + 2 * clip.length);
    bytes.writeUInt32LE(clip.length, 0);
    clip.forEach((sample, i) => {
      bytes.writeInt16LE(sample, 4 + 2 * i);
    });
    if (broken) return;
    if (!child.stdin.write(bytes)) await Promise.race([once(child.stdin, 'drain').catch(() => {}), closed]);
  }
  child.stdin.end();
}

/** Little-endian int32 values from a stream. */
class IntReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next `count` values, or null where the stream ends before them. */
  async take(count: number): Promise<Int32Array | null> {
    const parts = [this.#rest];
    let length = this.#rest.length;
    while (length < 4 * count) {
      const next = await this.#chunks.next();
      if (next.done) return null;
      parts.push(next.value);
      length += next.value.length;
    }
    const bytes = parts.length === 1 ? this.#rest : Buffer.concat(parts);
    this.#rest = bytes.subarray(4 * count);
    return Int32Array.from({ length: count }, (_, i) => bytes.readInt32LE(4 * i));
  }
}
