// SPDX-License-Identifier: Apache-2.0
/**
 * Another model through the serial port, and whatever can interrupt that: lost power, bad pages, flash that refuses.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { REGION_STACK, readRegion, sealRegion } from '../../compiler/machines/image/region.ts';
import { APPLICATION_START, CHIP, MODEL_START } from '../support/chip-facts.ts';
import { Desk } from '../support/desk.ts';
import { emulatedLink } from '../support/emulated-link.ts';
import { listener } from '../support/stream-program.ts';

const board = boards.trinket_m0;
const microphone = findMicrophone(board, 'adc');
const old = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });
const other = listener({ frame: 64, hop: 40, seed: 67, last: 'egru' });
const APPLICATION = MODEL_START - APPLICATION_START;

let firmware: Firmware;
let next: Firmware;
beforeAll(async () => {
  const build = (program: typeof old) => buildFirmware(program, { board, microphone, kernel: 'packed' });
  [firmware, next] = await Promise.all([build(old), build(other)]);
});

function start(image: Uint8Array): EmulatedDevice {
  const device = new EmulatedDevice({ chip: CHIP, image, microphone });
  device.run(20);
  return device;
}

/** A board whose greeting is `greeting` takes the new model. */
async function takesModel(image: Uint8Array): Promise<void> {
  const device = start(image);
  const host = emulatedLink(device);
  await host.sync();
  await host.update(next.model);
  expect(await host.ask('info')).toContain(programDigest(other));
}

describe('an update', () => {
  it('replaces the model, which then is the only one', async () => {
    const device = start(firmware.bin);
    const host = emulatedLink(device);
    await host.sync();
    await host.ask('listen off');
    expect(await host.ask('info')).toContain(programDigest(old));
    await host.update(next.model);
    expect(await host.ask('info')).toContain(programDigest(other));
    const region = device.chip.memory.flash8.subarray(MODEL_START, MODEL_START + next.model.length);
    expect(Buffer.compare(region, next.model)).toBe(0);
    // The application is the same, so that all of flash is now what a build of the other model writes.
    expect(Buffer.compare(next.bin.subarray(0, APPLICATION), firmware.bin.subarray(0, APPLICATION))).toBe(0);
  });

  it('leaves the old model, none or the new one, wherever power is lost; and none takes a new one', async () => {
    // What flash holds before every change, and with the half of the change that power lasted for.
    const left: { image: Uint8Array; torn: boolean }[] = [];
    const device = start(firmware.bin);
    const { flash8 } = device.chip.memory;
    device.chip.onFlashChange = ({ address, bytes }) => {
      const whole = flash8.slice(APPLICATION_START);
      left.push({ image: whole, torn: false });
      const half = whole.slice();
      half.set(bytes.subarray(0, bytes.length / 2), address - APPLICATION_START);
      left.push({ image: half, torn: true });
    };
    const host = emulatedLink(device);
    await host.sync();
    await host.update(next.model);
    left.push({ image: flash8.slice(APPLICATION_START), torn: false });
    const changes = Math.ceil(next.model.length / 256) + Math.ceil(next.model.length / 64);
    expect(left).toHaveLength(2 * changes + 1);

    const found: string[] = [];
    for (const [i, { image }] of left.entries()) {
      const desk = new Desk(image, microphone);
      const { said } = desk;
      const info = desk.ask('info\n');
      if (said === 'ok egru ready\n') {
        expect([programDigest(old), programDigest(other)]).toContain(info.slice(-65, -1));
        found.push(info.includes(programDigest(old)) ? 'old' : 'new');
      } else {
        expect(said).toMatch(/^error (no model|the model is damaged: its checksum is wrong)\n$/);
        expect(info).toContain(' defect ');
        found.push('none');
        if (i < 4 || i > left.length - 6 || i % 40 === 0) await takesModel(image);
      }
    }
    expect(found).toEqual(['old', ...Array.from({ length: 2 * changes - 1 }, () => 'none'), 'new']);
  });

  it('that is refused leaves everything as it was', async () => {
    const desk = new Desk(firmware.bin, microphone);
    const tooShort = 'error a model has 256 bytes at least, and no more than its region\n';
    expect(desk.ask('update begin 255\n')).toBe(tooShort);
    expect(desk.ask('update begin 999999\n')).toBe(tooShort);
    expect(desk.ask('output none\n')).toBe('error the microphone is on: listen off comes first\n');
    expect(desk.ask('update page 1 00000000\n')).toBe('error no update is under way\n');
    expect(desk.ask('update end\n')).toBe('error no update is under way\n');
    expect(desk.ask('info\n')).toContain(programDigest(old));
    // Also one that is under way.
    expect(desk.ask('update begin 1024\n', 40)).toBe('ok\n');
    expect(desk.ask('update begin 1\n')).toBe(tooShort);
    expect(desk.ask('update page 3 00000000\n')).toBe('error another page is due\n');
    expect(desk.ask('update end\n')).toBe('error pages are missing\n');
    expect(desk.ask(`update page 1 00000000\n${'\0'.repeat(64)}`)).toBe('error damaged payload\n');
  });

  it('that the flash does not take leaves a board that reports that it has no model', async () => {
    const desk = new Desk(firmware.bin, microphone);
    const { chip } = desk.board;
    chip.hook(firmware.symbols.get('nvm_erase_row') ?? 0, () => {
      chip.core.registers[0] = 0;
      chip.core.registers[15] = (chip.core.registers[14] ?? 0) & ~1;
    });
    expect(desk.ask('update begin 1024\n')).toBe('error the flash cannot be erased\n');
    for (const command of ['reset', 'listen on', 'feed 1 00000000', 'name', 'update page 1 00000000']) {
      expect(desk.ask(`${command}\n`)).toMatch(/^error (no model|no update is under way)\n$/);
    }
    expect(desk.ask('info\n')).toContain(' defect no model\n');
    // The old one was not touched.
    expect(new Desk(chip.memory.flash8.slice(APPLICATION_START), microphone).said).toBe('ok egru ready\n');
  });

  it('with a step that takes more stack than the application leaves is refused', () => {
    expect(
      firmware.stack.worst - (readRegion(firmware.model, MODEL_START)?.stack ?? 0) + REGION_STACK,
    ).toBeLessThan(2048);
    const start = (stack: number): string => {
      const image = Uint8Array.from(firmware.bin);
      image.set(sealRegion(firmware.model, stack), APPLICATION);
      return new Desk(image, microphone).said;
    };
    expect(start(REGION_STACK)).toBe('ok egru ready\n');
    expect(start(REGION_STACK + 1)).toBe('error the model needs more stack than there is\n');
    expect(readRegion(sealRegion(firmware.model, REGION_STACK + 1), MODEL_START)?.damage).toBe(
      'a step uses 1025 bytes of stack, but may use only 1024',
    );
  });
});

describe('answers of a model', () => {
  it('that do not fit a line while it listens are an error, and come once it does not', async () => {
    const name = 'n'.repeat(250);
    const { bin } = await buildFirmware({ ...old, name }, { board, microphone, kernel: 'packed' });
    const desk = new Desk(bin, microphone);
    expect(desk.ask('name\n')).toBe('error the answer is too long: listen off comes first\n');
    expect(desk.ask('stats\n')).toMatch(/ dropped 1 /);
    expect(desk.ask('listen off\n')).toBe('ok\n');
    expect(desk.ask('name\n', 60)).toBe(`ok name ${name}\n`);
  });
});
