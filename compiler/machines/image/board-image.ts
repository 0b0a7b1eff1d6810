// SPDX-License-Identifier: Apache-2.0
/** An application with the board that it was built for. */
import { type Board, defaultBoard, findBoard, findMicrophone, type Microphone } from '../../boards/boards.ts';
import { boardOf, type FlashImage, readApplication, readImage } from './image.ts';

/** An image, the board and its microphone. */
export interface BoardImage {
  readonly image: FlashImage;
  readonly board: Board;
  readonly microphone: Microphone;
}

/**
 * The firmware in an ELF, BIN or UF2 file.
 * @param file its bytes; the kind is known by the contents
 * @param name what error messages call the file
 * @param board undefined: the one that the image names, or the default board
 * @throws InputError where the file is damaged, there is no such board, or the image is none for it
 */
export function readBoardImage(file: Uint8Array, name: string, board?: string): BoardImage {
  const named = board === undefined ? null : findBoard(board);
  const stated = boardOf(readImage(file, name, named === null ? undefined : [named.chip]));
  const chosen = named ?? stated?.board ?? defaultBoard;
  const image = readApplication(file, name, chosen);
  return { image, board: chosen, microphone: stated?.microphone ?? findMicrophone(chosen, undefined) };
}
