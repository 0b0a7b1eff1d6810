// SPDX-License-Identifier: Apache-2.0
/** Every weights file that is read. Apart from the rest, because zip, inflate and pickle are half of what a page would load. */
import { readNpz } from './npz.ts';
import type { WeightsReaders } from './read-weights.ts';
import { readSafetensors } from './safetensors.ts';
import { readTorch } from './torch.ts';

/** torch.save (.pt, .pth, Lightning's .ckpt), safetensors and NumPy (.npz). */
export const allWeights: WeightsReaders = new Map([
  ['.pt', readTorch],
  ['.pth', readTorch],
  ['.ckpt', readTorch],
  ['.safetensors', readSafetensors],
  ['.npz', readNpz],
]);
