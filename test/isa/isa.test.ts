// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { lacking } from '../support/needs.ts';
import { forms } from './forms.ts';
import { formsSource } from './forms-source.ts';
import { buildImage, runInEmulator, runInQemu, type TestImage } from './image.ts';

function isaImage(dumpForm = -1): TestImage {
  return buildImage({
    sources: [
      fileURLToPath(new URL('./target/driver.c', import.meta.url)),
      { name: 'forms.s', text: formsSource() },
    ],
    calls: ['isa_main'],
    flags: ['-O2', `-DDUMP_FORM=${dumpForm}`],
  });
}

/** The first result in which the two machines differ for one form. */
function firstDifference(form: number): string {
  const image = isaImage(form);
  const expected = runInQemu(image).split('\n');
  const got = runInEmulator(image).output.split('\n');
  const at = expected.findIndex((line, i) => line !== got[i]);
  const head = 'r1       r2       flags    -> r0 r1 r2 r3 r4 r5 r6 r7 apsr sp r11 r12 lr #hash';
  return `${forms[form]?.name}\n${head}\nQEMU ${expected[at]}\nours ${got[at]}`;
}

describe.skipIf(lacking('arm', 'qemu'))(
  'instruction set (needs gcc-arm-none-eabi and qemu-system-arm)',
  () => {
    it('every form gives the values that QEMU gives', () => {
      const image = isaImage();
      const expected = runInQemu(image).trim().split('\n');
      const { output } = runInEmulator(image);
      const got = output.trim().split('\n');
      expect(expected).toHaveLength(forms.length);
      expect(got).toHaveLength(forms.length);
      const different = expected.flatMap((line, i) => (line === got[i] ? [] : [i]));
      if (different.length > 0)
        expect.fail(
          `${different.length} of ${forms.length} forms differ. ${different.slice(0, 3).map(firstDifference).join('\n')}`,
        );
      const executions = got.reduce((sum, line) => sum + Number(line.split(' ')[2]), 0);
      expect(executions).toBeGreaterThan(1_000_000);
    });
  },
);
