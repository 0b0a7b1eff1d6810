// SPDX-License-Identifier: Apache-2.0
/** The firmware as whoever sits at the other end of its serial port sees it, well-meaning or not. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { boards } from '../../compiler/boards/boards.ts';
import { crc32 } from '../../compiler/core/base/crc32.ts';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { Simulator } from '../../compiler/core/sim/simulator.ts';
import { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { compilerVersion } from '../../compiler/host/files/assets.ts';
import { chipImage } from '../../compiler/machines/execute/chip.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { arenaBytes } from '../../compiler/machines/firmware/fit.ts';
import {
  AnswerReader,
  feedCommand,
  parseScores,
  resynchronise,
} from '../../compiler/machines/protocol/protocol.ts';
import { findToolchain } from '../../compiler/machines/toolchain/arm.ts';
import { toyProgram, toySteps } from '../support/toy.ts';

const program = toyProgram();
const clip = Int16Array.from(toySteps.flatMap(({ x }) => x));
const expected = new Simulator(program).run(clip, true);

/** Cycles within which any answer here is complete: ten steps of 3,300 cycles, or a payload of newlines. */
const LONG_ENOUGH = 160_000;

/** The chip and what came out of its serial port. */
class Wire {
  readonly chip: Samd21;
  output = '';

  constructor(firmware: Firmware) {
    const { bin, address, stackLimit } = chipImage(program, firmware);
    this.chip = new Samd21({ segments: [{ address, bytes: bin }], vectorTable: address, stackLimit });
    this.chip.onSerial = (byte) => {
      this.output += String.fromCharCode(byte);
    };
    expect(this.send('')).toBe('ok egru ready\n');
  }

