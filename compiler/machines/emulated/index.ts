// SPDX-License-Identifier: Apache-2.0
/** egru/device: a firmware image on an emulated board, with sound at its microphone. Runs in a page; opens no file. */
export { type Board, type BoardName, boards, type Microphone } from '../../boards/boards.ts';
export type { Chip } from '../../boards/chips/chip.ts';
export { InputError } from '../../core/base/errors.ts';
export { ChipFault } from '../../emulator/samd21/samd21.ts';
export { type BoardImage, readBoardImage } from '../image/board-image.ts';
export { imageDigest } from '../image/image-digest.ts';
export { findModels, type ImageModel } from '../image/model-record.ts';
export { type BoardOptions, EmulatedDevice } from './emulated-device.ts';
export { type Keyword, type PlayOptions, playTo } from './play.ts';
export type { Sound } from './sound.ts';
