// SPDX-License-Identifier: Apache-2.0
/** Firmware without assembly (EGRU_PORTABLE) on the emulated chip: the same integers, both kernels; about 20 s. */
import { describe, expect, it } from 'vitest';
import { kernelNames } from '../../compiler/codegen/emit/emit.ts';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { lacking } from '../support/needs.ts';
import { bursts, listener } from '../support/stream-program.ts';

const program = listener({ frame: 128, hop: 128, seed: 3, last: 'dense' });

describe.skipIf(lacking('arm')).each(kernelNames)('%s', (kernel) => {
  it('computes the same with assembly and without', async () => {
    const clips = [{ file: 'bursts', samples: bursts(40 * 128, 5) }];
    const assembly = await ChipExecutor.create(program, { kernel, defines: [] });
    const portable = await ChipExecutor.create(program, { kernel, defines: ['EGRU_PORTABLE'] });
    const report = await verify(program, clips, new ReferenceExecutor(program), [assembly, portable]);
    expect(report).toMatchObject({ differences: 0, first: null });
    expect(report.steps).toBeGreaterThanOrEqual(40);
    // Of the routines in assembly, those whose C twins have other names.
    const hot = /^egru_i_(cell_m0|cell_fast_m0|frontend_first_64)$/;
    const own = ({ firmware }: ChipExecutor) => [...firmware.symbols.keys()].filter((name) => hot.test(name));
    expect(own(assembly).length).toBeGreaterThanOrEqual(1);
    expect(own(portable)).toEqual([]);
    await Promise.all([assembly.close(), portable.close()]);
  });
});
