// SPDX-License-Identifier: Apache-2.0
/** Replaces the model of a board through its running firmware, page by page (docs/PROTOCOL.md, "A new model"). */

import type { Board } from '../../boards/boards.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import type { FlashPlan } from '../flash/flash.ts';
import type { FlashImage } from '../image/image.ts';
import { readRegion } from '../image/region.ts';
import { identify, listenAgain } from './identity.ts';
import type { Link } from './link.ts';

export interface ModelUpdate {
  /** A whole region. */
  readonly image: FlashImage;
  readonly board: Board;
  readonly port: string;
  readonly open: (port: string) => Promise<Link>;
  readonly onPage: (done: number, total: number) => void;
}

export function planModelUpdate({ image, board, port, open, onPage }: ModelUpdate): FlashPlan {
  const { bytes } = image;
  const steps = [
    `ask ${port} for its board: the ${board.title}`,
    `send the ${bytes.length} bytes of the model; the first byte invalidates the old one`,
    'read back its digest, and listen again',
  ];
  const run = async (signal?: AbortSignal) => {
    const link = await open(port);
    try {
      await update(link, board, bytes, onPage, signal);
    } finally {
      await link.close();
    }
    return null;
  };
  return { board, image, method: 'protocol', port, drive: null, steps, run };
}

/** @throws InputError for another board, and where the board refuses the model or reports another one afterwards */
async function update(
  link: Link,
  board: Board,
  bytes: Uint8Array,
  onPage: ModelUpdate['onPage'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const record = readRegion(bytes, board.chip.modelStart);
  if (record === null || record.damage !== null) throw new Error('only whole models are sent');
  await link.sync();
  const { board: name } = await identify(link);
  if (name !== board.name) {
    throw new InputError(link.path, `there is firmware for ${printable(name)}, not for the ${board.title}`);
  }
  await link.update(bytes, onPage, signal);
  const { model } = await identify(link);
  if (model?.crc !== record.crc || model.program !== record.program)
    throw new InputError(link.path, 'the board has another model than was sent');
  await listenAgain(link, model);
}
