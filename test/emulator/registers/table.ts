// SPDX-License-Identifier: Apache-2.0
/**
 * The registers of the blocks that the emulator models, written down apart from it: facts of the SAM D21 data sheet
 * (DS40001882) and of the public SVD of the ATSAMD21G18A (version D). A line has name, offset, size in bytes, reset
 * value, the bits that exist, and those of them that no write changes; numbers other than the size are hexadecimal. The
 * SVD alone has 2 as the reset value of TC.CTRLBCLR, a bit that it does not have.
 */
export interface RegisterFacts {
  readonly name: string;
  readonly address: number;
  readonly size: 1 | 2 | 4;
  readonly reset: number;
  readonly bits: number;
  readonly readOnly: number;
}

/** Base addresses of every block of a kind. */
const BASES: Readonly<Record<string, readonly number[]>> = {
  ...{ PM: [0x40000400], SYSCTRL: [0x40000800], GCLK: [0x40000c00], WDT: [0x40001000], EIC: [0x40001800] },
  ...{ NVMCTRL: [0x41004000], PORT: [0x41004400, 0x41004480], DMAC: [0x41004800], USB: [0x41005000] },
  ...{ EVSYS: [0x42000400], SERCOM: [0, 1, 2, 3, 4, 5].map((n) => 0x42000800 + 0x400 * n) },
  ...{ TC: [0x42002c00, 0x42003000, 0x42003400], ADC: [0x42004000], I2S: [0x42005000] },
};

