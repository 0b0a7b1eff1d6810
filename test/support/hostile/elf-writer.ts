// SPDX-License-Identifier: Apache-2.0
/** ELF files with any field as a test wants it, possible or not. */

export interface SegmentFields {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly virtual?: number;
  /** What the header states, where it is not what is there. */
  readonly offset?: number;
  readonly stored?: number;
  readonly memory?: number;
}

export interface SectionFields {
  readonly name: string;
  readonly type?: number;
  readonly flags?: number;
  readonly address?: number;
  /** Of the file; sections without bytes point at its beginning. */
  readonly bytes?: Uint8Array;
  readonly offset?: number;
  readonly size?: number;
  readonly link?: number;
}

/** What the file's header states, where it is not what is there. */
export interface HeaderFields {
  readonly segmentCount?: number;
  readonly sectionCount?: number;
  readonly namesIndex?: number;
}

const [EHDR, PHDR, SHDR] = [52, 32, 40];

/** A 32-bit little-endian Arm executable. The table of section names comes last, by itself. */
export function elfFile(
  segments: readonly SegmentFields[],
  sections: readonly SectionFields[] = [],
  header: HeaderFields = {},
): Uint8Array {
  const names = sections.map(({ name }) => name);
  const table = Buffer.from(`\0${names.join('\0')}\0.shstrtab\0`);
  const titles: SectionFields = { name: '.shstrtab', type: 3, bytes: table };
  const all = sections.length === 0 ? [] : [...sections, titles];
  const parts: Uint8Array[] = [];
  let length = EHDR + PHDR * segments.length + SHDR * all.length;
  const append = (bytes: Uint8Array): number => {
    const at = length;
    parts.push(bytes);
    length += bytes.length;
    return at;
  };
  const programs = segments.map(({ address, bytes, virtual, offset, stored, memory }) => {
    const at = append(bytes);
    const inFile = stored ?? bytes.length;
    return [1, offset ?? at, virtual ?? address, address, inFile, memory ?? bytes.length, 5, 4];
  });
  let nameAt = 1;
  const rows = all.map(({ name, type = 1, flags = 0, address = 0, bytes, offset, size, link = 0 }) => {
    const at = bytes === undefined ? 0 : append(bytes);
    const row = [nameAt, type, flags, address, offset ?? at, size ?? bytes?.length ?? 0, link, 0, 4, 0];
    nameAt += name.length + 1;
    return row;
  });
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  const words = [0x464c457f, 0x00010101, 0, 0, 0, 0, 0x2101, EHDR, EHDR + PHDR * segments.length];
  [...words, 0x05000200, ...Array<number>(3).fill(0), ...programs.flat(), ...rows.flat()].forEach((w, i) => {
    view.setUint32(4 * i, w, true);
  });
  const { segmentCount = segments.length, sectionCount = all.length } = header;
  const halves = [EHDR, PHDR, segmentCount, SHDR, sectionCount, header.namesIndex ?? all.length - 1];
  halves.forEach((half, i) => {
    view.setUint16(40 + 2 * i, half, true);
  });
  view.setUint16(16, 2, true);
  view.setUint16(18, 40, true);
  let at = EHDR + PHDR * segments.length + SHDR * all.length;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}
