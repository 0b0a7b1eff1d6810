// SPDX-License-Identifier: Apache-2.0
/**
 * System Control Space: SysTick, NVIC and system control block. Armv6-M Architecture Reference Manual DDI 0419, B3.2
 * to B3.4; CPUID from the Cortex-M0+ TRM DDI 0484C, the number of lines from DS40001882, "Interrupt Line Mapping".
 */
import { describe, expect, it } from 'vitest';
import { cycleAt, HANDLER, IRQ, ISER, withHandler } from '../handlers.ts';
import { chipWith, STACK } from '../program.ts';

const ICER = 0xe000e180;
const ISPR = 0xe000e200;
const ICPR = 0xe000e280;
const IPR = 0xe000e400;
const CSR = 0xe000e010;
const RVR = 0xe000e014;
const CVR = 0xe000e018;
const ICSR = 0xe000ed04;
const VTOR = 0xe000ed08;
const AIRCR = 0xe000ed0c;
const COUNTFLAG = 0x10000;
const PENDSTSET = 0x04000000;

describe('SysTick', () => {
  it('SysTick fires every RVR + 1 cycles; COUNTFLAG is cleared by reading', () => {
    const chip = withHandler([0x3401, 0x4770]); // adds r4, #1
    chip.writeUint32(0xe000e014, 999);
    chip.writeUint32(0xe000e018, 0);
    chip.writeUint32(0xe000e010, 7);
    chip.run(10_500);
    expect(chip.core.registers[4]).toBe(10);
    expect(chip.readUint32(0xe000e010) >>> 16).toBe(1);
    expect(chip.readUint32(0xe000e010) >>> 16).toBe(0);
    const now = chip.readUint32(0xe000e018);
    chip.run(100);
    expect(now - chip.readUint32(0xe000e018)).toBeGreaterThanOrEqual(100);
    expect(now - chip.readUint32(0xe000e018)).toBeLessThan(105);
  });

  it('wraps from 0 to its reload value: one round is RVR + 1 cycles', () => {
    const chip = chipWith([0xe7fe]);
    chip.writeUint32(RVR, 3);
    chip.writeUint32(CVR, 99); // any write clears it
    expect(chip.readUint32(CVR)).toBe(0);
    chip.writeUint32(CSR, 5);
    const seen = Array.from({ length: 6 }, () => {
      chip.run(1); // a branch: two cycles
      return chip.readUint32(CVR);
    });
    expect(seen).toEqual([2, 0, 2, 0, 2, 0]);
  });

  it('without TICKINT it only sets COUNTFLAG; a write of CVR clears that; without ENABLE it stands', () => {
    const chip = withHandler([0x3401, 0x4770]);
    chip.writeUint32(RVR, 99);
    chip.writeUint32(CVR, 0);
    chip.writeUint32(CSR, 5);
    chip.run(250);
    expect(chip.readUint32(ICSR) & PENDSTSET).toBe(0);
    expect(chip.core.registers[4]).toBe(0);
    chip.writeUint32(CVR, 0);
    expect(chip.readUint32(CSR)).toBe(5);
    chip.run(250);
    chip.writeUint32(CSR, 4);
    expect(chip.readUint32(CSR)).toBe(4 | COUNTFLAG);
    const stands = chip.readUint32(CVR);
    chip.run(250);
    expect(chip.readUint32(CVR)).toBe(stands);
    expect(chip.readUint32(CSR)).toBe(4);
  });

  it('a reload value of 0 stops it, and RVR has 24 bits', () => {
    const chip = withHandler([0x3401, 0x4770]);
    chip.writeUint32(RVR, 0xffffffff);
    expect(chip.readUint32(RVR)).toBe(0x00ffffff);
    chip.writeUint32(RVR, 0);
    chip.writeUint32(CVR, 0);
    chip.writeUint32(CSR, 7);
    chip.run(500);
    expect(chip.core.registers[4]).toBe(0);
    expect(chip.readUint32(CSR)).toBe(7);
  });
});

