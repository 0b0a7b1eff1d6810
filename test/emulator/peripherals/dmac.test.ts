// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Samd21 } from '../../../compiler/emulator/samd21/samd21.ts';
import { connect, DMAC, fastChip, I2S, route } from '../acquisition.ts';
import { DATA, halfwords } from '../program.ts';

const BASE = 0x20000100;
const WRITE_BACK = 0x20000200;
const SPARE = 0x20000300;
const TERR = 1;
const TCMPL = 2;
const SUSP = 4;
const VALID = 1;
const BLOCK_INTERRUPT = 1 << 3;
const BLOCK_SUSPEND = 2 << 3;
const BYTE = 0;
const HALF = 1 << 8;
const WORD = 2 << 8;
const SRCINC = 1 << 10;
const DSTINC = 1 << 11;
const STEP_SOURCE = 1 << 12;
const step = (log2: number): number => log2 << 13;
const TRIGGER_BLOCK = 0;
const TRIGGER_BEAT = 2 << 22;
const TRIGGER_TRANSACTION = 3 << 22;
const SUSPEND = 1 << 24;
const RESUME = 2 << 24;

interface Fields {
  readonly control: number;
  readonly count: number;
  readonly source: number;
  readonly destination: number;
  readonly next?: number;
}

function describeAt(chip: Samd21, address: number, fields: Fields): void {
  chip.writeUint16(address, fields.control);
  chip.writeUint16(address + 2, fields.count);
  chip.writeUint32(address + 4, fields.source);
  chip.writeUint32(address + 8, fields.destination);
  chip.writeUint32(address + 12, fields.next ?? 0);
}

function start(chip: Samd21): Samd21 {
  chip.writeUint32(DMAC + 0x34, BASE);
  chip.writeUint32(DMAC + 0x38, WRITE_BACK);
  chip.writeUint16(DMAC, 0x0f02);
  return chip;
}

const dmaChip = (): Samd21 => start(fastChip());

function enable(chip: Samd21, id: number, control: number): void {
  chip.writeUint8(DMAC + 0x3f, id);
  chip.writeUint32(DMAC + 0x44, control);
  chip.writeUint8(DMAC + 0x4d, 7);
  chip.writeUint8(DMAC + 0x40, 2);
}

const trigger = (chip: Samd21, channels: number): void => chip.writeUint32(DMAC + 0x10, channels);
const flags = (chip: Samd21): number => chip.readUint8(DMAC + 0x4e);
const enabled = (chip: Samd21): boolean => chip.readUint8(DMAC + 0x40) === 2;
const left = (chip: Samd21, id = 0): number => chip.peek16(WRITE_BACK + 16 * id + 2);
const bytes = (chip: Samd21, at: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => chip.peek8(at + i));

function fill(chip: Samd21): void {
  for (let i = 0; i < 64; i++) chip.poke8(DATA + i, 100 + i);
}

