// SPDX-License-Identifier: Apache-2.0
import * as fs from 'node:fs';
import { guard, openRegular } from './files.ts';

/** A regular file that is read where it is needed. */
export interface FileBytes {
  readonly size: number;
  /** `length` bytes from `at` on, fewer at the end of the file. Valid until the next call. */
  read(at: number, length: number): Uint8Array;
  close(): void;
}

/** Files up to here are read at once. */
const WHOLE = 1 << 20;

/** @throws InputError where it is not a regular file, or cannot be read */
export function openBytes(path: string): FileBytes {
  return guard(path, () => {
    const fd = openRegular(path);
    const { size } = fs.fstatSync(fd);
    let room = new Uint8Array(0);
    const read = (at: number, length: number) =>
      guard(path, () => {
        const wanted = Math.max(0, Math.min(length, size - at));
        if (room.length < wanted) room = new Uint8Array(wanted);
        let done = 0;
        for (let n = -1; n !== 0 && done < wanted; done += n) {
          n = fs.readSync(fd, room, done, wanted - done, at + done);
        }
        return room.subarray(0, done);
      });
    if (size > WHOLE) return { size, read, close: () => fs.closeSync(fd) };
    try {
      const bytes = read(0, size);
      return { size: bytes.length, read: (at, length) => bytes.subarray(at, at + length), close: () => {} };
    } finally {
      fs.closeSync(fd);
    }
  });
}
