// SPDX-License-Identifier: Apache-2.0
// `node test/tools/bench/emulator-speed.js`: emulated instructions per second of both decoders, on a loop of a kernel's kind.
import { Samd21 } from '../../../build/dist/emulator/samd21/samd21.js';

// Loads, shifts, adds, a multiplication, a store, a branch: twelve instructions in sixteen cycles.
const LOOP = [0x6804, 0x1064, 0x1c6d, 0x192d, 0x4365, 0x1b6d, 0x6845, 0x43ed, 0x3601, 0x6046, 0x2eff, 0xe7f3];
const PER_CYCLE = 12 / 16;
const START = 0x2100;
const DATA = 0x20001000;
const halfwords = (values) => Uint8Array.from(values.flatMap((value) => [value & 255, value >> 8]));
const vectors = [0x4000, 0x2000, START | 1, 0];

for (const [name, reference, cycles] of [
  ['fast loop', false, 3e8],
  ['reference decoder', true, 3e7],
]) {
  const chip = new Samd21({
    segments: [
      { address: 0x2000, bytes: halfwords(vectors) },
      { address: START, bytes: halfwords(LOOP) },
    ],
    vectorTable: 0x2000,
    reference,
  });
  chip.core.registers[0] = DATA;
  chip.run(cycles / 10);
  const start = performance.now();
  chip.run(cycles);
  const rate = (cycles * PER_CYCLE) / (performance.now() - start) / 1e3;
  process.stdout.write(`${name.padEnd(18)} ${rate.toFixed(0).padStart(5)} M instructions/s\n`);
}
