// SPDX-License-Identifier: Apache-2.0
/** Firmware on chips that are not the typical one: oscillators that are off, without a USB host. */
import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../../compiler/boards/boards.ts';
import { streamProgram } from '../../../compiler/core/quant/detect.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { loadProgram } from '../../../compiler/host/load/load-program.ts';
import { EmulatedDevice } from '../../../compiler/machines/emulated/emulated-device.ts';
import { buildFirmware } from '../../../compiler/machines/firmware/firmware.ts';
import { CHIP } from '../../support/chip-facts.ts';

const program = streamProgram(loadProgram(packagePath('models', 'spoken-digits')), 'spoken-digits');
const board = boards.circuitplay_express;
const microphone = findMicrophone(board, 'pdm');
const BAUD = 0x42000800 + 0x400 * board.uart.sercom + 0x0c;

describe('a board without a crystal, on a battery', () => {
  // Open loop at 25 degrees: 46.5 to 49 MHz; OSC8M: 7.94 to 8.06 MHz (data sheet, "Oscillators Characteristics").
  it.each([
    [-0.031, -0.0075],
    [-0.031, 0.0075],
    [0.021, 0.0075],
    [0.021, -0.0075],
  ])(
    'whose DFLL48M is off by %d and whose OSC8M by %d has a clock that all can work with',
    async (dfllError, osc8mError) => {
      const firmware = await buildFirmware(program, { board, microphone, kernel: 'packed' });
      const device = new EmulatedDevice({
        ...{ chip: CHIP, image: firmware.bin, microphone },
        silicon: { dfllError, osc8mError },
      });
      let said = '';
      device.onUart = (bytes) => {
        said += Buffer.from(bytes).toString('latin1');
      };
      device.play({ samples: new Int16Array(800), sampleRate: 8000 }); // refuses a bit clock that is too slow
      device.run(50);
      expect(said).toBe('ok egru ready\n');
      const { chip } = device;
      expect(Math.abs(chip.frequency / 48e6 - 1)).toBeLessThan(0.01);
      const register = chip.readUint16(BAUD);
      const baud = chip.frequency / (16 * ((register & 0x1fff) + (register >>> 13) / 8));
      expect(Math.abs(baud / 115_200 - 1)).toBeLessThan(0.012);
      device.send(Buffer.from('stats\n'));
      device.run(50);
      expect(said).toMatch(/ok stats frames \d+ overruns 0 dropped 0 /);
    },
  );
});
