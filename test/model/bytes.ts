// SPDX-License-Identifier: Apache-2.0
/** Little-endian bytes, text and numbers, joined: what the writers of test files are made of. */

export function join(...parts: readonly (Uint8Array | string | readonly number[])[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );
}

export function u16(value: number): number[] {
  return [value & 255, (value >> 8) & 255];
}

export function u32(value: number): number[] {
  return [...u16(value), ...u16(value >>> 16)];
}

export function floats(format: 'f2' | 'f4' | 'f8' | 'bf2', values: readonly number[]): Uint8Array {
  const width = { f2: 2, f4: 4, f8: 8, bf2: 2 }[format];
  const out = Buffer.alloc(values.length * width);
  values.forEach((value, i) => {
    if (format === 'f8') out.writeDoubleLE(value, i * 8);
    else if (format === 'f4') out.writeFloatLE(value, i * 4);
    else if (format === 'f2') out.writeUInt16LE(half(value), i * 2);
    else out.writeUInt16LE(brain(value), i * 2);
  });
  return out;
}

/** Of values that float16 holds exactly and that are not subnormal. */
function half(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 1024;
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

function brain(value: number): number {
  const bits = Buffer.alloc(4);
  bits.writeFloatBE(value);
  return bits.readUInt16BE();
}
