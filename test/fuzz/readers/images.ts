// SPDX-License-Identifier: Apache-2.0
/** Firmware images: ELF, UF2, BIN, a model's region. */
import { boards, chips } from '../../../compiler/boards/boards.ts';
import { planFlash } from '../../../compiler/machines/flash/flash.ts';
import type { FlashSystem } from '../../../compiler/machines/flash/system.ts';
import { readBoardImage } from '../../../compiler/machines/image/board-image.ts';
import {
  boardOf,
  readApplication,
  readImage,
  readModelImage,
} from '../../../compiler/machines/image/image.ts';
import { imageDigest } from '../../../compiler/machines/image/image-digest.ts';
import { writeUf2 } from '../../../compiler/machines/image/uf2.ts';
import { inspectBin, inspectElf, inspectUf2 } from '../../../compiler/report/inspect/image-inspection.ts';
import { APPLICATION_START, MODEL_START, UF2_FAMILY } from '../../support/chip-facts.ts';
import { elfFile } from '../../support/hostile/elf-writer.ts';
import { applicationBytes, regionBytes, resealed, wholeBytes } from '../../support/hostile/image.ts';
import type { Target } from '../harness/target.ts';
import { eachOf } from './each.ts';

const board = boards.feather_m0;
const flash = [
  (file: Uint8Array) => readApplication(file, 'f', board),
  (file: Uint8Array) => readModelImage(file, 'f', board.chip),
  (file: Uint8Array) => boardOf(readImage(file, 'f', chips)),
];
/** No board is connected and no tool is there: what `flash --dry-run` does with an image. */
const nothing: FlashSystem = {
  ...{ root: '/nowhere', patience: 0 },
  wait: async () => {},
  open: () => Promise.reject(new Error('opens a port')),
  touch: () => Promise.reject(new Error('touches a port')),
  store: () => 'gone',
  run: async () => ({ code: 0, output: 'Open On-Chip Debugger 0.12.0' }),
};
const dryRun = async (file: Uint8Array) => {
  const { image, board: own } = readBoardImage(file, 'f');
  for (const method of own.methods.filter((name) => name !== 'bossac')) {
    const plan = await planFlash(image, own, { method }, nothing);
    imageDigest(plan.image.bytes);
  }
};
const symbols = new Uint8Array(32);
symbols.set([1, 0, 0, 0, 0, 0x20, 0, 0, 8, 0, 0, 0, 2, 0, 1, 0], 16);
const elf = elfFile(
  [
    { address: APPLICATION_START, bytes: applicationBytes() },
    { address: MODEL_START, bytes: regionBytes() },
  ],
  [
    { name: '', type: 0 },
    { name: '.text', flags: 6, address: APPLICATION_START, size: 0x600 },
    { name: '.symtab', type: 2, bytes: symbols, link: 3 },
    { name: '.strtab', type: 3, bytes: Buffer.from('\0main\0') },
  ],
);

export const imageTargets: readonly Target[] = [
  { name: 'elf', corpus: [elf], read: eachOf([(file) => inspectElf(file, 'f'), ...flash, dryRun]) },
  {
    name: 'uf2',
    corpus: [
      writeUf2(applicationBytes(), APPLICATION_START, UF2_FAMILY),
      writeUf2(regionBytes(), MODEL_START, UF2_FAMILY),
    ],
    read: eachOf([(file) => inspectUf2(file, 'f'), ...flash, dryRun]),
  },
  {
    name: 'bin',
    tolerant: true,
    corpus: [applicationBytes(), wholeBytes()],
    read: eachOf([(file) => inspectBin(file, 'f'), ...flash, dryRun]),
  },
  {
    name: 'region',
    tolerant: true,
    corpus: [regionBytes()],
    read: (file) => {
      const right = file.length < 16 ? file : resealed(Uint8Array.from(file));
      return eachOf([(bytes) => inspectBin(bytes, 'f'), ...flash])(right);
    },
  },
];
