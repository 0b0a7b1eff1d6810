// SPDX-License-Identifier: Apache-2.0
import { boardHeader } from '../../boards/boards.ts';
import { buildImage, type Image, RegionOverflow } from '../toolchain/arm.ts';
import type { FirmwareOptions } from './options.ts';
import { folder, headerFolders, linkerScripts } from './sources.ts';

/** The part that is the same for every model. */
export async function buildApplication(options: FirmwareOptions): Promise<Image> {
  const { board } = options;
  const drivers = folder(board.chip.firmwareFolder);
  const app = folder('firmware/app');
  const layout = app.find(({ path }) => path.endsWith('/application.ld'));
  if (layout === undefined) throw new Error('firmware/app has no application.ld');
  const hal = folder('firmware/hal');
  const runtime = folder('runtime-c');
  try {
    return await buildImage({
      files: [
        ...drivers.filter(({ path }) => !path.endsWith('.ld')),
        ...hal,
        ...app.filter((file) => file !== layout),
        ...runtime,
        { path: 'board/board.h', text: boardHeader(board, options.microphone) },
      ],
      includes: ['board', ...headerFolders([...runtime, ...drivers, ...hal, ...app])],
      linker: linkerScripts(board, layout),
      optimize: options.optimize ?? '-O2',
      defines: options.defines ?? [],
    });
  } catch (error) {
    if (!(error instanceof RegionOverflow)) throw error;
    throw new Error(`the application is ${error.excess} bytes too large for ${error.region}`);
  }
}
