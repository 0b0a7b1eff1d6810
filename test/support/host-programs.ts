// SPDX-License-Identifier: Apache-2.0
/** Random programs through the packed kernel on the host: encoding for program-runner.c, and what to expect of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownTables } from '../../compiler/codegen/kernels/packed/cells.ts';
import { packedParts, packedScratchWords } from '../../compiler/codegen/kernels/packed/codes.ts';
import { cellOf, matricesOf } from '../../compiler/core/program/cells/index.ts';
import { keepsOutputs, stateLayout, stateWords } from '../../compiler/core/program/layout.ts';
import { outputsOf, type Program } from '../../compiler/core/program/program.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { argmax, readout } from '../../compiler/core/sim/readout.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimeFolders } from '../../compiler/host/files/runtime.ts';
import { buildHost, type Compiler } from '../../compiler/machines/toolchain/host.ts';

export interface ProgramCase {
  readonly program: Program;
  /** steps x inputs. */
  readonly features: Int16Array;
  readonly steps: number;
}

/** A temporary folder with executables built from test sources and the runtime. */
export class HostBinaries {
  readonly #folder = mkdtempSync(join(tmpdir(), 'egru-test-'));
  #count = 0;

  /** Builds one executable. sources: relative to the package. */
  async build(
    compiler: Compiler,
    sources: readonly string[],
    options: {
      readonly sanitize?: boolean;
      readonly includes?: readonly string[];
      readonly extra?: readonly string[];
    } = {},
  ): Promise<string> {
    const output = join(this.#folder, `program${this.#count++}`);
    await buildHost({
      compiler,
      sources: sources.map((source) => packagePath(source)),
      includes: [...runtimeFolders(), ...(options.includes ?? [])],
      output,
      sanitize: options.sanitize ?? false,
      extra: options.extra ?? [],
    });
    return output;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const packedRunnerSources = [
  'test/runtime/program-runner.c',
  'runtime-c/network/egru.c',
  'runtime-c/network/egru_packed.c',
  'runtime-c/network/egru_packed_event.c',
  'runtime-c/network/egru_packed_event_gru.c',
  'runtime-c/network/egru_packed_rows.c',
  'runtime-c/network/egru_softsign.c',
] as const;

/** Runs cases; one list of integers per case, as expectedOf gives them. */
export function runCases(binary: string, cases: readonly ProgramCase[]): Int32Array[] {
  const input = Buffer.concat(cases.map(encode));
  const { status, stdout, stderr } = spawnSync(binary, { input, maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`exit code ${status}: ${stderr.toString().slice(0, 4000)}`);
  const all = new Int32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.length));
  let at = 0;
  return cases.map((one) => {
    const length = resultLength(one);
    at += length;
    return all.slice(at - length, at);
  });
}

/** What program-runner.c prints of a case, computed by the reference. */
export function expectedOf({ program, features, steps }: ProgramCase): Int32Array {
  const network = new Network(program);
  const inputs = program.layers[0]?.inputs ?? 0;
  const values: number[] = [];
  const scores = new Int32Array(outputsOf(program));
  for (let step = 0; step < steps; step++) {
    network.step(features.subarray(step * inputs, (step + 1) * inputs));
    program.layers.forEach((layer, i) => {
      if (keepsOutputs(layer)) values.push(...(network.outputs[i] ?? []));
    });
    values.push(...network.logits);
    readout(program.readout?.rule ?? 'last', scores, network.logits);
  }
  values.push(...scores, argmax(scores));
  return Int32Array.from([...values, ...values]);
}

function resultLength({ program, steps }: ProgramCase): number {
  const kept = program.layers.filter(keepsOutputs).reduce((sum, { units }) => sum + units, 0);
  return 2 * (steps * (kept + outputsOf(program)) + outputsOf(program) + 1);
}

/** By egru_layer.type in program-runner.c. */
const TYPES = ['egru', 'dense', 'event-egru', 'delta', 'event-gru'];
const RULES = { none: 0, sum: 1, last: 2 } as const;

function encode({ program, features, steps }: ProgramCase): Buffer {
  const layout = stateLayout(program);
  const words = stateWords(program, packedScratchWords(program.layers));
  const head = [program.layers.length, words, layout.scratch, RULES[program.readout?.rule ?? 'none'], steps];
  const parts: ArrayBufferView[] = [Uint32Array.from(head)];
  program.layers.forEach((layer, i) => {
    const own = ownTables(layer, program.layers[i - 1] ?? null);
    const codes =
      own === null
        ? Uint32Array.from(
            packedParts(layer).flatMap(({ groups }) => groups.flatMap(({ words }) => [...words])),
          )
        : wordsOf(own.weights);
    const cell = cellOf(layer);
    const biases = matricesOf(layer).flatMap(({ matrix }) => Array.from(matrix.bias));
    const bias = Int32Array.from([...(own?.constants ?? biases), ...(cell.thresholds?.(layer) ?? [])]);
    const initial = cell.initialState(layer, layer.units) ?? new Int16Array(0);
    const activation = cell.options?.(layer) ?? (cell.activation(layer) === 'relu' ? 1 : 0);
    parts.push(
      Uint32Array.of(
        TYPES.indexOf(layer.type),
        activation,
        layer.inputs,
        layer.units,
        layout.outputs[i] ?? 0,
        initial.length,
        codes.length,
        bias.length,
      ),
      initial,
      codes,
      bias,
    );
  });
  parts.push(features);
  return Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
}

/** Bytes or halfwords as the runner reads them. */
function wordsOf({ buffer, byteLength }: Int8Array | Uint16Array): Uint32Array {
  const padded = new Uint8Array(Math.ceil(byteLength / 4) * 4);
  padded.set(new Uint8Array(buffer, 0, byteLength));
  return new Uint32Array(padded.buffer);
}
