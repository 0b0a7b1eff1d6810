// SPDX-License-Identifier: Apache-2.0
/** What a build writes: ELF, BIN, UF2 and map of a board's image. */
import { writeFolder } from '../../host/files/files.ts';
import { readUf2, UF2_PAYLOAD, writeUf2 } from '../image/uf2.ts';

export interface FirmwareBytes {
  readonly elf: Uint8Array;
  /** What is flashed, from the chip's applicationStart on: the application, 0xff up to modelStart, the model's region. */
  readonly bin: Uint8Array;
  /** The model's region alone. */
  readonly model: Uint8Array;
  /** null: the board's bootloader takes none. */
  readonly uf2: Uint8Array | null;
  readonly modelUf2: Uint8Array | null;
  readonly map: string;
}

/** Paths of the written files; null where the board takes no UF2. */
export interface FirmwareFiles {
  readonly elf: string;
  readonly bin: string;
  readonly uf2: string | null;
  readonly map: string;
  readonly modelBin: string;
  readonly modelUf2: string | null;
}

/** Reads back what it wrote: a bootloader shall find the image, bit for bit, and nothing else. */
export function checkedUf2(bin: Uint8Array, start: number, wanted: number): Uint8Array {
  const uf2 = writeUf2(bin, start, wanted);
  const { family, address, bytes } = readUf2(uf2, 'firmware.uf2');
  const equal =
    Buffer.compare(bytes.subarray(0, bin.length), bin) === 0 &&
    bytes.subarray(bin.length).every((byte) => byte === 0xff) &&
    bytes.length - bin.length < UF2_PAYLOAD;
  if (family !== wanted || address !== start || !equal) {
    throw new Error('the UF2 file does not hold the image');
  }
  return uf2;
}

/** The image's files, whole or not at all. @throws InputError where the folder cannot be written */
export function writeFirmware(firmware: FirmwareBytes, outDir: string): FirmwareFiles {
  const { elf, bin, uf2, map, model, modelUf2 } = firmware;
  const parts: { name: keyof FirmwareFiles; path: string; data: Uint8Array | string | null }[] = [
    { name: 'elf', path: 'firmware.elf', data: elf },
    { name: 'bin', path: 'firmware.bin', data: bin },
    { name: 'map', path: 'firmware.map', data: map },
    { name: 'modelBin', path: 'model.bin', data: model },
    { name: 'uf2', path: 'firmware.uf2', data: uf2 },
    { name: 'modelUf2', path: 'model.uf2', data: modelUf2 },
  ];
  const given = parts.flatMap(({ data, ...part }) => (data === null ? [] : [{ ...part, data }]));
  const paths = writeFolder(outDir, given);
  const written = new Map(given.map(({ name }, index) => [name, paths[index] ?? '']));
  const path = (name: keyof FirmwareFiles): string => written.get(name) ?? '';
  return {
    elf: path('elf'),
    bin: path('bin'),
    map: path('map'),
    modelBin: path('modelBin'),
    uf2: written.get('uf2') ?? null,
    modelUf2: written.get('modelUf2') ?? null,
  };
}
