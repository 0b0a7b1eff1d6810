// SPDX-License-Identifier: Apache-2.0
/** Every register of the emulated blocks against the table of facts: reset value, and which bits there are. */
import { expect, it } from 'vitest';
import { ChipFault, type Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { chipWith } from '../program.ts';
import { type RegisterFacts, registers } from './table.ts';

const GATES = 0x40000414;
/** Not modelled: a read is a fault. */
const ABSENT = /^(DMAC\.CRC\w+|EVSYS\.INT\w+|ADC\.(WINLT|WINUT|GAINCORR|OFFSETCORR))$/;
/** Its reset value is what the chip is doing, or was given by the factory: flags, locks, fuses. */
const STATE =
  /^(SYSCTRL\.(PCLKSR|INTFLAG|BOD33)|GCLK\.(CLKCTRL|GENCTRL|GENDIV)|NVMCTRL\.(INTFLAG|PARAM|LOCK)|PM\.INTFLAG|WDT\.(CONFIG|EWCTRL))$/;

/** A write does something, or reaches another register: it does not read back. */
const ACTS =
  /\.(INT\w*|SWTRIG\w*|NMIFLAG|CLEAR|CH\w+|WRCONFIG|STATUS|READREQ|DFLLSYNC|CTRLBCLR|(DIR|OUT)(SET|CLR|TGL)|EP\w+|DATA\d?)$/;

const SWRST = /\.CTRLA?$/;

/** As after a reset, with every bus clock on. */
function begin(chip: Samd21): void {
  chip.reset();
  for (const [i, mask] of [0x7f, 0x7f, 0x7f, 0x1f3fff].entries()) chip.writeUint32(GATES + 4 * i, mask);
}

const read = (chip: Samd21, { address, size }: RegisterFacts): number => {
  if (size === 1) return chip.readUint8(address);
  return size === 2 ? chip.readUint16(address) : chip.readUint32(address) >>> 0;
};

/** false: the model refuses it. */
function write(chip: Samd21, { address, size }: RegisterFacts, value: number): boolean {
  try {
    if (size === 1) chip.writeUint8(address, value & 0xff);
    else if (size === 2) chip.writeUint16(address, value & 0xffff);
    else chip.writeUint32(address, value >>> 0);
    return true;
  } catch (error) {
    if (error instanceof ChipFault) return false;
    throw error;
  }
}

const hex = (value: number): string => (value >>> 0).toString(16);

/** What is wrong with a register. */
function problems(chip: Samd21, facts: RegisterFacts): string[] {
  const { name, address, size, reset, bits, readOnly } = facts;
  const all = size === 4 ? 0xffffffff : 2 ** (8 * size) - 1;
  const found: string[] = [];
  const demand = (what: string, bad: number): void => {
    if (bad !== 0) found.push(`${name}: ${what} ${hex(bad)}`);
  };
  begin(chip);
  const before = read(chip, facts);
  demand('reads as 1 bits that do not exist:', before & ~bits);
  const gate = address >= GATES && address < GATES + 16;
  if (!STATE.test(name) && !gate) demand('differs from its reset value in', before ^ reset);
  if (write(chip, facts, before | (all & ~bits) | readOnly)) {
    const after = read(chip, facts);
    demand('takes bits that do not exist:', after & ~bits);
    if (!STATE.test(name)) demand('takes bits that are read-only:', (after ^ before) & readOnly);
  }
  if (ACTS.test(name)) return found;
  for (let bit = 0; bit < 8 * size; bit++) {
    const one = (1 << bit) >>> 0;
    if ((bits & ~readOnly & one) === 0 || (bit === 0 && SWRST.test(name))) continue;
    begin(chip);
    const had = read(chip, facts);
    if (write(chip, facts, (had ^ one) >>> 0)) demand('does not take', (read(chip, facts) ^ had ^ one) & one);
  }
  return found;
}

it('the table has every register of the blocks once, and no bit beyond its size', () => {
  expect(new Set(registers.map(({ address, name }) => `${address} ${name}`)).size).toBe(registers.length);
  for (const { name, size, reset, bits, readOnly } of registers) {
    expect(bits, name).toBeLessThan(2 ** (8 * size));
    expect([reset & ~bits, readOnly & ~bits], name).toEqual([0, 0]);
  }
});

const kinds = [...new Set(registers.map(({ name }) => name.replace(/\d?\..*/, '')))];

it.each(kinds)('%s: reset values, and the bits that there are', (kind) => {
  const chip = chipWith([0xe7fe]);
  const own = registers.filter(({ name }) => name.replace(/\d?\..*/, '') === kind);
  const modelled = own.filter(({ name }) => !ABSENT.test(name));
  expect(modelled.flatMap((facts) => problems(chip, facts))).toEqual([]);
  for (const facts of own.filter(({ name }) => ABSENT.test(name))) {
    begin(chip);
    expect(() => read(chip, facts), facts.name).toThrow(/has no register at offset/);
  }
});