describe('DMAC moves', () => {
  it.each([
    ['bytes', BYTE, 1],
    ['half-words', HALF, 2],
    ['words', WORD, 4],
  ] as const)('%s, one per trigger, with both addresses incremented', (_, size, width) => {
    const chip = dmaChip();
    fill(chip);
    const end = { source: DATA + 4 * width, destination: DATA + 0x100 + 4 * width };
    describeAt(chip, BASE, { control: VALID | size | SRCINC | DSTINC | BLOCK_INTERRUPT, count: 4, ...end });
    enable(chip, 0, TRIGGER_BEAT);
    for (let beat = 1; beat <= 4; beat++) {
      trigger(chip, 1);
      expect(bytes(chip, DATA + 0x100, 4 * width)).toEqual(
        Array.from({ length: 4 * width }, (_, i) => (i < beat * width ? 100 + i : 0)),
      );
      expect(left(chip)).toBe(4 - beat);
      expect(flags(chip)).toBe(beat === 4 ? TCMPL : 0);
      expect(enabled(chip)).toBe(beat !== 4);
    }
    expect(chip.peek16(WRITE_BACK) & VALID).toBe(0);
    trigger(chip, 1); // nothing more
    expect(chip.peek8(DATA + 0x100 + 4 * width)).toBe(0);
  });

  it('with steps, of source or destination alone', () => {
    const chip = dmaChip();
    fill(chip);
    const control = VALID | BYTE | SRCINC | DSTINC | step(2);
    describeAt(chip, BASE, {
      ...{ control: control | STEP_SOURCE, count: 3, source: DATA + 12, destination: DATA + 0x103 },
      next: SPARE,
    });
    describeAt(chip, SPARE, { control, count: 3, source: DATA + 3, destination: DATA + 0x20c });
    enable(chip, 0, TRIGGER_TRANSACTION);
    trigger(chip, 1);
    expect(bytes(chip, DATA + 0x100, 3)).toEqual([100, 104, 108]);
    expect(bytes(chip, DATA + 0x200, 9)).toEqual([100, 0, 0, 0, 101, 0, 0, 0, 102]);
  });

  it('a block or a whole transaction per trigger', () => {
    for (const action of [TRIGGER_BLOCK, TRIGGER_TRANSACTION]) {
      const chip = dmaChip();
      fill(chip);
      const half = { control: VALID | WORD | SRCINC | DSTINC | BLOCK_INTERRUPT, count: 2, source: DATA + 8 };
      describeAt(chip, BASE, { ...half, destination: DATA + 0x108, next: SPARE });
      describeAt(chip, SPARE, { ...half, destination: DATA + 0x208 });
      enable(chip, 0, action);
      trigger(chip, 1);
      expect(bytes(chip, DATA + 0x100, 8)).toEqual(bytes(chip, DATA, 8));
      expect(chip.peek8(DATA + 0x200)).toBe(action === TRIGGER_BLOCK ? 0 : 100);
      expect(enabled(chip)).toBe(action === TRIGGER_BLOCK);
      trigger(chip, 1);
      expect(bytes(chip, DATA + 0x200, 8)).toEqual(bytes(chip, DATA, 8));
      expect(enabled(chip)).toBe(false);
    }
  });

  it('for ever round a ring of descriptors, with an interrupt per block', () => {
    const handler = [0x782c, 0x702c, 0x3601, 0x4770]; // ldrb r4, [r5]; strb r4, [r5]; adds r6, #1; bx lr
    const chip = start(fastChip([0xe7fe], { handlers: { [16 + 6]: 0x2301 } }));
    chip.memory.load({ address: 0x2300, bytes: halfwords(...handler) });
    chip.core.registers[5] = DMAC + 0x4e;
    chip.core.registers[6] = 0;
    chip.writeUint32(0xe000e100, 1 << 6);
    const block = { control: VALID | WORD | DSTINC | BLOCK_INTERRUPT, count: 2, source: DATA };
    describeAt(chip, BASE, { ...block, destination: DATA + 0x108, next: SPARE });
    describeAt(chip, SPARE, { ...block, destination: DATA + 0x208, next: BASE });
    enable(chip, 0, TRIGGER_BEAT);
    for (let i = 0; i < 10; i++) {
      chip.writeUint32(DATA, 1000 + i);
      trigger(chip, 1);
      chip.run(100);
      expect(chip.peek32(DATA + 0x100 + 4 * (i & 1) + (i & 2 ? 0x100 : 0))).toBe(1000 + i);
      expect(chip.core.registers[6]).toBe((i + 1) >> 1);
    }
  });

  it('channels apart from each other', () => {
    const chip = dmaChip();
    fill(chip);
    for (const id of [0, 5, 11]) {
      const destination = DATA + 0x100 * (id + 1);
      describeAt(chip, BASE + 16 * id, { control: VALID | BYTE, count: 3, source: DATA + id, destination });
      enable(chip, id, TRIGGER_BEAT | ((id % 4) << 5));
    }
    trigger(chip, 1 << 5);
    expect([0, 5, 11].map((id) => chip.peek8(DATA + 0x100 * (id + 1)))).toEqual([0, 105, 0]);
    trigger(chip, (1 << 11) | 1);
    expect([0, 5, 11].map((id) => chip.peek8(DATA + 0x100 * (id + 1)))).toEqual([100, 105, 111]);
    expect([0, 5, 11].map((id) => left(chip, id))).toEqual([2, 2, 2]);
  });
});