describe('NVIC', () => {
  it('the higher priority runs first and pre-empts', () => {
    const chip = withHandler([0x3401, 0xe7fd], [0x3501, 0x4770]); // IRQ 9 loops, IRQ 10 returns
    chip.writeUint32(ISER, 3 << IRQ);
    chip.writeUint32(0xe000e408, 0x00804000); // IRQ 9 priority 1, IRQ 10 priority 2
    chip.interruptAt(10, IRQ + 1);
    chip.interruptAt(10, IRQ);
    expect(cycleAt(chip, HANDLER)).toBeLessThan(30);
    chip.run(500);
    expect(chip.core.registers[5]).toBe(0); // 10 waits
    chip.writeUint32(0xe000e408, 0x00008000 | 0); // IRQ 9 priority 2, IRQ 10 priority 0
    chip.run(500);
    expect(chip.core.registers[5]).toBe(1); // 10 has pre-empted and returned
    expect(chip.core.IPSR).toBe(16 + IRQ);
  });

  it('PendSV, and ICPR clears what ISPR set', () => {
    const chip = withHandler([0x4770], [0x3501, 0x4770]);
    chip.writeUint32(0xe000ed04, 0x10000000);
    chip.run(100);
    expect(chip.core.registers[5]).toBe(1);
    chip.writeUint32(0xe000e200, 1 << 5);
    expect(chip.readUint32(0xe000e200)).toBe(1 << 5);
    chip.writeUint32(0xe000e280, 1 << 5);
    expect(chip.readUint32(0xe000e200)).toBe(0);
  });

  it('has 28 lines, each enabled, disabled and set pending on its own', () => {
    const chip = chipWith([0xe7fe]);
    for (const [set, clear] of [
      [ISER, ICER],
      [ISPR, ICPR],
    ] as const) {
      chip.writeUint32(set, 0xffffffff);
      expect(chip.readUint32(set)).toBe(0x0fffffff);
      chip.writeUint32(clear, 0x00000f01);
      expect([chip.readUint32(set), chip.readUint32(clear)]).toEqual([0x0ffff0fe, 0x0ffff0fe]);
      chip.writeUint32(set, 0x00000100);
      expect(chip.readUint32(set)).toBe(0x0ffff1fe);
      chip.writeUint32(clear, 0xffffffff);
      expect(chip.readUint32(set)).toBe(0);
    }
  });

  it('a disabled interrupt waits, and runs once it is enabled', () => {
    const chip = withHandler([0x3401, 0x4770]);
    chip.writeUint32(ISPR, 1 << IRQ);
    chip.run(200);
    expect(chip.core.registers[4]).toBe(0);
    chip.writeUint32(ISER, 1 << IRQ);
    chip.run(200);
    expect(chip.core.registers[4]).toBe(1);
    expect(chip.readUint32(ISPR)).toBe(0);
  });

  it('ICPR cannot clear what a peripheral still asks for', () => {
    const chip = chipWith([0xe7fe]);
    chip.setInterrupt(IRQ, true);
    chip.writeUint32(ICPR, 1 << IRQ);
    expect(chip.readUint32(ISPR)).toBe(1 << IRQ);
    chip.setInterrupt(IRQ, false);
    chip.writeUint32(ICPR, 1 << IRQ);
    expect(chip.readUint32(ISPR)).toBe(0);
  });

  it('priorities have two bits, and equal ones go by number', () => {
    const chip = withHandler([0x3401, 0x4770], [0x3501, 0x4770]);
    chip.writeUint32(IPR + 8, 0xffffffff);
    expect(chip.readUint32(IPR + 8)).toBe(0xc0c0c0c0);
    chip.writeUint32(ISPR, 3 << IRQ);
    chip.writeUint32(ISER, 3 << IRQ);
    cycleAt(chip, HANDLER);
    expect(chip.core.registers[5]).toBe(0);
    chip.run(200);
    expect(chip.core.registers[5]).toBe(1);
  });
});

