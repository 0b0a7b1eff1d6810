// SPDX-License-Identifier: Apache-2.0
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Zip } from '../../compiler/core/weights/zip.ts';
import { join, u16, u32 } from './bytes.ts';
import { refusal } from './folder.ts';
import { type ZipSource, zipOf } from './zip-writer.ts';

const A: ZipSource = { name: 'a', data: 'hello hello hello' };
const B: ZipSource = { name: 'b/c', data: 'world world world', deflate: true };

function problem(bytes: Uint8Array): string {
  return refusal('', () => {
    const zip = new Zip('w.pt', bytes);
    for (const name of zip.names) zip.read(name);
  });
}

describe('archives that are read', () => {
  it('stored and deflated entries, folders left out', () => {
    const zip = new Zip(
      'w.pt',
      zipOf([A, { name: 'b/', data: '' }, B, { name: 'empty', data: '', deflate: true }]),
    );
    expect(zip.names).toEqual(['a', 'b/c', 'empty']);
    expect(zip.names.map((name) => new TextDecoder().decode(zip.read(name)))).toEqual([A.data, B.data, '']);
    expect(zip.size('b/c')).toBe(17);
  });

  it('entries of many slices', () => {
    const data = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7);
    expect(Buffer.compare(new Zip('w.pt', zipOf([{ name: 'a', data, deflate: true }])).read('a'), data)).toBe(
      0,
    );
  });

  it('a comment at the end that looks like an end', () => {
    const whole = zipOf([A]);
    const comment = join(u32(0x06054b50), new Uint8Array(30));
    const commented = join(whole.subarray(0, -2), u16(comment.length), comment);
    expect(new Zip('w.pt', commented).names).toEqual(['a']);
  });

  it('reports a missing entry', () => {
    expect(refusal('', () => new Zip('w.pt', zipOf([A])).read('z'))).toBe(
      'w.pt: the zip archive lacks an entry (entry "z")',
    );
  });
});

describe('archives that lie or are damaged', () => {
  const damaged = 'w.pt: the zip archive is damaged:';
  const broken = zipOf([A, B]);
  it.each([
    [
      'no zip',
      join('nothing of the kind, but long enough'),
      'w.pt: is not a whole zip archive: its end is missing; is the file truncated?',
    ],
    ['nothing', join(''), 'w.pt: is not a whole zip archive: its end is missing; is the file truncated?'],
    [
      'truncated',
      broken.subarray(0, -40),
      'w.pt: is not a whole zip archive: its end is missing; is the file truncated?',
    ],
    ['a front cut off', broken.subarray(40), `${damaged} its directory lies outside the file`],
    [
      'a bomb by its declared size',
      zipOf([{ ...B, size: 65 << 20 }]),
      'w.pt: the zip archive unpacks to over 67108864 bytes, more than is read (entry "b/c")',
    ],
    [
      'a bomb in pieces',
      zipOf(Array.from({ length: 3 }, (_, i) => ({ ...B, name: `b${i}`, size: 30 << 20 }))),
      'w.pt: the zip archive unpacks to over 67108864 bytes, more than is read (entry "b2")',
    ],
    [
      'a bomb that declares little',
      zipOf([{ name: 'b', data: new Uint8Array(8 << 20), deflate: true, size: 100 }]),
      `${damaged} an entry unpacks to more than its 100 bytes (entry "b")`,
    ],
    [
      'less than declared',
      zipOf([{ ...B, size: 18 }]),
      `${damaged} an entry unpacks to less than its 18 bytes (entry "b/c")`,
    ],
    [
      'deflated data that is none',
      zipOf([{ name: 'b', data: 'ÿÿÿÿÿÿ', method: 8 }]),
      `${damaged} an entry cannot be inflated (entry "b")`,
    ],
    [
      'deflated data cut off',
      zipOf([{ name: 'b', data: deflateSync(new Uint8Array(999)).subarray(0, 5), method: 8, size: 999 }]),
      `${damaged} an entry cannot be inflated (entry "b")`,
    ],
    [
      'a wrong checksum',
      zipOf([{ ...A, crc: 1 }]),
      'w.pt: the zip archive is damaged: wrong checksum (entry "a")',
    ],
    [
      'a stored entry of two sizes',
      zipOf([{ ...A, size: 16 }]),
      `${damaged} a stored entry has two sizes (entry "a")`,
    ],
    [
      'too many entries',
      zipOf([A], { count: 4097 }),
      'w.pt: the zip archive has 4097 entries, at most 4096 are read',
    ],
    [
      'more entries than there are',
      zipOf([A], { count: 2 }),
      `${damaged} its directory is cut off or broken`,
    ],
    [
      'fewer entries than there are',
      zipOf([A, B], { count: 1 }),
      `${damaged} its directory has more bytes than entries`,
    ],
    ['several disks', zipOf([A], { disk: 1 }), 'w.pt: a zip archive in several parts is not read'],
    [
      'zip64 in the end record',
      zipOf([A], { start: 0xffffffff }),
      'w.pt: a zip64 archive of over 65534 entries or 4 GB is not read',
    ],
    [
      'zip64 in an entry',
      zipOf([{ ...B, packedSize: 0xffffffff }]),
      'w.pt: a zip64 entry of over 4 GB is not read (entry "b/c")',
    ],
    [
      'an encrypted entry',
      zipOf([{ ...A, flags: 1 }]),
      'w.pt: an encrypted zip entry is not read (entry "a")',
    ],
    [
      'another method',
      zipOf([{ ...A, method: 14 }]),
      'w.pt: zip method 14 is not read, only 0 (stored) and 8 (deflated) (entry "a")',
    ],
    ['a name twice', zipOf([A, { ...B, name: 'a' }]), 'w.pt: the zip archive holds a name twice (entry "a")'],
    [
      'two names for one entry',
      zipOf([A, { ...B, at: 0 }]),
      `${damaged} an entry overlaps what follows it (entry "a")`,
    ],
    [
      'a length into the next entry',
      zipOf([{ ...A, size: 30, packedSize: 30 }, B]),
      `${damaged} an entry overlaps what follows it (entry "a")`,
    ],
    [
      'a length into the directory',
      zipOf([{ ...A, size: 30, packedSize: 30 }]),
      `${damaged} an entry overlaps what follows it (entry "a")`,
    ],
    [
      'an offset beyond the file',
      zipOf([{ ...A, at: 0x7fffffff }]),
      `${damaged} an entry has no header (entry "a")`,
    ],
    ['an offset to no header', zipOf([{ ...A, at: 3 }]), `${damaged} an entry has no header (entry "a")`],
    [
      'two names',
      zipOf([{ ...A, localName: 'x' }]),
      `${damaged} an entry and the directory differ (entry "a")`,
    ],
  ])('%s', (_, bytes, expected) => {
    expect(problem(bytes)).toBe(expected);
  });

  it('stops a bomb early: what lies behind its declared size is never looked at', () => {
    const packed = deflateSync(new Uint8Array(16 << 20));
    packed.fill(0xff, packed.length / 2); // nothing that can be inflated
    const bytes = zipOf([{ name: 'b', data: packed, method: 8, size: 100, crc: 0 }]);
    expect(problem(bytes)).toBe(`${damaged} an entry unpacks to more than its 100 bytes (entry "b")`);
    const honest = zipOf([{ name: 'b', data: packed, method: 8, size: 16 << 20, crc: 0 }]);
    expect(problem(honest)).toBe(`${damaged} an entry cannot be inflated (entry "b")`);
  });
});
