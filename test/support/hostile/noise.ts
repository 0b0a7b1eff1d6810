// SPDX-License-Identifier: Apache-2.0
/** What a firmware's ports are tried with. */
import type { Random } from '../random.ts';

/** Commands, whole and in part, and bytes that mean nothing. None that ends the model: that is its purpose. */
const PIECES = [
  'feed',
  'feed 3 12345678\n',
  'feed 256 00000000\n',
  'feed 0 00000000\n',
  'update page 1 00000000\n',
  'update end\n',
  'reset\n',
  'output trace\n',
  'output layers\n',
  ' trace 3\n',
  'stream on\n',
  'stream off\n',
  'scores\n',
  'stats\n',
  'listen on\n',
  'listen off\n',
  'record on\n',
  'record off\n',
  'threshold 0 1\n',
  'threshold',
  'label 9\n',
  'help\n',
  'sync 1',
  'sync 70000\n',
  '\n',
  '\r\n',
  ' ',
  '256 ',
  '\0',
  '\x7f',
  '\xff\xfe',
];

/** Pieces of commands, and bytes of all lengths that matter. */
export function noise(random: Random): Buffer {
  const pieces = Array.from({ length: random.between(1, 12) }, () => {
    if (random.chance(0.6)) return Buffer.from(random.pick(PIECES), 'latin1');
    // Over-long lines too: a line has 63 characters, the ring of the UART 63 bytes, a packet of USB 64.
    const length = random.pick([1, 7, 62, 63, 64, 65, 127, 512, 700]);
    return Buffer.from(Array.from({ length }, () => random.between(0, 255)));
  });
  return Buffer.concat(pieces);
}
