// SPDX-License-Identifier: Apache-2.0
/** The image that a command is given: a file as it is, or a model that is built for the board first. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Board, defaultBoard, findBoard, findMicrophone } from '../../boards/boards.ts';
import { firmwareProgram } from '../../core/quant/detect.ts';
import { guard, readLimited } from '../../host/files/files.ts';
import { type BoardImage, readBoardImage } from '../../machines/image/board-image.ts';
import { type FlashImage, readApplication, readModelImage } from '../../machines/image/image.ts';
import type { FrameLoad } from '../../report/measure/frame-load.ts';
import { openModel } from './input.ts';
import { chooseKernel, type KernelChoice } from './target.ts';

export type { BoardImage } from '../../machines/image/board-image.ts';

/** ELF files hold debug information beside 256 KB of flash. */
export const MAX_IMAGE_BYTES = 64 << 20;

export interface ImageOptions {
  /** Of a model. */
  readonly mic?: string | undefined;
  readonly kernel?: KernelChoice;
  readonly force?: boolean;
}

export interface OpenedImage {
  readonly image: FlashImage;
  /** What a frame takes; null for a file, whose model is not known, and where the firmware does not listen. */
  readonly load: FrameLoad | null;
}

/** @throws InputError for what is no application of this board, and for a model that cannot keep up */
export async function openImage(path: string, board: Board, options: ImageOptions): Promise<OpenedImage> {
  if (!isModel(path))
    return { image: readApplication(readLimited(path, MAX_IMAGE_BYTES), path, board), load: null };
  const { bin, load } = await buildModel(path, board, options);
  return { image: readApplication(bin, basename(path), board), load };
}

/** A model's region: of a file, or of a model that is built. It is the same for every board. */
export async function openRegion(path: string, board: Board, options: ImageOptions): Promise<OpenedImage> {
  if (!isModel(path))
    return { image: readModelImage(readLimited(path, MAX_IMAGE_BYTES), path, board.chip), load: null };
  const { model, load } = await buildModel(path, board, options);
  return { image: readModelImage(model, basename(path), board.chip), load };
}

/** An image with the board and the microphone that it was built for. @param name undefined: the one in the image */
export async function openBoardImage(path: string, name: string | undefined): Promise<BoardImage> {
  if (!isModel(path)) return readBoardImage(readLimited(path, MAX_IMAGE_BYTES), path, name);
  const board = name === undefined ? defaultBoard : findBoard(name);
  const { image } = await openImage(path, board, {});
  return { image, board, microphone: findMicrophone(board, undefined) };
}

/** A model folder or a program.json, which are built first; anything else is an image. */
export function isModel(path: string): boolean {
  return guard(path, () => statSync(path)).isDirectory() || path.endsWith('.json');
}

async function buildModel(path: string, board: Board, options: ImageOptions) {
  const microphone = findMicrophone(board, options.mic);
  const program = firmwareProgram(openModel(path).program);
  const kernel = await chooseKernel(program, options.kernel ?? 'auto', board);
  const { checkLoad } = await import('./keep-up.ts');
  const load = checkLoad(program, kernel, board, microphone, options.force ?? false);
  const { buildFirmware } = await import('../../machines/firmware/firmware.ts');
  return { ...(await buildFirmware(program, { board, microphone, kernel })), load };
}
