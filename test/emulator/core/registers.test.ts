// SPDX-License-Identifier: Apache-2.0
/** What all blocks of registers have in common. */
import { describe, expect, it } from 'vitest';
import { chipWith } from '../program.ts';

const PM_APBCMASK = 0x40000420;
const SYSCTRL = 0x40000800;

describe('register blocks', () => {
  it('registers take bytes, halfwords and words; reserved bytes behind a register read as zero', () => {
    const chip = chipWith([0xe7fe]);
    chip.writeUint32(PM_APBCMASK, 0x0f1234);
    expect([0, 1, 2].map((i) => chip.readUint8(PM_APBCMASK + i))).toEqual([0x34, 0x12, 0x0f]);
    chip.writeUint8(PM_APBCMASK + 1, 0xab);
    // Bit 15 is that of a timer, TC7, which this chip lacks.
    expect(chip.readUint16(PM_APBCMASK)).toBe(0x2b34);
    expect(chip.readUint32(SYSCTRL + 0x14)).toBe(0x0080);
  });
});
