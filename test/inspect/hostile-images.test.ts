// SPDX-License-Identifier: Apache-2.0
/** Images that lie: every address, count and length is held against the file and the chip before anything is made of it. */
import { describe, expect, it } from 'vitest';
import { boards, chips } from '../../compiler/boards/boards.ts';
import { InputError } from '../../compiler/core/base/errors.ts';
import { parseElf } from '../../compiler/machines/image/elf.ts';
import { boardOf, readApplication, readImage, readModelImage } from '../../compiler/machines/image/image.ts';
import { findModels } from '../../compiler/machines/image/model-record.ts';
import { readRegion } from '../../compiler/machines/image/region.ts';
import { writeUf2 } from '../../compiler/machines/image/uf2.ts';
import { inspectBin, inspectElf, inspectUf2 } from '../../compiler/report/inspect/image-inspection.ts';
import { APPLICATION_START, MODEL_START, UF2_FAMILY } from '../support/chip-facts.ts';
import { elfFile, type SectionFields, type SegmentFields } from '../support/hostile/elf-writer.ts';
import { applicationBytes, putter, regionBytes, resealed, wholeBytes } from '../support/hostile/image.ts';
import { mutate } from '../support/hostile/mutate.ts';

const board = boards.feather_m0;
const application: SegmentFields = { address: APPLICATION_START, bytes: applicationBytes() };
const region: SegmentFields = { address: MODEL_START, bytes: regionBytes() };
const allocated: SectionFields = { name: '.text', flags: 6, address: APPLICATION_START, size: 0x600 };
const goodElf = () => elfFile([application, region], [{ name: '', type: 0 }, allocated]);

describe('an honest image', () => {
  it('shows its model and region, from ELF, UF2 and BIN alike', () => {
    const whole = wholeBytes();
    const uf2 = writeUf2(whole, APPLICATION_START, UF2_FAMILY);
    const inspections = [
      inspectElf(goodElf(), 'a.elf'),
      inspectUf2(uf2, 'a.uf2'),
      inspectBin(whole, 'a.bin'),
    ];
    for (const { models, region: header, sha256 } of inspections) {
      expect(models).toMatchObject([{ name: 'toy', labels: ['yes', 'no', 'background'] }]);
      expect(header).toMatchObject({ name: 'toy', damage: null });
      expect(sha256).toBe(inspections[0]?.sha256);
    }
    expect(readApplication(goodElf(), 'a.elf', board).bytes).toEqual(whole);
    expect(readModelImage(uf2, 'a.uf2', board.chip).bytes).toEqual(regionBytes());
  });
});

describe('a hostile ELF file', () => {
  const section = (fields: Partial<SectionFields>) => elfFile([application], [{ ...allocated, ...fields }]);
  const segment = (fields: Partial<SegmentFields>) => elfFile([{ ...application, ...fields }]);
  const names = Buffer.alloc(70000, 'n');
  const symbols = Buffer.alloc(16 * 20000);
  it.each<[string, Uint8Array, string]>([
    ['a section at 2 GB', section({ address: 0x7fff0000 }), 'section at 0x7fff0000'],
    ['a section near 4 GB', section({ address: 0xffffff00, size: 0xff }), 'section at 0xffffff00'],
    ['a section that passes 4 GB', section({ address: 0xfffffff0, size: 0x20 }), 'section at 0xfffffff0'],
    ['variables of 2 GB', section({ type: 8, flags: 3, address: 0x20000000, size: 2 ** 31 }), 'outside of'],
    ['variables behind RAM', section({ type: 8, flags: 3, address: 0x20007fff, size: 2 }), 'outside of'],
    ['a segment behind flash', segment({ address: 0x3ff00 }), 'lie outside of the flash of the ATSAMD21'],
    ['a segment in RAM', segment({ address: 0x20000000 }), 'segment at 0x20000000'],
    ['a segment that passes 4 GB', segment({ address: 0xffffff00 }), 'leaves the addresses of 32 bits'],
    ['a segment longer in the file', segment({ stored: 0x600, memory: 8 }), '1536 bytes for 8 in memory'],
    ['a segment behind the file', segment({ offset: 0xfffffff0 }), 'ends at byte'],
    ['a segment of 4 GB', segment({ stored: 2 ** 32 - 1, memory: 2 ** 32 - 1 }), 'leaves the addresses'],
    ['two segments in one place', elfFile([application, { ...application, address: 0x2200 }]), 'overlap'],
    [
      'a segment inside another',
      elfFile([application, { address: 0x2004, bytes: new Uint8Array(4) }]),
      'two loaded segments overlap (ELF, 0x2004)',
    ],
    ['65535 segments', elfFile([application], [], { segmentCount: 65535 }), 'at most 4096'],
    ['65535 sections', elfFile([application], [allocated], { sectionCount: 65535 }), 'at most 4096'],
    [
      'sections that fill flash twice',
      elfFile(
        [application],
        Array.from({ length: 400 }, (_, i) => ({ ...allocated, name: `.s${i}` })),
      ),
      'more than the ATSAMD21',
    ],
    [
      'a long name that every symbol has',
      elfFile(
        [application],
        [
          { name: '.symtab', type: 2, bytes: symbols, link: 1 },
          { name: '.strtab', type: 3, bytes: Buffer.concat([names.subarray(0, 4000), Buffer.alloc(1)]) },
        ],
      ),
      'its names have over',
    ],
    [
      'an endless name',
      elfFile(
        [application],
        [
          { name: '.symtab', type: 2, bytes: symbols, link: 1 },
          { name: '.strtab', type: 3, bytes: names },
        ],
      ),
      'a name at 0 is too long',
    ],
  ])('is refused in one line: %s', (_, file, message) => {
    expect(() => inspectElf(file, 'a.elf')).toThrow(InputError);
    expect(() => inspectElf(file, 'a.elf')).toThrow(message);
    expect(() => readApplication(file, 'a.elf', board)).toThrow(message);
    expect(() => inspectElf(file, 'a.elf')).not.toThrow(/.{200}/);
  });

  it('may have sections in any place that is not loaded, and symbols', () => {
    const elf = parseElf(elfFile([application], [{ ...allocated, flags: 0, address: 0xf0000000 }]), 'a.elf');
    expect(elf.sections[0]?.address).toBe(0xf0000000);
  });
});