const BLOCKS: Readonly<Record<string, string>> = {
  PM: `
    CTRL 00 1 0 4
    SLEEP 01 1 0 3
    CPUSEL 08 1 0 7
    APBASEL 09 1 0 7
    APBBSEL 0a 1 0 7
    APBCSEL 0b 1 0 7
    AHBMASK 14 4 7f 7f
    APBAMASK 18 4 7f 7f
    APBBMASK 1c 4 7f 7f
    APBCMASK 20 4 10000 1f3fff
    INTENCLR 34 1 0 1
    INTENSET 35 1 0 1
    INTFLAG 36 1 0 1
    RCAUSE 38 1 1 77 77
  `,
  SYSCTRL: `
    INTENCLR 00 4 0 38fff
    INTENSET 04 4 0 38fff
    INTFLAG 08 4 0 38fff
    PCLKSR 0c 4 0 38fff 38fff
    XOSC 10 2 80 ffc6
    XOSC32K 14 2 80 17fe
    OSC32K 18 4 3f0080 7f17ce
    OSCULP32K 1c 1 1f 9f
    OSC8M 20 4 87070382 cfff03c2
    DFLLCTRL 24 2 80 ffe
    DFLLVAL 28 4 0 ffffffff ffff0000
    DFLLMUL 2c 4 0 ffffffff
    DFLLSYNC 30 1 0 80
    BOD33 34 4 0 3ff35e
    VREG 3c 2 0 2040
    VREF 40 4 0 7ff0006
    DPLLCTRLA 44 1 80 c2
    DPLLRATIO 48 4 0 f0fff
    DPLLCTRLB 4c 4 0 7ff173f
    DPLLSTATUS 50 1 0 f f
  `,
  GCLK: `
    CTRL 00 1 0 1
    STATUS 01 1 0 80 80
    CLKCTRL 02 2 0 cf3f
    GENCTRL 04 4 0 3f1f0f
    GENDIV 08 4 0 ffff0f
  `,
  WDT: `
    CTRL 00 1 0 86
    CONFIG 01 1 bb ff
    EWCTRL 02 1 b f
    INTENCLR 04 1 0 1
    INTENSET 05 1 0 1
    INTFLAG 06 1 0 1
    STATUS 07 1 0 80 80
    CLEAR 08 1 0 ff
  `,
  EIC: `
    CTRL 00 1 0 3
    STATUS 01 1 0 80 80
    NMICTRL 02 1 0 f
    NMIFLAG 03 1 0 1
    EVCTRL 04 4 0 ffff
    INTENCLR 08 4 0 ffff
    INTENSET 0c 4 0 ffff
    INTFLAG 10 4 0 ffff
    WAKEUP 14 4 0 ffff
    CONFIG0 18 4 0 ffffffff
    CONFIG1 1c 4 0 ffffffff
  `,
  NVMCTRL: `
    CTRLA 00 2 0 ff7f
    CTRLB 04 4 0 7039e
    PARAM 08 4 0 7ffff 7ffff
    INTENCLR 0c 1 0 3
    INTENSET 10 1 0 3
    INTFLAG 14 1 0 3 1
    STATUS 18 2 0 11f 101
    ADDR 1c 4 0 3fffff
    LOCK 20 2 0 ffff ffff
  `,
  PORT: `
    DIR 00 4 0 ffffffff
    DIRCLR 04 4 0 ffffffff
    DIRSET 08 4 0 ffffffff
    DIRTGL 0c 4 0 ffffffff
    OUT 10 4 0 ffffffff
    OUTCLR 14 4 0 ffffffff
    OUTSET 18 4 0 ffffffff
    OUTTGL 1c 4 0 ffffffff
    IN 20 4 0 ffffffff ffffffff
    CTRL 24 4 0 ffffffff
    WRCONFIG 28 4 0 df47ffff
    PMUX 30 1 0 ff
    PINCFG 40 1 0 47
  `,
  DMAC: `
    CTRL 00 2 0 f07
    CRCCTRL 02 2 0 3f0f
    CRCDATAIN 04 4 0 ffffffff
    CRCCHKSUM 08 4 0 ffffffff
    CRCSTATUS 0c 1 0 3 2
    DBGCTRL 0d 1 0 1
    QOSCTRL 0e 1 15 3f
    SWTRIGCTRL 10 4 0 fff
    PRICTRL0 14 4 0 8f8f8f8f
    INTPEND 20 2 0 e70f e000
    INTSTATUS 24 4 0 fff fff
    BUSYCH 28 4 0 fff fff
    PENDCH 2c 4 0 fff fff
    ACTIVE 30 4 0 ffff9f0f ffff9f0f
    BASEADDR 34 4 0 ffffffff
    WRBADDR 38 4 0 ffffffff
    CHID 3f 1 0 f
    CHCTRLA 40 1 0 3
    CHCTRLB 44 4 0 3c03f7f
    CHINTENCLR 4c 1 0 7
    CHINTENSET 4d 1 0 7
    CHINTFLAG 4e 1 0 7
    CHSTATUS 4f 1 0 7 7
  `,
  EVSYS: `
    CTRL 00 1 0 11
    CHANNEL 04 4 0 f7f010f
    USER 08 2 0 1f1f
    CHSTATUS 0c 4 f00ff f0fffff f0fffff
    INTENCLR 10 4 0 f0fffff
    INTENSET 14 4 0 f0fffff
    INTFLAG 18 4 0 f0fffff
  `,
  USB: `
    CTRLA 00 1 0 87
    SYNCBUSY 02 1 0 3 3
    QOSCTRL 03 1 5 f
    CTRLB 08 2 1 fff
    DADD 0a 1 0 ff
    STATUS 0c 1 40 cc cc
    FSMSTATUS 0d 1 1 7f 7f
    FNUM 10 2 0 bfff bfff
    INTENCLR 14 2 0 3ff
    INTENSET 18 2 0 3ff
    INTFLAG 1c 2 0 3ff
    EPINTSMRY 20 2 0 ff ff
    DESCADD 24 4 0 ffffffff
    PADCAL 28 2 0 77df
    EPCFG 100 1 0 f7
    EPSTATUSCLR 104 1 0 f7
    EPSTATUSSET 105 1 0 f7
    EPSTATUS 106 1 0 f7 f7
    EPINTFLAG 107 1 0 7f
    EPINTENCLR 108 1 0 7f
    EPINTENSET 109 1 0 7f
  `,
  SERCOM: `
    CTRLA 00 4 0 7ff3e19f
    CTRLB 04 4 0 32747
    BAUD 0c 2 0 ffff
    RXPL 0e 1 0 ff
    INTENCLR 14 1 0 bf
    INTENSET 16 1 0 bf
    INTFLAG 18 1 0 bf 5
    STATUS 1a 2 0 3f 8
    SYNCBUSY 1c 4 0 7 7
    DATA 28 2 0 1ff
    DBGCTRL 30 1 0 1
  `,
  TC: `
    CTRLA 00 2 0 3f6f
    READREQ 02 2 0 c01f
    CTRLBCLR 04 1 0 c5
    CTRLBSET 05 1 0 c5
    CTRLC 06 1 0 33
    DBGCTRL 08 1 0 1
    EVCTRL 0a 2 0 3137
    INTENCLR 0c 1 0 3b
    INTENSET 0d 1 0 3b
    INTFLAG 0e 1 0 3b
    STATUS 0f 1 8 98 98
    COUNT 10 2 0 ffff
    CC0 18 2 0 ffff
    CC1 1a 2 0 ffff
  `,
  ADC: `
    CTRLA 00 1 0 7
    REFCTRL 01 1 0 8f
    AVGCTRL 02 1 0 7f
    SAMPCTRL 03 1 0 3f
    CTRLB 04 2 0 73f
    WINCTRL 08 1 0 7
    SWTRIG 0c 1 0 3
    INPUTCTRL 10 4 0 fff1f1f
    EVCTRL 14 1 0 33
    INTENCLR 16 1 0 f
    INTENSET 17 1 0 f
    INTFLAG 18 1 0 f
    STATUS 19 1 0 80 80
    RESULT 1a 2 0 ffff ffff
    WINLT 1c 2 0 ffff
    WINUT 20 2 0 ffff
    GAINCORR 24 2 0 fff
    OFFSETCORR 26 2 0 fff
    CALIB 28 2 0 7ff
    DBGCTRL 2a 1 0 1
  `,
  I2S: `
    CTRLA 00 1 0 3f
    CLKCTRL0 04 4 0 fffd19ff
    CLKCTRL1 08 4 0 fffd19ff
    INTENCLR 0c 2 0 3333
    INTENSET 10 2 0 3333
    INTFLAG 14 2 0 3333
    SYNCBUSY 18 2 0 33f 33f
    SERCTRL0 20 4 0 7fff7bf
    SERCTRL1 24 4 0 7fff7bf
    DATA0 30 4 0 ffffffff
    DATA1 34 4 0 ffffffff
  `,
};

