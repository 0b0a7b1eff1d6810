// SPDX-License-Identifier: Apache-2.0
/** The image that is flashed, on the emulated chip, against the reference simulator. */

import { describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { keepsOutputs } from '../../compiler/core/program/layout.ts';
import { ChipExecutor, chipImage } from '../../compiler/machines/execute/chip.ts';
import { ChipMachine } from '../../compiler/machines/execute/chip-machine.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { sealRegion } from '../../compiler/machines/image/region.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { MODEL_START } from '../support/chip-facts.ts';
import { featuresOf, type ProgramSpec, programOf, specs } from '../support/random-program.ts';
import { toyProgram, toySteps } from '../support/toy.ts';

const toyClip = Int16Array.from(toySteps.flatMap(({ x }) => x));

describe('the chip', () => {
  it('computes what the independent implementation computed', async () => {
    const chip = await ChipExecutor.create(toyProgram(), { kernel: 'packed' });
    const [result] = await chip.run([toyClip], true);
    expect([...(result?.trace ?? [])]).toEqual(
      toySteps.flatMap(({ x, h, logits }) => [...x, ...h, ...logits]),
    );
    expect([...(result?.logits ?? [])]).toEqual(toySteps.flatMap(({ logits }) => logits));
    const untraced = await chip.run([toyClip], false);
    expect(untraced).toEqual([{ ...result, trace: null }]);
    await chip.close();
  });

  // Built, compiled and run one after the other: about half a second each.
  const sample: ProgramSpec[] = specs(12, 2024);
  it.each(sample.map((spec, index) => [index, spec] as const))(
    'equals the reference on random program %i',
    async (_, spec) => {
      const program = programOf(spec);
      const samples = featuresOf(spec);
      const chip = await ChipExecutor.create(program, { kernel: 'packed' });
      const clips = [samples, samples.subarray(0, samples.length / 2)].map((s, i) => ({
        file: `clip ${i}`,
        samples: s,
      }));
      const report = await verify(program, clips, new ReferenceExecutor(program), [chip]);
      expect(report).toMatchObject({ clips: 2, differences: 0, first: null });
      const { statistics, firmware } = chip;
      expect(statistics.step.calls).toBe(report.steps);
      expect(statistics.stack).toBeLessThanOrEqual(firmware.stack.worst);
      // The deepest path is the step's, and every run takes it.
      expect(firmware.stack.thread - statistics.stack).toBeLessThan(128);
      await chip.close();
    },
  );

  it('covers every kind of layer and readout in that sample', () => {
    const programs = sample.map(programOf);
    const kinds = new Set(
      programs.flatMap((p) => p.layers.map((layer) => `${layer.type} ${keepsOutputs(layer)}`)),
    );
    expect([...kinds].sort()).toEqual(['dense false', 'dense true', 'egru true']);
    expect(new Set(programs.map(({ readout }) => readout?.rule ?? null))).toEqual(
      new Set(['sum', 'last', null]),
    );
  });

  it('counts cycles exactly and repeatably', async () => {
    const chip = await ChipExecutor.create(toyProgram(), { kernel: 'packed' });
    await chip.run([toyClip], false);
    const once = chip.statistics;
    await chip.run([toyClip, toyClip], true);
    const thrice = chip.statistics;
    expect(thrice.step.calls).toBe(3 * once.step.calls);
    expect(thrice.step.cycles).toBe(3 * once.step.cycles);
    expect(thrice.step.cyclesMax).toBe(once.step.cyclesMax);
    expect(thrice.stack).toBe(once.stack);
    expect(once.step.lines).toBeGreaterThan(0);
    expect(once.step.lines).toBeLessThan(once.step.cycles);
  });

  it('gives the same results on a machine that only measures', async () => {
    const chip = await ChipExecutor.create(toyProgram(), { kernel: 'packed' });
    const machine = chip.machine();
    const traced = machine.runClip(toyClip, true);
    const cycles = machine.statistics.step.cycles;
    machine.restartStatistics();
    const hashed = machine.measureClip(toyClip, 'hash');
    expect(machine.statistics.step.cycles).toBe(cycles);
    expect(hashed.label).toBe(traced.label);
    expect(
      machine.measureClip(
        toyClip.map((v) => v + 1),
        'hash',
      ).crc,
    ).not.toBe(hashed.crc);
    expect(machine.measureClip(toyClip, 'hash').crc).toBe(hashed.crc);
  });

  it('runs many clips on worker threads or here, in order', async () => {
    const chip = await ChipExecutor.create(toyProgram(), { kernel: 'packed' });
    const clips = Array.from({ length: 20 }, (_, i) => toyClip.subarray(0, 2 * (1 + (i % toySteps.length))));
    const seen: number[] = [];
    const results = await chip.run(clips, true, (index) => seen.push(index));
    expect(results).toEqual(await new ReferenceExecutor(toyProgram()).run(clips, true));
    expect(seen.sort((a, b) => a - b)).toEqual(clips.map((_, i) => i));
    expect(chip.statistics.step.calls).toBe(results.reduce((sum, { steps }) => sum + steps, 0));
  });

  it('refuses an image that holds another program', async () => {
    const firmware = await buildFirmware(toyProgram({ name: 'other' }), {
      board: boards.arduino_zero,
      kernel: 'packed',
    });
    expect(() => new ChipMachine(chipImage(toyProgram(), firmware))).toThrow(/holds another program/);
  });

  it('finds a weight that was changed in the image, by the checksum or by its results', async () => {
    const chip = await ChipExecutor.create(toyProgram(), { kernel: 'packed' });
    const image = chipImage(toyProgram(), chip.firmware);
    const bin = Uint8Array.from(image.bin);
    const at = (chip.firmware.symbols.get('layer1_codes') ?? 0) - image.address;
    bin[at] = (bin[at] ?? 0) ^ 4;
    expect(() => new ChipMachine({ ...image, bin })).toThrow('the model is damaged: its checksum is wrong');
    const region = MODEL_START - image.address;
    bin.set(sealRegion(bin.subarray(region), 0), region);
    const expected = chip.machine().runClip(toyClip, true);
    expect(new ChipMachine({ ...image, bin }).runClip(toyClip, true).trace).not.toEqual(expected.trace);
  });
});
