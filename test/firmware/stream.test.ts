// SPDX-License-Identifier: Apache-2.0
/** Streams on the emulated chip against the reference; about 10 s. */
import { describe, expect, it } from 'vitest';
import { ChipExecutor } from '../../compiler/machines/execute/chip.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { verifyStreams } from '../../compiler/machines/verify/verify-streams.ts';
import { featuresOf, programOf, specs } from '../support/random-program.ts';
import { bursts, listener, withDetect } from '../support/stream-program.ts';
import { toyProgram } from '../support/toy.ts';

describe('streams on the chip', () => {
  it.each([
    { frame: 128, hop: 128, seed: 114, last: 'dense' },
    { frame: 64, hop: 40, seed: 67, last: 'egru', over: 'band' },
  ] as const)('sound: frame $frame, hop $hop, last layer $last', async (spec) => {
    const program = listener(spec);
    const chip = await ChipExecutor.create(program, { kernel: 'packed' });
    const recordings = [bursts(150 * spec.hop + 777, spec.seed), bursts(500, 2)].map((samples, i) => ({
      file: `sound ${i}`,
      samples,
    }));
    const report = await verifyStreams(program, recordings, new ReferenceExecutor(program), [chip]);
    expect(report).toMatchObject({ differences: 0, first: null });
    expect(report.steps).toBeGreaterThan(150);
    expect(report.events).toBeGreaterThan(0);
    // Without a trace the same events; and clips are classified as before.
    const samples = recordings.map((recording) => recording.samples);
    const expected = await new ReferenceExecutor(program).listen(samples, false);
    expect(await chip.listen(samples, false)).toEqual(expected);
    expect(await chip.run(samples, true)).toEqual(await new ReferenceExecutor(program).run(samples, true));
    expect(chip.statistics.stack).toBeLessThanOrEqual(chip.firmware.stack.worst);
    await chip.close();
  });

  it('takes stream on and off, and nothing else; a model that does not detect has no stream', async () => {
    const chip = await ChipExecutor.create(listener({ frame: 128, hop: 128, seed: 114, last: 'dense' }), {
      kernel: 'packed',
    });
    const machine = chip.machine();
    expect(machine.ask('stream on')).toBe('ok');
    expect(machine.ask('stream off')).toBe('ok');
    for (const text of ['stream', 'stream maybe', 'stream on off']) {
      expect(() => machine.ask(text)).toThrow('error stream takes on or off');
    }
    expect(machine.ask('scores')).toContain('ok steps 0');
    await chip.close();
    const plain = await ChipExecutor.create(toyProgram(), { kernel: 'packed' });
    expect(() => plain.machine().ask('stream on')).toThrow('error the model does not listen to streams');
    await plain.close();
  });

  it('features', async () => {
    for (const spec of specs(2, 78, { maxWidth: 20 })) {
      const program = withDetect(programOf({ ...spec, steps: 60 }), spec.seed);
      const samples = featuresOf({ ...spec, steps: 60 });
      const chip = await ChipExecutor.create(program, { kernel: 'packed' });
      const reference = new ReferenceExecutor(program);
      const report = await verifyStreams(program, [{ file: 'features', samples }], reference, [chip]);
      expect(report).toMatchObject({ differences: 0, steps: 60 });
      await chip.close();
    }
  });
});
