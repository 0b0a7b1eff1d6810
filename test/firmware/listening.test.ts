// SPDX-License-Identifier: Apache-2.0
/**
 * Sound through every kind of microphone, on the whole emulated board: events equal the reference's, nothing is lost.
 */

import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { streamProgram } from '../../compiler/core/quant/detect.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { decimated, soundFor } from '../../compiler/machines/emulated/sound.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { CHIP } from '../support/chip-facts.ts';

const folder = packagePath('models', 'spoken-digits');
const program = streamProgram(loadProgram(folder), 'spoken-digits');

/** Some words with silence between them. */
function words(count: number): Int16Array {
  const files = readdirSync(packagePath('models', 'spoken-digits', 'samples'))
    .sort()
    .slice(0, count);
  return Int16Array.from(
    files.flatMap((file) => [
      ...readWav(packagePath('models', 'spoken-digits', 'samples', file), 8000).samples,
      ...new Int16Array(3000),
    ]),
  );
}

describe.each([
  ['feather_m0', 'i2s', false],
  ['circuitplay_express', 'pdm', true],
  ['trinket_m0', 'adc', true],
] as const)('%s with %s, USB %s', (name, mic, usb) => {
  const board = boards[name];
  const microphone = findMicrophone(board, mic);
  let firmware: Firmware;
  beforeAll(async () => {
    firmware = await buildFirmware(program, { board, microphone, kernel: 'unrolled' });
  });

  it('detects what the reference detects, and loses nothing', async () => {
    const pcm = soundFor(mic, { samples: words(4), sampleRate: 8000 });
    const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone, usb });
    const said = { uart: '', usb: '' };
    device.onUart = (bytes) => {
      said.uart += Buffer.from(bytes).toString('latin1');
    };
    device.onUsb = (bytes) => {
      said.usb += Buffer.from(bytes).toString('latin1');
    };
    device.playPcm(pcm);
    while (!device.silent) device.run(10);
    const [expected] = await new ReferenceExecutor(program).listen([decimated(mic, pcm)], false);
    const lines = (expected?.events ?? []).map(
      ({ label, sample, score }) => `event ${label} ${sample} ${score}`,
    );
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(said.uart).toBe(`ok egru ready\n${lines.map((line) => `${line}\n`).join('')}`);
    if (usb) expect(said.usb).toBe(lines.map((line) => `${line}\n`).join(''));

    said.uart = '';
    device.send(Buffer.from('stats\n'));
    device.run(20);
    const stats =
      /^ok stats frames (\d+) overruns 0 dropped 0 cycles (\d+) (\d+) (\d+) stack (\d+) of 2048 reset power-on\n$/;
    const [, frames, least, mean, most, stack] = (stats.exec(said.uart) ?? []).map(Number);
    expect(frames).toBeGreaterThanOrEqual(expected?.steps ?? Infinity);
    expect(least).toBeLessThan(mean ?? 0);
    expect(mean).toBeLessThan(most ?? 0);
    // What the firmware finds painted over is what the emulator has seen, and the proof covers both. The deepest function
    // may have reserved words that it never wrote: a frame's padding, at most one double word (AAPCS, 6.2.1.2).
    const reached = 0x20007ff8 - device.chip.lowestStack;
    expect(stack).toBeLessThanOrEqual(reached);
    expect(stack).toBeGreaterThanOrEqual(reached - 8);
    expect(reached).toBeLessThanOrEqual(firmware.stack.worst);
    expect(firmware.ram + firmware.stack.worst).toBeLessThanOrEqual(8192);
    expect(device.load).toBeLessThan(mic === 'pdm' ? 0.15 : 0.08);
  });

  it('sends the sound at the microphone, block by block', () => {
    const pcm = soundFor(mic, { samples: words(1), sampleRate: 8000 });
    const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone, usb });
    const bytes: number[] = [];
    device.run(usb ? 300 : 20); // a USB host takes its time
    device.send(Buffer.from('listen off\n'));
    device.run(5);
    if (usb) device.onUsb = (piece) => bytes.push(...piece);
    else device.onUart = (piece) => bytes.push(...piece);
    device.playPcm(pcm);
    device.send(Buffer.from('record on\n'));
    while (!device.silent) device.run(10);
    const sent = Buffer.from(bytes);
    const samples: number[] = [];
    let at = sent.indexOf('pcm 0\n');
    for (let block = 0; ; block++) {
      const head = `pcm ${block}\n`;
      if (at + head.length + 68 > sent.length) break;
      expect(sent.subarray(at, at + head.length).toString()).toBe(head);
      for (let i = 0; i < 32; i++) samples.push(sent.readInt16LE(at + head.length + 2 * i));
      at += head.length + 68;
    }
    expect(samples.length).toBeGreaterThan(6000);
    const reference = decimated(mic, pcm).subarray(0, samples.length);
    expect(samples.slice(0, reference.length)).toEqual([...reference]);
  });
});
