// SPDX-License-Identifier: Apache-2.0
/** Microphones that are stuck, or louder than their scale: a second later the board detects as before. */

import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { valuesPerBlock } from '../../compiler/machines/emulated/sound.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { decimate } from '../microphone/decimate.ts';
import { CHIP } from '../support/chip-facts.ts';
import { RawSound } from '../support/raw-sound.ts';
import { digits, RATE } from '../support/recording.ts';

const { program, keywords } = digits();
/** Some words and the silence after them. */
const words = Int16Array.from(
  keywords.slice(0, 3).flatMap((clip) => [...clip(), ...new Int16Array(RATE / 2)]),
);
const SECONDS = 3;

const wrongs: readonly (readonly [string, (sound: RawSound) => RawSound])[] = [
  ['only zeros', (sound) => sound.zeros(SECONDS)],
  ['a square wave of 3 Hz at full scale', (sound) => sound.square(SECONDS, 3)],
  ['a square wave of 440 Hz at full scale', (sound) => sound.square(SECONDS, 440)],
  ['a square wave of 3,100 Hz at full scale', (sound) => sound.square(SECONDS, 3100)],
];

/** Events of the reference. */
async function expected(sound: RawSound): Promise<{ label: number; sample: number; score: number }[]> {
  const pcm = decimate(sound.microphone, sound.source(), sound.blocks);
  const [result] = await new ReferenceExecutor(program).listen([pcm], false);
  return [...(result?.events ?? [])];
}

describe.each([
  ['xiao_samd21', 'i2s'],
  ['circuitplay_express', 'pdm'],
  ['mkrzero', 'adc'],
] as const)('%s with %s', (name, mic) => {
  const board = boards[name];
  const microphone = findMicrophone(board, mic);
  let firmware: Firmware;
  let undisturbed: Awaited<ReturnType<typeof expected>>;
  beforeAll(async () => {
    firmware = await buildFirmware(program, { board, microphone, kernel: 'unrolled' });
    undisturbed = await expected(new RawSound(mic).silence(SECONDS).silence(1).sound(words));
    expect(undisturbed.length).toBeGreaterThanOrEqual(2);
  });

  it.each(wrongs)('%s', async (_, wrong) => {
    const sound = wrong(new RawSound(mic));
    sound.silence(1);
    const quiet = Math.floor((32 * sound.length) / valuesPerBlock(mic));
    sound.sound(words);
    const events = await expected(sound);
    const after = events.filter(({ sample }) => sample > quiet);
    const places = (list: typeof events) => list.map(({ label, sample }) => ({ label, sample }));
    expect(places(after)).toEqual(places(undisturbed));
    // The constant part that the decimator has learned differs by its rounding.
    after.forEach(({ score }, i) => {
      expect(Math.abs(score - (undisturbed[i]?.score ?? 0))).toBeLessThanOrEqual(2);
    });

    const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone });
    let said = '';
    device.onUart = (bytes) => {
      said += Buffer.from(bytes).toString('latin1');
    };
    const source = sound.source();
    device.chip.microphone = source;
    while (!source.over) device.run(10);
    const lines = events.map(({ label, sample, score }) => `event ${label} ${sample} ${score}\n`);
    expect(said).toBe(`ok egru ready\n${lines.join('')}`);
    said = '';
    device.send(Buffer.from('stats\n'));
    device.run(5);
    expect(said).toMatch(/^ok stats frames \d+ overruns 0 dropped 0 /);
  });
});
