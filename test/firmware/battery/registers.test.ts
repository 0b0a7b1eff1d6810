// SPDX-License-Identifier: Apache-2.0
/** What firmware writes to registers, on a board of each kind: only bits that exist. Silicon ignores others, or not. */
import { expect, it } from 'vitest';
import { boards, findMicrophone } from '../../../compiler/boards/boards.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { loadProgram } from '../../../compiler/host/load/load-program.ts';
import { EmulatedDevice } from '../../../compiler/machines/emulated/emulated-device.ts';
import { buildFirmware } from '../../../compiler/machines/firmware/firmware.ts';
import { registers } from '../../emulator/registers/table.ts';
import { CHIP } from '../../support/chip-facts.ts';

const program = loadProgram(packagePath('models', 'spoken-digits'));
/** Bits that exist, by the address of each byte; PORT's also behind the core's own bus. */
const existing = new Map<number, number>();
for (const { address, size, bits } of registers) {
  for (let i = 0; i < size; i++) {
    const byte = Math.floor(bits / 2 ** (8 * i)) & 0xff;
    existing.set(address + i, (existing.get(address + i) ?? 0) | byte);
    if (address >>> 8 === 0x410044) existing.set(address - 0x41004400 + 0x60000000 + i, byte);
  }
}

it.each([
  ['feather_m0', 'i2s', true],
  ['arduino_zero', 'adc', true],
  ['circuitplay_express', 'pdm', false],
] as const)('%s with %s', async (name, mic, usb) => {
  const board = boards[name];
  const microphone = findMicrophone(board, mic);
  const firmware = await buildFirmware(program, { board, microphone, kernel: 'packed' });
  const device = new EmulatedDevice({ chip: CHIP, image: firmware.bin, microphone, usb });
  const { chip } = device;
  const seen = new Set<number>();
  const strange: string[] = [];
  const look = (address: number, size: number, value: number): void => {
    if (address < 0x40000000 || address >= 0xe0000000) return;
    for (let i = 0; i < size; i++) {
      const byte = (value >>> (8 * i)) & 0xff;
      const bits = existing.get(address + i) ?? 0;
      seen.add(address + i);
      if ((byte & ~bits) !== 0) strange.push(`${(address + i).toString(16)}: ${byte.toString(16)}`);
    }
  };
  for (const [method, size] of [
    ['writeUint8', 1],
    ['writeUint16', 2],
    ['writeUint32', 4],
  ] as const) {
    const write = chip[method].bind(chip);
    chip[method] = (address: number, value: number) => {
      look(address >>> 0, size, value >>> 0);
      write(address, value);
    };
  }
  device.play({ samples: new Int16Array(4000), sampleRate: 8000 });
  device.run(300);
  device.send(Buffer.from('stats\nupdate begin 64\n'));
  device.run(100);
  device.send(Buffer.from('listen off\nbootloader\n'));
  device.run(50);
  expect(strange).toEqual([]);
  expect(seen.size).toBeGreaterThan(60);
});