describe('a hostile BIN or UF2 file', () => {
  it('is refused where it is longer than flash, before it is searched', () => {
    const long = new Uint8Array(1 << 20);
    long.set(applicationBytes());
    expect(() => inspectBin(long, 'a.bin')).toThrow(
      'a.bin: 1048576 bytes from 0x2000 on end behind the flash',
    );
    const uf2 = writeUf2(long.subarray(0, 250 << 10), APPLICATION_START, UF2_FAMILY);
    expect(() => inspectUf2(uf2, 'a.uf2')).toThrow('end behind the flash');
    const blocks = writeUf2(new Uint8Array((1 << 20) + 1), 0, UF2_FAMILY);
    expect(() => readImage(blocks, 'a.uf2')).toThrow('4097 blocks of 256 bytes, more than any flash');
    const high = writeUf2(applicationBytes(), 0xffffff00, UF2_FAMILY);
    expect(() => inspectUf2(high, 'a.uf2')).toThrow(InputError);
  });

  it('is refused where many places look like a model', () => {
    const bytes = applicationBytes(0x8000);
    const record = bytes.slice(0x200, 0x200 + 72);
    for (let at = 0x1000; at + 72 <= bytes.length; at += 72) bytes.set(record, at);
    expect(() => inspectBin(bytes, 'a.bin')).toThrow('a.bin: over 64 places look like a model (0x');
  });

  it('shows no model whose labels lie outside of it, or take up more than they may', () => {
    const bytes = applicationBytes(0x8000);
    const outputs = (count: number) => putter(bytes)(0x20c, 4 | (count << 16));
    const models = () => findModels({ address: APPLICATION_START, bytes }, 'a.bin');
    outputs(65535);
    expect(models()).toEqual([]);
    // 5000 labels in the image, each of them the same 4000 letters.
    bytes.fill(0x61, 0x7000, 0x7fa0);
    bytes[0x7fa0] = 0;
    const table = putter(bytes);
    for (let i = 0; i < 5000; i++) table(0x1000 + 4 * i, APPLICATION_START + 0x7000);
    putter(bytes)(0x208, APPLICATION_START + 0x1000);
    outputs(5000);
    expect(models()).toEqual([]);
    outputs(10);
    expect(models()[0]?.labels[9]).toHaveLength(4000);
  });

  it('is a damaged model where the header is right by its checksum but points elsewhere', () => {
    const damage = (at: number, word: number) => {
      const bytes = regionBytes();
      putter(bytes)(at, word);
      return readRegion(resealed(bytes), MODEL_START)?.damage;
    };
    expect(damage(16, MODEL_START + 0x300)).toBe('its entry lies outside of it');
    expect(damage(16, 0x2000)).toBe('its entry lies outside of it');
    expect(damage(8, 0x301)).toBe('states a length of 769 bytes');
    expect(damage(8, 2 ** 32 - 1)).toBe('states a length of 4294967295 bytes');
    expect(damage(36, 1025)).toContain('1025 bytes of stack');
    expect(damage(16, MODEL_START + 0x100)).toBeNull();
  });
});

describe('mutations of honest images', () => {
  const whole = wholeBytes();
  const short = applicationBytes();
  it.each<[string, Uint8Array]>([
    ['ELF', goodElf()],
    ['UF2', writeUf2(short, APPLICATION_START, UF2_FAMILY)],
    ['UF2 of a model', writeUf2(regionBytes(), MODEL_START, UF2_FAMILY)],
    ['BIN', short],
    ['region', regionBytes()],
    ['whole BIN', whole],
  ])('%s: an answer or an InputError', (kind, good) => {
    const readers: ((file: Uint8Array) => unknown)[] = [
      (file) => inspectElf(file, 'f'),
      (file) => inspectUf2(file, 'f'),
      (file) => inspectBin(file, 'f'),
      (file) => readApplication(file, 'f', board),
      (file) => readModelImage(file, 'f', board.chip),
      (file) => boardOf(readImage(file, 'f', chips)),
    ];
    const inputs = kind === 'whole BIN' ? 200 : 3000;
    let refused = 0;
    for (let seed = 1; seed <= inputs; seed++) {
      const file = mutate(good, seed);
      for (const read of readers) {
        try {
          read(file);
        } catch (error) {
          refused++;
          if (!(error instanceof InputError)) throw new Error(`seed ${seed}`, { cause: error });
          if (error.message.length > 200) throw new Error(`seed ${seed}: ${error.message}`);
        }
      }
    }
    expect(refused).toBeGreaterThan(inputs);
  });
});
