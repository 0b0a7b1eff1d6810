// SPDX-License-Identifier: Apache-2.0
/** What a board sends: lines of every kind, records with their checksums, the answers that identify it. */
import { crc32 } from '../../../compiler/core/base/crc32.ts';
import { identify, labelsOf } from '../../../compiler/machines/device/identity.ts';
import { Link, understood, type Wire } from '../../../compiler/machines/device/link.ts';
import { LineReader } from '../../../compiler/machines/protocol/lines.ts';
import { AnswerReader, parseEvent, parseScores } from '../../../compiler/machines/protocol/protocol.ts';
import type { Target } from '../harness/target.ts';

const HEX = 'a'.repeat(64);
const ANSWERS = [
  `ok egru protocol 2 board feather_m0 mic i2s abi 1 frame 128 hop 64 inputs 20 outputs 3 layers 2 payload 256 digest ${HEX}`,
  'ok versions region 1 bytes 1000 arena 10 crc 00000000 kernel packed compiler 0.1.0 toolchain gcc 12',
  `ok digests weights ${HEX} vectors ${HEX}`,
  'ok name toy',
  'ok label 0 yes',
  'ok label 1 no',
  'ok label 2 background',
];

function traffic(): Uint8Array {
  const record = Buffer.from([1, 2, 3, 4, 5, 6]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(record));
  const sound = Buffer.alloc(64, 7);
  const soundCrc = Buffer.alloc(4);
  soundCrc.writeUInt32LE(crc32(sound));
  return Buffer.concat([
    ...['note reset power-on\n', 'trace\n'].map((text) => Buffer.from(text)),
    ...[record, crc, Buffer.from('event 2 7999 20000\nlayers 0 aabbccdd\nok 1\npcm 17\n'), sound, soundCrc],
    Buffer.from('ok steps 3 crc 00000000 label 2 scores 1 -2 3\n'),
  ]);
}

/** A wire whose board answers every command with the next of these lines, then is silent. */
function linkThat(lines: readonly string[]): Link {
  let next = 0;
  const wire: Wire = {
    path: 'fake',
    onBytes: () => {},
    write: async () => {
      const line = lines[next++];
      if (line === undefined) link.lose();
      else wire.onBytes(Buffer.from(`${line}\n`, 'latin1'));
    },
    close: async () => {},
  };
  // Lines that are not an answer leave the link waiting; the wire has answered by then, or never will.
  const link = new Link(wire, 2);
  return link;
}

export const serialTargets: readonly Target[] = [
  {
    name: 'identity',
    text: true,
    corpus: [Buffer.from(ANSWERS.join('\n'))],
    read: async (bytes) => {
      const link = linkThat(Buffer.from(bytes).toString('latin1').split('\n'));
      const { model } = await identify(link);
      if (model !== null && model.outputs < 100) await labelsOf(link, model.outputs);
    },
  },
  {
    name: 'answers',
    corpus: [traffic()],
    read: (bytes) => {
      const lines = new LineReader(64);
      lines.push(bytes);
      for (let line = lines.take(); line !== null; line = lines.take()) parseEvent(line);
      const link = linkThat([]);
      const reader = new AnswerReader({ trace: 6, logits: 4 });
      // A refusal does not end the reading: the next answer is awaited.
      let refused: unknown = null;
      for (const byte of bytes) {
        try {
          understood(link, () => {
            const line = reader.push(byte)?.line;
            if (line?.startsWith('ok steps')) parseScores(line);
          });
        } catch (error) {
          refused ??= error;
        }
      }
      if (refused !== null) throw refused;
    },
  },
];