describe('DMAC errors', () => {
  const copy = { control: VALID | BYTE | DSTINC | BLOCK_INTERRUPT, count: 4, source: DATA };

  it.each([
    ['source', { source: 0x30000000 }],
    ['destination', { destination: 0x10000004 }],
  ])('a %s that does not answer disables the channel; the count stays', (_, wrong) => {
    const chip = dmaChip();
    describeAt(chip, BASE, { ...copy, destination: DATA + 4, ...wrong });
    enable(chip, 0, TRIGGER_BEAT);
    trigger(chip, 1);
    expect(flags(chip)).toBe(TERR);
    expect(enabled(chip)).toBe(false);
    expect(left(chip)).toBe(4);
    expect(chip.readUint32(DMAC + 0x24)).toBe(1);
    expect(chip.core.pendingInterrupts & (1 << 6)).not.toBe(0);
    chip.writeUint8(DMAC + 0x4e, TERR);
    expect(flags(chip)).toBe(0);
  });

  it('an invalid first descriptor suspends with a fetch error; resume fetches again and does what was asked', () => {
    const chip = dmaChip();
    describeAt(chip, BASE, { ...copy, control: copy.control & ~VALID, destination: DATA + 0x104 });
    fill(chip);
    enable(chip, 0, TRIGGER_BEAT);
    trigger(chip, 1);
    expect(flags(chip)).toBe(SUSP);
    expect(chip.readUint8(DMAC + 0x4f)).toBe(4 | 1); // FERR, and the trigger waits
    expect(chip.readUint16(DMAC + 0x20)).toBe(0xa400); // INTPEND: PEND, FERR, SUSP of channel 0
    expect(enabled(chip)).toBe(true);
    chip.writeUint16(DMAC + 0x20, 0x0400);
    expect(flags(chip)).toBe(0);
    chip.writeUint16(BASE, copy.control);
    chip.writeUint8(DMAC + 0x47, RESUME >>> 24);
    expect(chip.readUint8(DMAC + 0x4f)).toBe(0);
    expect(chip.peek8(DATA + 0x100)).toBe(100);
  });

  it('an invalid linked descriptor suspends when the block before it is done', () => {
    const chip = dmaChip();
    describeAt(chip, BASE, { ...copy, count: 1, destination: DATA + 0x101, next: SPARE });
    enable(chip, 0, TRIGGER_BEAT);
    trigger(chip, 1);
    expect(flags(chip)).toBe(TCMPL | SUSP);
    expect(chip.readUint8(DMAC + 0x4f)).toBe(4);
  });

  it('BLOCKACT suspends, and resume goes on with the next descriptor; a resume in advance skips it once', () => {
    for (const inAdvance of [false, true]) {
      const chip = dmaChip();
      fill(chip);
      const control = VALID | BYTE | DSTINC | BLOCK_SUSPEND;
      describeAt(chip, BASE, { ...copy, control, count: 1, destination: DATA + 0x101, next: SPARE });
      describeAt(chip, SPARE, { ...copy, control, count: 1, destination: DATA + 0x201, next: BASE });
      enable(chip, 0, TRIGGER_BEAT);
      if (inAdvance) chip.writeUint8(DMAC + 0x47, RESUME >>> 24);
      trigger(chip, 1);
      expect(flags(chip)).toBe(inAdvance ? 0 : SUSP);
      trigger(chip, 1);
      expect(chip.peek8(DATA + 0x200)).toBe(inAdvance ? 100 : 0);
      expect(flags(chip)).toBe(SUSP);
      chip.writeUint8(DMAC + 0x47, RESUME >>> 24);
      expect(chip.peek8(DATA + 0x200)).toBe(100);
    }
  });

  it('a software suspend holds triggers back until resume', () => {
    const chip = dmaChip();
    fill(chip);
    describeAt(chip, BASE, { ...copy, destination: DATA + 0x104 });
    enable(chip, 0, TRIGGER_BEAT);
    chip.writeUint8(DMAC + 0x47, SUSPEND >>> 24);
    expect(flags(chip)).toBe(SUSP);
    trigger(chip, 1);
    expect(chip.readUint32(DMAC + 0x2c)).toBe(1);
    expect(chip.peek8(DATA + 0x100)).toBe(0);
    chip.writeUint8(DMAC + 0x47, RESUME >>> 24);
    expect(chip.peek8(DATA + 0x100)).toBe(100);
  });
});