  /** Sends and returns what the chip sends until it has waited for a while. */
  send(bytes: string | Uint8Array): string {
    this.output = '';
    this.chip.sendSerial(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
    this.chip.run(LONG_ENOUGH);
    return this.output;
  }

  /** Runs the clip and holds the answer to the reference. */
  classify(): void {
    expect(this.send('reset\n')).toBe('ok\n');
    expect(this.send(feedCommand(clip)).split('\n').at(-2)).toBe(`ok ${expected.steps}`);
    const { steps, label, scores } = parseScores(this.send('scores\n').trimEnd());
    expect({ steps, label, scores: [...scores] }).toEqual({
      steps: expected.steps,
      label: expected.label,
      scores: [...expected.scores],
    });
  }
}

let firmware: Firmware;
beforeAll(async () => {
  firmware = await buildFirmware(program, { board: boards.arduino_zero, kernel: 'packed' });
});

describe('the firmware', () => {
  it.each(Object.values(boards))('boots on $title, sets 48 MHz and answers', async (board) => {
    const firmware = await buildFirmware(program, { board, kernel: 'packed' });
    const { model } = firmware;
    const wire = new Wire(firmware);
    expect(Math.abs(wire.chip.frequency / 48e6 - 1)).toBeLessThan(0.0002);
    expect(wire.send('info\n')).toBe(
      `ok egru protocol 2 board ${board.name} mic ${board.microphones[0].name} abi 2 frame 0 hop 0 inputs 2 ` +
        `outputs 2 layers 2 payload 256 digest ${programDigest(program)}\n`,
    );
    expect(wire.send('versions\n')).toBe(
      `ok versions region 2 bytes ${model.length} arena ${arenaBytes(program, 'packed')} ` +
        `crc ${crc32(model.subarray(16)).toString(16).padStart(8, '0')} kernel packed ` +
        `compiler ${compilerVersion} toolchain ${findToolchain().version}\n`,
    );
    wire.classify();
  });

  it('takes a clip in pieces of any length, byte by byte if need be', () => {
    const wire = new Wire(firmware);
    for (const length of [1, 2, 3, 5, clip.length]) {
      wire.send('reset\n');
      for (let at = 0; at < clip.length; at += length) {
        for (const byte of feedCommand(clip.subarray(at, at + length)))
          wire.chip.sendSerial(Uint8Array.of(byte));
        wire.chip.run(LONG_ENOUGH);
      }
      expect(wire.send('scores\n')).toContain(
        `label ${expected.label} scores ${[...expected.scores].join(' ')}\n`,
      );
    }
  });

  it('sends records whose checksum covers the whole clip, and the same one without sending them', () => {
    const wire = new Wire(firmware);
    const size = 2 * (2 + 3) + 4 * 2;
    const reader = new AnswerReader({ trace: size, logits: 8 });
    expect(wire.send('output trace\nreset\n')).toBe('ok\nok\n');
    const records = [...Buffer.from(wire.send(feedCommand(clip)), 'latin1')].flatMap(
      (byte) => reader.push(byte)?.records ?? [],
    );
    expect(records.length).toBe(expected.steps);
    const traced = parseScores(wire.send('scores\n').trimEnd());
    expect(traced.crc).toBe(records.reduce((crc, record) => crc32(record, crc), 0));
    wire.send('output hash\nreset\n');
    expect(wire.send(feedCommand(clip))).toBe(`ok ${expected.steps}\n`);
    expect(parseScores(wire.send('scores\n').trimEnd())).toEqual(traced);
  });

  it('notices a record that was damaged on its way', () => {
    const wire = new Wire(firmware);
    wire.send('output logits\nreset\n');
    const bytes = Buffer.from(wire.send(feedCommand(clip)), 'latin1');
    const at = bytes.indexOf('logits\n') + 'logits\n'.length + 3;
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    const reader = new AnswerReader({ trace: 18, logits: 8 });
    expect(() => Array.from(bytes, (byte) => reader.push(byte))).toThrow(/damaged/);
  });

  const bad: [string, string, string][] = [
    ['an unknown command', 'fly\n', 'error unknown command\n'],
    ['a word that only begins like a command', 'infos\n', 'error unknown command\n'],
    ['arguments where none belong', 'reset now\n', 'error unknown command\n'],
    ['a line that is too long', `${'x'.repeat(64)}\n`, 'error line too long\n'],
    ['a line of 100,000 characters', `${'x'.repeat(100_000)}\n`, 'error line too long\n'],
    ['control characters', 'in\x00fo\n', 'error unprintable character\n'],
    ['bytes above ASCII', 'inf\xf6\n', 'error unprintable character\n'],
    ['too many values', 'feed 257 00000000\n', 'error feed takes a number of values and a checksum\n'],
    [
      'a number that overflows',
      'feed 4294967297 00000000\n',
      'error feed takes a number of values and a checksum\n',
    ],
    ['a negative number', 'feed -1 00000000\n', 'error feed takes a number of values and a checksum\n'],
    ['a short checksum', 'feed 1 0000000\n', 'error feed takes a number of values and a checksum\n'],
    ['no checksum', 'feed 1\n', 'error feed takes a number of values and a checksum\n'],
    ['a wrong checksum', 'feed 1 00000000\nab', 'error damaged payload\n'],
    [
      'an unknown mode',
      'output everything\n',
      'error output takes none, hash, layers, logits, trace or cycles\n',
    ],
    ['a large number', 'sync 65536\n', 'error sync takes a number up to 65535\n'],
    ['an empty payload', 'feed 0 00000000\n', 'ok 0\n'],
    ['empty lines and spaces', '\n\r\n   \n  sync   7  \r\n', 'ok sync 7\n'],
  ];
  it.each(bad)('answers %s and goes on', (_, sent, answer) => {
    const wire = new Wire(firmware);
    wire.output = '';
    wire.chip.sendSerial(Buffer.from(sent, 'latin1'));
    wire.chip.run(LONG_ENOUGH + 200 * sent.length);
    expect(wire.output).toBe(answer);
    wire.classify();
  });

  it('leaves the state of a clip alone when a payload is damaged in its middle', () => {
    const wire = new Wire(firmware);
    const half = clip.length / 2;
    wire.send('reset\n');
    wire.send(feedCommand(clip.subarray(0, half)));
    const damaged = Buffer.from(feedCommand(clip));
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
    expect(wire.send(damaged)).toBe('error damaged payload\n');
    wire.send(feedCommand(clip.subarray(half)));
    expect(wire.send('scores\n')).toContain(`scores ${[...expected.scores].join(' ')}\n`);
  });

  it('waits for a payload that does not come, and comes back with newlines', () => {
    const wire = new Wire(firmware);
    const whole = feedCommand(clip);
    for (const length of [whole.length - 1, whole.length - 7, 18, 5]) {
      expect(wire.send(whole.subarray(0, length))).toBe('');
      expect(wire.send(resynchronise(length))).toMatch(new RegExp(`^error [a-z ]+\\nok sync ${length}\\n$`));
      wire.classify();
    }
  });

  it('survives any bytes, and computes the same afterwards', () => {
    const wire = new Wire(firmware);
    const word = fc.constantFrom(
      'feed',
      'feed 3 12345678\n',
      'reset\n',
      'output',
      ' trace',
      'sync 1',
      '\n',
      'scores\n',
      '256 ',
    );
    const noise = fc.array(
      fc.oneof(
        word.map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(noise, fc.integer({ min: 0, max: 65535 }), (parts, number) => {
        wire.send(Buffer.concat(parts));
        const answer = wire.send(resynchronise(number));
        expect(answer.endsWith(`ok sync ${number}\n`)).toBe(true);
        wire.send('output none\n');
        wire.classify();
      }),
      { numRuns: 60, seed: 1 },
    );
    expect(wire.chip.lowestStack).toBeGreaterThanOrEqual(0x20007ff8 - firmware.stack.worst);
  });
});