/** PORT's bytes for pairs of pins and for pins, and the registers of the other endpoints. */
const COPIES: Readonly<Record<string, { readonly count: number; readonly step: number }>> = {
  ...{ 'PORT.PMUX': { count: 16, step: 1 }, 'PORT.PINCFG': { count: 32, step: 1 } },
};
const ENDPOINTS = { count: 8, step: 0x20 };

export const registers: readonly RegisterFacts[] = Object.entries(BLOCKS).flatMap(([block, lines]) =>
  (BASES[block] ?? []).flatMap((base, i, all) =>
    lines
      .trim()
      .split('\n')
      .flatMap((line) => {
        const [name = '', offset = '', size = '', ...more] = line.trim().split(' ');
        const [reset = 0, bits = 0, readOnly = 0] = more.map((word) => Number.parseInt(word, 16));
        const endpoint = block === 'USB' && /^EP(?!INTSMRY)/.test(name);
        const { count, step } = endpoint ? ENDPOINTS : (COPIES[`${block}.${name}`] ?? { count: 1, step: 0 });
        return Array.from({ length: count }, (_, n) => ({
          name: `${block}${all.length > 1 ? i : ''}.${name}${count > 1 ? n : ''}`,
          address: base + Number.parseInt(offset, 16) + n * step,
          size: Number(size) as 1 | 2 | 4,
          ...{ reset, bits, readOnly },
        }));
      }),
  ),
);
