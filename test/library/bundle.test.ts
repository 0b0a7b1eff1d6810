// SPDX-License-Identifier: Apache-2.0
/** egru/core as a page gets it: one file without imports, run where no global of Node's exists. */
import { createContext, Script } from 'node:vm';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { programToJson } from '../../compiler/core/program/program-json.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';

const MAX_BYTES = 60_000;

it('is small, whole, and computes the trace of the reference', async () => {
  const bundle = await rolldown({ input: packagePath('compiler', 'core', 'index.ts'), platform: 'browser' });
  const { output } = await bundle.generate({ format: 'iife', name: 'egru', minify: true });
  expect(output.length).toBe(1);
  const { code, imports, dynamicImports } = output[0];
  expect([...imports, ...dynamicImports]).toEqual([]);
  expect(code.length).toBeLessThan(MAX_BYTES);

  const program = loadProgram(packagePath('models', 'spoken-digits'));
  const samples = Int16Array.from({ length: 8000 }, (_, i) =>
    Math.round(9000 * Math.sin(i * (0.05 + i / 40000))),
  );
  const own = new Simulator(program).run(samples, true);
  // What every page has beside the language itself.
  const context = createContext({
    TextEncoder,
    TextDecoder,
    json: programToJson(program),
    pcm: [...samples],
  });
  const script = `${code};
    const program = egru.programFromJson(json, 'program.json');
    const { label, trace } = new egru.Simulator(program).run(Int16Array.from(pcm), true);
    JSON.stringify({ label, trace: [...trace], node: [typeof Buffer, typeof process, typeof require] });`;
  const found: unknown = JSON.parse(String(new Script(script).runInContext(context)));
  const none = 'undefined';
  expect(found).toEqual({ label: own.label, trace: [...(own.trace ?? [])], node: [none, none, none] });
  expect(own.trace?.some((value) => value !== 0)).toBe(true);
});
