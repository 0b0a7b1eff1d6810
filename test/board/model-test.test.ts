// SPDX-License-Identifier: Apache-2.0
/** The part of `egru selftest` that needs no microphone, on a board that is well and on some that answer otherwise. */
import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { streamProgram } from '../../compiler/core/quant/detect.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { identify } from '../../compiler/machines/device/identity.ts';
import { type ModelTest, modelFailures, testModel } from '../../compiler/machines/device/model-test.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { imageDigest } from '../../compiler/machines/image/image-digest.ts';
import { CHIP } from '../support/chip-facts.ts';
import { emulatedLink } from '../support/emulated-link.ts';

const board = boards.feather_m0;
const microphone = findMicrophone(board, 'i2s');
const program = streamProgram(loadProgram(packagePath('models', 'spoken-digits')), 'spoken-digits');
const firmware = await buildFirmware(program, { board, microphone, kernel: 'unrolled' });

/** Of the model. */
const PAGES = Math.ceil(firmware.model.length / 64);

interface Conditions {
  readonly update?: boolean;
  /** What the way does to the text from the board. */
  readonly change?: (text: string) => string;
}

async function tested({ update = false, change = (text) => text }: Conditions = {}) {
  const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone });
  const changes: string[] = [];
  device.chip.onFlashChange = ({ command }) => changes.push(command);
  const kept: Uint8Array[] = [];
  device.run(100);
  const link = emulatedLink(device, {
    change: (bytes) => Buffer.from(change(Buffer.from(bytes).toString('latin1')), 'latin1'),
  });
  await link.sync();
  await link.ask('listen off');
  const { model } = await identify(link);
  if (model === null) throw new Error('no model');
  const report = await testModel(link, [board, microphone], model, {
    ...{ update, signal: new AbortController().signal },
    keep: (region) => `kept${kept.push(region)}.bin`,
  });
  return { report, changes, kept, failures: modelFailures(report, board) };
}

const inBounds = ({ timing }: ModelTest) => timing?.network.cycles === timing?.network.least;

describe('a board', () => {
  it('that is well, whose model is replaced and put back', async () => {
    const { report, changes, kept, failures } = await tested({ update: true });
    expect(failures).toEqual([]);
    expect(report.flash).toEqual({
      ...{ waitStates: 1, settings: '00000382' },
      image: imageDigest(firmware.bin),
    });
    expect(report.golden).toEqual({ steps: 8, difference: null });
    // The emulated board has no wait states: its counter has the lower bound, to the cycle.
    for (const { cycles, least, most } of Object.values(report.timing ?? {})) {
      expect(cycles).toBe(least);
      expect(most).toBeGreaterThan(1.1 * least);
      expect(cycles).toBeGreaterThan(8 * 5000);
    }
    expect(report.updated).toBe(true);
    expect(changes.length).toBeGreaterThanOrEqual(2 * PAGES);
    expect(kept).toEqual([]);
  });

  it('with other integers, cycles and flash settings', async () => {
    const { report, failures } = await tested({
      change: (text) =>
        text
          .replace(/(?<= vectors )[0-9a-f]{4}/, '0123')
          .replace(/^ok nvm \w+$/m, 'ok nvm 00000080')
          .replace(/^cycles ([3-6]) (\d+) \d+$/gm, 'cycles $1 $2 99999'),
    });
    expect(inBounds(report)).toBe(false);
    expect(failures).toEqual([
      'the flash has 0 wait states, not 1',
      expect.stringMatching(/^the golden vectors differ: another digest$/),
      expect.stringMatching(/^the network took \d+ cycles, the emulated chip between \d+ and \d+$/),
    ]);
  });

  it('that refuses the model which it had', async () => {
    let ends = 0;
    const trial = tested({
      update: true,
      change: (text) => (text === 'ok\n' && ++ends > PAGES + 100 ? 'error no\n' : text),
    });
    await expect(trial).rejects.toThrow(
      /"error no" to "update page \d+"; the board has no model now; its model is kept: egru flash kept1\.bin --board feather_m0 --model-only/,
    );
  });
});
