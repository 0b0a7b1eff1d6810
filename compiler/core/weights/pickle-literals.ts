// SPDX-License-Identifier: Apache-2.0
/** Opcodes of a pickle that hold a value of their own: numbers, texts, bytes. */
import type { PickleBytes } from './pickle-bytes.ts';
import { PickleUnread, type PickleValue } from './pickle-values.ts';

/** undefined: the opcode is none of these */
export function readLiteral(opcode: string, source: PickleBytes): PickleValue | undefined {
  switch (opcode) {
    case 'NONE':
      return null;
    case 'NEWTRUE':
      return true;
    case 'NEWFALSE':
      return false;
    case 'BININT':
      return source.i32();
    case 'BININT1':
      return source.u8();
    case 'BININT2':
      return source.u16();
    case 'LONG1':
      return source.integer(source.u8()) ?? new PickleUnread('a large integer');
    case 'LONG4':
      return source.integer(source.u32()) ?? new PickleUnread('a large integer');
    case 'BINFLOAT':
      return source.float();
    case 'SHORT_BINSTRING':
      return source.latin(source.u8());
    case 'BINSTRING':
      return source.latin(source.u32());
    case 'SHORT_BINUNICODE':
      return source.text(source.u8());
    case 'BINUNICODE':
      return source.text(source.u32());
    case 'BINUNICODE8':
      return source.text(long(source));
    case 'SHORT_BINBYTES':
      return unread(source, source.u8());
    case 'BINBYTES':
      return unread(source, source.u32());
    case 'BINBYTES8':
    case 'BYTEARRAY8':
      return unread(source, long(source));
    default:
      return undefined;
  }
}

/** A length of 64 bits. */
function long(source: PickleBytes): number {
  const low = source.u32();
  if (source.u32() !== 0) source.fail('the pickle is damaged: a text of over 4 GB');
  return low;
}

/** Bytes that nobody needs. */
function unread(source: PickleBytes, length: number): PickleUnread {
  source.skip(length);
  return new PickleUnread('bytes');
}
