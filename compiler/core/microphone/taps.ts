// SPDX-License-Identifier: Apache-2.0
/** Taps of the microphones' filters, from the ends to the middle; the other half mirrors them. docs/NUMERICS.md. */

/** 40 kHz to 8 kHz, 80 taps; all together 8590. Also raises what the CIC filter lowers. */
export const PDM_TAPS = Int16Array.of(
  ...[2, 14, 18, 31, 40, 44, 35, 23, 1, -25, -43, -46, -37, -12, 26, 58, 70, 64, 30, -25],
  ...[
    -78, -107, -108, -65, 17, 104, 166, 184, 132, 11, -142, -275, -344, -293, -92, 234, 638, 1058, 1400, 1587,
  ],
);

/** Twice the sample rate to the sample rate, 47 taps: these at even distances from the ends, CENTRE, otherwise 0. */
export const HALF_TAPS = Int16Array.of(-6, 12, -22, 38, -61, 93, -138, 203, -301, 469, -836, 2597);
export const HALF_CENTRE = 4096;
