// SPDX-License-Identifier: Apache-2.0
/** How long a write takes between clock domains: DS40001882, 14.3.1.8 and 14.3.2. */
import { expect, it } from 'vitest';
import {
  type Clocked,
  CommonSynchronizer,
  DistributedSynchronizer,
  periodOf,
  syncCycles,
} from '../../../compiler/emulator/peripherals/synchronizer.ts';

/** A core at 48 MHz. */
class Core implements Clocked {
  cycles = 0;
  readonly frequency = 48e6;
  fault(what: string): never {
    throw new Error(what);
  }
  stall(cycles: number): void {
    this.cycles += cycles;
  }
}

it.each([
  [48e6, 9],
  [8e6, 39],
  [32_768, 8793],
  [0, 0],
])('a clock of %i Hz takes %i core cycles', (hertz, cycles) => {
  expect(syncCycles(periodOf(new Core(), hertz))).toBe(cycles);
});

it('a common synchronizer lets the bus stand still, for what goes over as well, and for all while it resets', () => {
  const core = new Core();
  const common = new CommonSynchronizer(core, () => 6);
  common.begin('CC0', 'write');
  expect(common.busy).toBe(true);
  common.beforeWrite(undefined);
  expect(core.cycles).toBe(0);
  common.beforeWrite('write');
  expect([core.cycles, common.busy]).toEqual([39, false]);
  common.begin('CTRLA', 'control');
  common.beforeWrite(undefined);
  expect(core.cycles).toBe(78);
  common.beforeRead('COUNT', 'read-write');
  expect(core.cycles).toBe(117);
});

it('a distributed one answers who does not wait with a bus error, bit by bit', () => {
  const core = new Core();
  const bits = new DistributedSynchronizer(core, 'I2S', 0x42005000);
  bits.begin(0b110, 1);
  expect(bits.busy).toBe(0b110);
  bits.beforeWrite(0b1, 'CTRLA');
  expect(() => bits.beforeWrite(0b10, 'CTRLA')).toThrow('bus fault: I2S.CTRLA written while SYNCBUSY is 0x2');
  core.stall(9);
  expect(bits.busy).toBe(0);
  bits.beforeWrite(0b10, 'CTRLA');
});
