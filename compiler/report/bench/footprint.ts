// SPDX-License-Identifier: Apache-2.0
/** What a model came to in an image, apart from feature extractor, drivers, protocol and start-up. */
import type { Firmware } from '../../machines/firmware/firmware.ts';

/** Object files of kernel, model and network tables; feature extractor, detection and microphones have their own. */
const MODEL_OBJECTS = /^(?:model_|runtime-c_network_)/;

/** Bytes of .text and .rodata of kernels, model and tables; the feature extractor's curve is not among them. */
export function modelFlash(firmware: Firmware): number {
  const objects = firmware.contributions.filter(({ object }) => MODEL_OBJECTS.test(object));
  const total = objects.reduce((sum, { flash }) => sum + flash, 0);
  return total - (firmware.sizes.get('frontend_curve') ?? 0) - (firmware.sizes.get('frontend') ?? 0);
}
