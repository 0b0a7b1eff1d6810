// SPDX-License-Identifier: Apache-2.0
/**
 * Ten hours of speech through `egru run --stream`: at most 400 MB, and a hundred times as fast as the sound on one core.
 * Prints what it measured.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { BitReader, PADDING } from '../../compiler/core/audio/flac/bits.ts';
import { crc8, crc16 } from '../../compiler/core/audio/flac/crc.ts';
import { FrameDecoder } from '../../compiler/core/audio/flac/frame.ts';
import { readStreamInfo } from '../../compiler/core/audio/flac/header.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';

const HOURS = 10;
const RATE = 8000;
const SAMPLES = HOURS * 3600 * RATE;
const MOST_BYTES = 400e6;
const LEAST_SPEED = 100;

const folder = mkdtempSync(join(tmpdir(), 'egru-hours-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const speech = readFileSync(packagePath('test', 'audio', 'compressed', 'mono-16.flac'));

interface Frame {
  readonly bytes: Uint8Array;
  readonly samples: Int16Array;
}

/** The whole frames of the recording; the last one is shorter. */
function frames(): { head: Uint8Array; list: Frame[] } {
  const info = readStreamInfo(speech.subarray(8, 42));
  let at = 4;
  for (let last = false; !last; at += 4 + speech.readUIntBE(at + 1, 3))
    last = ((speech[at] ?? 0) & 128) !== 0;
  const head = speech.subarray(0, at);
  const reader = new BitReader(
    Buffer.concat([speech.subarray(at), Buffer.alloc(PADDING)]),
    speech.length - at,
  );
  const decoder = new FrameDecoder(info);
  const list: Frame[] = [];
  while (reader.at >>> 3 < speech.length - at) {
    const begin = reader.at >>> 3;
    const { header, channels } = decoder.read(reader);
    if (header.blockSize < info.maxBlock) break;
    const bytes = speech.subarray(at + begin, at + (reader.at >>> 3));
    list.push({ bytes, samples: Int16Array.from(channels[0] ?? []) });
  }
  return { head, list };
}

/** A number as frames have it: like a character of UTF-8, but of up to 36 bits. */
function coded(number: number): number[] {
  if (number < 128) return [number];
  const rest: number[] = [];
  let left = number;
  for (let room = 32; left >= room; room >>= 1, left >>= 6) rest.unshift(128 | (left & 63));
  return [((0xff00 >> (rest.length + 1)) & 255) | left, ...rest];
}

/** A frame under another number: both checksums change. */
function numbered(frame: Uint8Array, number: number): Uint8Array {
  // Those of a short recording have one byte for it, and no further fields.
  const front = Buffer.concat([frame.subarray(0, 4), Buffer.from(coded(number))]);
  const out = Buffer.concat([front, frame.subarray(5)]);
  out[front.length] = crc8(out, 0, front.length);
  out.writeUInt16BE(crc16(out, 0, out.length - 2), out.length - 2);
  return out;
}

function writeFlac(path: string): void {
  const { head, list } = frames();
  const file = openSync(path, 'w');
  const begin = Buffer.from(head);
  const each = list[0]?.samples.length ?? 0;
  begin.writeUInt32BE(begin.readUInt32BE(18) & ~15, 18); // above the low 32 bits of the number of samples
  begin.writeUInt32BE(Math.ceil(SAMPLES / each) * each, 22);
  writeSync(file, begin);
  for (let number = 0; number * each < SAMPLES; number++) {
    writeSync(file, numbered(list[number % list.length]?.bytes ?? new Uint8Array(), number));
  }
  closeSync(file);
}

function writeWav(path: string): void {
  const { list } = frames();
  const round = Buffer.concat(list.map(({ samples }) => Buffer.from(samples.buffer)));
  const bytes = 2 * SAMPLES;
  const file = openSync(path, 'w');
  const head = Buffer.from('RIFF....WAVEfmt \x10\0\0\0\x01\0\x01\0........\x02\0\x10\0data....', 'latin1');
  head.writeUInt32LE(36 + bytes, 4);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(2 * RATE, 28);
  head.writeUInt32LE(bytes, 40);
  writeSync(file, head);
  for (let left = bytes; left > 0; left -= round.length)
    writeSync(file, round, 0, Math.min(round.length, left));
  closeSync(file);
}

const USAGE = "process.on('exit', () => console.error(JSON.stringify(process.resourceUsage())))";

test.each([
  ['WAV', writeWav],
  ['FLAC', writeFlac],
])(`${HOURS} hours of %s`, { timeout: 3_600_000 }, (format, write) => {
  const path = join(folder, 'long');
  write(path);
  const launcher = packagePath('compiler', 'bin', 'egru.js');
  const program = ['--import', `data:text/javascript,${encodeURIComponent(USAGE)}`, launcher];
  const command = ['run', packagePath('models', 'wake-words'), path, '--stream', '--json'];
  const { status, stderr, stdout } = spawnSync(process.execPath, [...program, ...command]);
  expect(status, String(stderr)).toBe(0);
  expect(JSON.parse(String(stdout)).events).toBeDefined();
  const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(String(stderr).trim().split('\n').at(-1) ?? '');
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  const speed = (HOURS * 3600) / seconds;
  console.log(
    `${format}: ${seconds.toFixed(0)} s of CPU time, ${speed.toFixed(0)} x real time, ${maxRSS / 1000} MB`,
  );
  expect(1000 * maxRSS).toBeLessThan(MOST_BYTES);
  expect(speed).toBeGreaterThan(LEAST_SPEED);
});
