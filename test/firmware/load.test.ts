// SPDX-License-Identifier: Apache-2.0
/**
 * What listening takes of the CPU and of RAM, on every board with every microphone: USB connected and idle, and sound that
 * voice activity never keeps from the network. Cycles are counted, so two runs find the same. About 25 s.
 */
import { describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { streamProgram } from '../../compiler/core/quant/detect.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import {
  firmwareSections,
  listeningLoad,
  recordings,
} from '../../compiler/machines/device/listening-load.ts';
import { buildFirmware } from '../../compiler/machines/firmware/firmware.ts';
import { CAPTURE_SHARE } from '../../compiler/report/measure/energy.ts';

/** Shares of 48 MHz with a cycle for every new line of flash. */
const LIMIT = { i2s: 0.08, adc: 0.08, pdm: 0.15 } as const;
const RAM = 8192;

const folder = packagePath('models', 'spoken-digits');
const program = streamProgram(loadProgram(folder), 'spoken-digits');
const sound = await recordings(packagePath('models', 'spoken-digits', 'samples'));
const pairs = Object.values(boards).flatMap((board) =>
  board.microphones.map(({ name }) => [board.name, name] as const),
);

describe.each(pairs)('%s with %s', (name, mic) => {
  it('keeps within its share of the CPU and its part of RAM', async () => {
    const board = boards[name];
    const microphone = findMicrophone(board, mic);
    const firmware = await buildFirmware(program, { board, microphone, kernel: 'unrolled' });
    const { load, bound, capture, frames } = listeningLoad(firmware, microphone, sound);
    expect(frames).toBeGreaterThanOrEqual(80);
    expect(load).toBeGreaterThan(0.03);
    expect(bound).toBeGreaterThan(load);
    expect(bound).toBeLessThanOrEqual(LIMIT[mic]);
    // The estimate of energy counts with this figure.
    expect(Math.abs(capture - CAPTURE_SHARE[mic])).toBeLessThan(0.001);
    expect(firmware.ram + firmware.stack.worst).toBeLessThanOrEqual(RAM);

    const { application, model } = firmwareSections(firmware);
    expect(application.text + application.data).toBe(firmware.applicationFlash);
    expect(model.text + model.data).toBe(firmware.model.length);
    expect(application.data + application.bss).toBeLessThan(firmware.ram);
  });
});