describe('SCB', () => {
  it('reset values', () => {
    const chip = chipWith([0xe7fe]);
    const values: readonly (readonly [name: string, address: number, value: number])[] = [
      ['SYST_CALIB', 0xe000e01c, 0x40000000], // SKEW and no TENMS (silicon errata DS80000760)
      ['SYST_RVR', RVR, 0],
      ['ISER', ISER, 0],
      ['ISPR', ISPR, 0],
      ['IPR0', IPR, 0],
      ['CPUID', 0xe000ed00, 0x410cc601],
      ['ICSR', ICSR, 0],
      ['AIRCR', AIRCR, 0xfa050000],
      ['SCR', 0xe000ed10, 0],
      ['CCR', 0xe000ed14, 0x208], // STKALIGN, UNALIGN_TRP
      ['SHPR2', 0xe000ed1c, 0],
      ['SHPR3', 0xe000ed20, 0],
    ];
    for (const [name, address, value] of values) expect(chip.readUint32(address), name).toBe(value);
    expect(chip.readUint32(CSR) & ~4, 'SYST_CSR but CLKSOURCE').toBe(0);
  });

  it('ICSR shows what would run first, and takes PendSV and SysTick back', () => {
    const chip = withHandler([0xe7fe]);
    chip.writeUint32(ISPR, 1 << IRQ);
    expect(chip.readUint32(ICSR)).toBe(0); // not enabled
    chip.writeUint32(ISER, 1 << IRQ);
    expect(chip.readUint32(ICSR)).toBe(0x00400000 | ((16 + IRQ) << 12));
    chip.writeUint32(ICPR, 1 << IRQ);
    chip.writeUint32(ICSR, 0x10000000 | PENDSTSET);
    expect(chip.readUint32(ICSR)).toBe(0x14000000 | (14 << 12));
    chip.writeUint32(ICSR, 0x08000000);
    expect(chip.readUint32(ICSR)).toBe(PENDSTSET | (15 << 12));
    chip.writeUint32(ICSR, 0x02000000);
    expect(chip.readUint32(ICSR)).toBe(0);
    chip.writeUint32(ICSR, PENDSTSET);
    cycleAt(chip, HANDLER);
    expect(chip.readUint32(ICSR)).toBe(15); // VECTACTIVE
  });

  it('SysTick above PendSV by SHPR3', () => {
    const chip = withHandler([0xe7fe], [0xe7fe]);
    chip.writeUint32(0xe000ed20, 0xffffffff);
    expect(chip.readUint32(0xe000ed20)).toBe(0xc0c00000);
    chip.writeUint32(0xe000ed20, 0x40800000); // SysTick 1, PendSV 2
    chip.writeUint32(ICSR, 0x10000000 | PENDSTSET);
    expect((chip.readUint32(ICSR) >>> 12) & 0x1ff).toBe(15);
    cycleAt(chip, HANDLER);
  });

  it('vectors come from VTOR, which is aligned to 128 bytes', () => {
    const chip = withHandler([0x3401, 0x4770]);
    chip.writeUint32(VTOR, 0x200000ff);
    expect(chip.readUint32(VTOR)).toBe(0x20000080);
    const table = chip.memory.ram8.subarray(0x80);
    new DataView(table.buffer, table.byteOffset).setUint32(4 * (16 + IRQ), 0x2300 | 1, true);
    chip.writeUint32(ISER, 1 << IRQ);
    chip.writeUint32(ISPR, 1 << IRQ);
    cycleAt(chip, 0x2300);
  });

  it('a reset needs its key, and resets NVIC and SysTick', () => {
    const chip = withHandler([0x4770]);
    let resets = 0;
    chip.onSystemReset = () => resets++;
    chip.writeUint32(ISER, 1);
    chip.writeUint32(IPR, 0xc0);
    chip.writeUint32(RVR, 99);
    chip.writeUint32(CSR, 7);
    chip.run(20);
    for (const value of [0x00000004, 0x05fb0004, 0x05fa0000]) chip.writeUint32(AIRCR, value);
    expect(resets).toBe(0);
    expect(chip.readUint32(ISER)).toBe(1);
    chip.writeUint32(AIRCR, 0x05fa0004);
    expect(resets).toBe(1);
    expect([ISER, IPR, CVR].map((address) => chip.readUint32(address))).toEqual([0, 0, 0]);
    expect(chip.readUint32(CSR) & 3).toBe(0);
    chip.writeUint32(RVR, 9);
    chip.run(25);
    expect(chip.readUint32(CVR)).toBe(0);
    expect(chip.readUint32(CSR) & COUNTFLAG).toBe(0);
    expect(chip.core.registers[13]).toBe(STACK);
  });

  it('takes words only', () => {
    const chip = chipWith([0xe7fe]);
    expect(() => chip.writeUint8(ISER, 1)).toThrow(/word accesses only/);
    expect(() => chip.writeUint16(AIRCR, 4)).toThrow(/word accesses only/);
  });
});
