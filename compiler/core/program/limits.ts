// SPDX-License-Identifier: Apache-2.0
/** Sizes that model.json and program.json may state; larger ones belong to no chip that this compiles for. */

export const MAX_LAYERS = 16;
/** Of inputs + units of a layer: with this many terms no sum of products leaves int32. */
export const MAX_COLUMNS = 65535;
/** Of a readout. */
export const MAX_STEPS = 65535;
/** Of all layers together; at 3 bits each they are half as large again as 256 KB of flash. */
export const MAX_WEIGHTS = 1 << 20;

/** Layer names are part of tensor names, and of comments and labels in generated files. */
export const LAYER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
export const LAYER_NAME_RULE =
  'a layer name has 1 to 64 letters, digits, "_", "." or "-", and no "." or "-" first';

/** Hz. */
export const SAMPLE_RATES = { min: 1000, max: 192000 } as const;
