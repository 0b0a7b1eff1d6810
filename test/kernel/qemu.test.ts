// SPDX-License-Identifier: Apache-2.0
/** The generated step as a part of the instruction-test image: QEMU's word on its values beside our emulator's. */
import { describe, expect, test } from 'vitest';
import { generateUnrolled } from '../../compiler/codegen/kernels/unrolled/unrolled.ts';
import { cellOf } from '../../compiler/core/program/cells/index.ts';
import { stateLayout } from '../../compiler/core/program/layout.ts';
import { inputsOf, outputsOf, type Program } from '../../compiler/core/program/program.ts';
import { Network } from '../../compiler/core/sim/network.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { runtimeFolders, runtimeText } from '../../compiler/host/files/runtime.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { buildImage, runInEmulator, runInQemu } from '../isa/image.ts';
import { lacking } from '../support/needs.ts';
import { Random } from '../support/random.ts';
import { featuresOf, programOf, specs } from '../support/random-program.ts';

/** C that runs the steps and writes every state word and logit in hexadecimal, a line per step. */
function driver(program: Program, features: Int16Array, steps: number): string {
  const { scratch, outputs } = stateLayout(program);
  const inputs = inputsOf(program);
  const initial = program.layers.flatMap((layer, i) =>
    Array.from(
      cellOf(layer).initialState(layer, layer.units) ?? [],
      (value, unit) => `    h[${(outputs[i] ?? 0) + unit}] = ${value};`,
    ),
  );
  return `
#include "image.h"
typedef int16_t __attribute__((may_alias)) q15;
void model_step(const void *model, int32_t *state, const int16_t *features, int32_t *logits);
static const int16_t features[${steps}][${inputs + (inputs & 1)}] __attribute__((aligned(4))) = {
${Array.from({ length: steps }, (_, i) => `    {${features.subarray(i * inputs, (i + 1) * inputs).join(', ')}},`).join('\n')}
};
static int32_t state[${scratch + 1}];
static int32_t logits[${outputsOf(program)}];
void steps(void);
void steps(void) {
    q15 *const h = (q15 *)state;
${initial.join('\n')}
    (void)h;
    for (unsigned i = 0; i < ${steps}; i++) {
        model_step(0, state, features[i], logits);
        for (unsigned word = 0; word < ${scratch}; word++) {
            image_write_hex((uint32_t)state[word]);
        }
        for (unsigned out = 0; out < ${outputsOf(program)}; out++) {
            image_write_hex((uint32_t)logits[out]);
        }
        image_write("\\n");
    }
}
`;
}

const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');

/** What the image writes, by the reference. */
function expected(program: Program, features: Int16Array, steps: number): string {
  const { scratch, outputs } = stateLayout(program);
  const inputs = inputsOf(program);
  const network = new Network(program);
  const halfwords = new Int16Array(2 * scratch);
  let text = '';
  for (let step = 0; step < steps; step++) {
    network.step(features.subarray(step * inputs, (step + 1) * inputs));
    outputs.forEach((offset, i) => {
      if (offset !== null) halfwords.set(network.outputs[i] ?? [], offset);
    });
    text += Array.from(new Int32Array(halfwords.buffer), hex).join('');
    text += `${Array.from(network.logits, hex).join('')}\n`;
  }
  return text;
}

function compare(program: Program, features: Int16Array, steps: number): void {
  const image = buildImage({
    sources: [
      { name: 'driver.c', text: driver(program, features, steps) },
      { name: 'model_step.S', text: generateUnrolled(program, { effort: 2e4 }).assembly },
      { name: 'egru_cell_fast_m0.S', text: runtimeText('egru_cell_fast_m0.S') },
    ],
    calls: ['steps'],
    include: runtimeFolders(),
  });
  const wanted = expected(program, features, steps);
  expect(runInQemu(image)).toBe(wanted);
  expect(runInEmulator(image).output).toBe(wanted);
}

describe.skipIf(lacking('arm', 'qemu'))(
  'in QEMU and in the emulator (needs gcc-arm-none-eabi and qemu-system-arm)',
  () => {
    test.each(specs(6, 77, { maxWidth: 48, maxSteps: 3 }))('%o', (spec) => {
      compare(programOf(spec), featuresOf(spec), spec.steps);
    });

    test('the bundled model', () => {
      const random = new Random(2);
      const steps = 12;
      const features = Int16Array.from({ length: 64 * steps }, () =>
        random.between(0, random.between(1, 32767)),
      );
      compare(loadProgram(packagePath('models', 'spoken-digits')), features, steps);
    });
  },
);
