// SPDX-License-Identifier: Apache-2.0
/** ITU-T G.711: 8-bit A-law and mu-law as 16-bit steps. */

/** Sign, 3 bits of exponent, 4 of mantissa, all inverted; the largest is 32124. */
export const MU_LAW = Float64Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 255;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  // -0 would be another number than 0 to whoever compares.
  return (bits & 128) !== 0 ? 0 - magnitude : magnitude;
});

/** Every other bit is inverted; exponent 0 has no hidden bit. The largest is 32256. */
export const A_LAW = Float64Array.from({ length: 256 }, (_, code) => {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 128) !== 0 ? magnitude : -magnitude;
});