describe('DMAC faults', () => {
  const valid = { control: VALID | BYTE, count: 1, source: DATA, destination: DATA + 4 };
  const run = (fields: Partial<Fields>, control = TRIGGER_BEAT, chip = dmaChip()): void => {
    describeAt(chip, BASE, { ...valid, ...fields });
    enable(chip, 0, control);
    trigger(chip, 1);
  };

  it.each([
    ['BTCNT = 0', { count: 0 }, /BTCNT = 0/],
    ['a reserved beat size', { control: VALID | (3 << 8) }, /reserved BEATSIZE/],
    ['unaligned addresses', { control: VALID | WORD, source: DATA + 2 }, /not aligned to beats of 4 bytes/],
    ['a link that is not 16-byte aligned', { next: SPARE + 8 }, /not 16-byte aligned in RAM/],
    ['a link to flash', { next: 0x4000 }, /not 16-byte aligned in RAM/],
  ] as const)('%s', (_, fields, message) => {
    expect(() => run(fields)).toThrow(message);
  });

  it('settings that silicon would answer with silence', () => {
    expect(() => run({}, 1 << 22)).toThrow(/reserved trigger action/);
    const noLevel = dmaChip();
    noLevel.writeUint16(DMAC, 0x0102);
    expect(() => run({}, TRIGGER_BEAT | (1 << 5), noLevel)).toThrow(/LVLEN1 is 0/);
    const chip = dmaChip();
    expect(() => chip.writeUint32(DMAC + 0x34, BASE)).toThrow(/BASEADDR written while/);
    chip.writeUint16(DMAC, 0);
    expect(() => chip.writeUint32(DMAC + 0x34, BASE + 8)).toThrow(/16-byte aligned/);
    chip.writeUint8(DMAC + 0x3f, 12);
    expect(() => chip.readUint8(DMAC + 0x40)).toThrow(/channel 12 of 12/);
    enable(chip, 0, TRIGGER_BEAT);
    expect(() => chip.writeUint32(DMAC + 0x44, TRIGGER_BLOCK)).toThrow(/CHCTRLB changed while enabled/);
    expect(() => chip.writeUint8(DMAC + 0x40, 1)).toThrow(/reset while enabled/);
    chip.writeUint32(0x4000041c, 0x6f);
    expect(() => chip.readUint16(DMAC)).toThrow(/PM stops its bus clock/);
  });
});

describe('DMAC and peripherals', () => {
  it('a request that is there when the channel is enabled is served at once', () => {
    const chip = dmaChip();
    connect(chip, 0x23, 4);
    route(chip, 6, 10, 11, 7);
    chip.microphone = { next: () => 0x12345600 };
    chip.writeUint32(I2S + 0x04, 0xa7); // two slots of 32 bits
    chip.writeUint32(I2S + 0x20, 0x20000); // without the right one
    chip.writeUint8(I2S, 0x16);
    chip.run(300);
    expect(chip.readUint16(I2S + 0x14)).toBe(1);
    describeAt(chip, BASE, {
      control: VALID | WORD | DSTINC,
      count: 2,
      source: I2S + 0x30,
      destination: DATA + 8,
    });
    enable(chip, 0, TRIGGER_BEAT | (0x29 << 8));
    expect(chip.peek32(DATA)).toBe(0x12345600);
    expect(chip.readUint16(I2S + 0x14)).toBe(0);
    chip.run(256);
    expect(chip.peek32(DATA + 4)).toBe(0x12345600);
    expect(enabled(chip)).toBe(false);
    chip.run(600); // nobody fetches
    expect(chip.readUint16(I2S + 0x14)).toBe(0x11);
  });
});
