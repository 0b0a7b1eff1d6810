// SPDX-License-Identifier: Apache-2.0
/** What stands in a board's flash, read through its firmware (docs/PROTOCOL.md: row, nvm). */
import { type Chip, modelBytes } from '../../boards/boards.ts';
import { hexBytes } from '../../core/base/bytes.ts';
import { InputError } from '../../core/base/errors.ts';
import { REGION_HEADER, readRegion } from '../image/region.ts';
import { type Link, unexpected } from './link.ts';

/** Bytes of a row of flash. */
const ROW = 256;

export interface BoardFlash {
  /** From the chip's applicationStart to the end of the model. */
  readonly image: Uint8Array;
  /** The model's region: the end of it. */
  readonly region: Uint8Array;
}

/** @throws InputError where the model is not whole */
export async function readFlash(link: Link, chip: Chip, signal: AbortSignal): Promise<BoardFlash> {
  const header = await rows(link, chip.modelStart, chip.modelStart + REGION_HEADER, signal);
  const length = new DataView(header.buffer).getUint32(8, true);
  const most = modelBytes(chip);
  const end = chip.modelStart + Math.min(length, most);
  const image = await rows(link, chip.applicationStart, end, signal);
  const region = image.subarray(chip.modelStart - chip.applicationStart);
  const damage = readRegion(region, chip.modelStart)?.damage;
  if (damage !== null)
    throw new InputError(link.path, `its model reads back damaged: ${damage ?? 'no header'}`);
  return { image, region };
}

async function rows(link: Link, start: number, end: number, signal: AbortSignal): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.ceil((end - start) / ROW) * ROW);
  for (let at = start; at < end; at += ROW) {
    signal.throwIfAborted();
    const number = at / ROW;
    const answer = await link.ask(`row ${number}`);
    const [, row, hex = ''] = /^ok row (\d{1,9}) ([0-9a-f]+)$/.exec(answer) ?? [];
    if (Number(row) !== number || hex.length !== 2 * ROW) throw unexpected(link, `row ${number}`, answer);
    bytes.set(hexBytes(hex), at - start);
  }
  return bytes.subarray(0, end - start);
}

/** The flash controller's settings, in the chip's own bits. */
export async function flashSettings(link: Link): Promise<number> {
  const answer = await link.ask('nvm');
  const hex = /^ok nvm ([0-9a-f]{8})$/.exec(answer)?.[1];
  if (hex === undefined) throw unexpected(link, 'nvm', answer);
  return Number.parseInt(hex, 16);
}
