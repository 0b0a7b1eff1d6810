// SPDX-License-Identifier: Apache-2.0
/** A main loop that is held up for longer than the buffers of the microphone last: counted, and the board continues. */

import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import type { MicrophoneSource } from '../../compiler/emulator/core/microphone.ts';
import { soundFor, soundSource, valuesPerBlock } from '../../compiler/machines/emulated/sound.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { AnswerReader } from '../../compiler/machines/protocol/protocol.ts';
import { decimate } from '../microphone/decimate.ts';
import { MODEL_START } from '../support/chip-facts.ts';
import { Desk } from '../support/desk.ts';
import { digits, RATE } from '../support/recording.ts';

const { program, keywords } = digits();
const { hop = 1 } = program.frontend ?? {};
const BLOCK = 32;
/**
 * Milliseconds after which the main loop is held up, in the silence behind the first word: in no block's first or last
 * one.
 */
const HOLD_AT = 802;
const words = Int16Array.from(
  [1, 4, 7].flatMap((n) => [...(keywords[n]?.() ?? []), ...new Int16Array((3 * RATE) / 4)]),
);

/** Counts what was taken from it. */
class Counted implements MicrophoneSource {
  taken = 0;
  constructor(private readonly source: MicrophoneSource) {}
  next(): number {
    this.taken++;
    return this.source.next();
  }
}

/** Without some blocks. */
function skipping(source: MicrophoneSource, perBlock: number, from: number, count: number): MicrophoneSource {
  let at = 0;
  return {
    next: () => {
      if (at === from * perBlock) for (let i = 0; i < count * perBlock; i++) source.next();
      at++;
      return source.next();
    },
  };
}

describe.each([
  ['arduino_zero', 'i2s'],
  ['circuitplay_express', 'pdm'],
  ['trinket_m0', 'adc'],
] as const)('%s with %s', (name, mic) => {
  const board = boards[name];
  const microphone = findMicrophone(board, mic);
  const perBlock = valuesPerBlock(mic);
  const pcm = soundFor(mic, { samples: words, sampleRate: RATE });
  let firmware: Firmware;
  beforeAll(async () => {
    firmware = await buildFirmware(program, { board, microphone, kernel: 'unrolled' });
  });

  const symbol = (name: string) => firmware.symbols.get(name) ?? 0;

  async function reference(from: number, lost: number, blocks: number): Promise<string[]> {
    const remaining = skipping(soundSource(mic, pcm), perBlock, from, lost);
    const [result] = await new ReferenceExecutor(program).listen(
      [decimate(mic, remaining, blocks - lost)],
      false,
    );
    return (result?.events ?? []).map(({ label, sample, score }) => `event ${label} ${sample} ${score}`);
  }

  function held(milliseconds: number, masked: boolean) {
    const desk = new Desk(firmware.bin, microphone, { start: 0 });
    desk.board.playPcm(pcm);
    const sound = new Counted(soundSource(mic, pcm));
    desk.board.chip.microphone = sound;
    desk.board.run(HOLD_AT);
    // Called because a block is complete, which is therefore the first one that is lost.
    let from = 0;
    desk.hold(symbol('mic_read'), MODEL_START - 2, milliseconds, masked, () => {
      from = Math.floor(sound.taken / perBlock) - 1;
    });
    const values = pcm.length * (mic === 'pdm' ? 125 : 1);
    while (sound.taken < values || Math.floor((2 * (sound.taken % perBlock)) / perBlock) !== 1)
      desk.board.run(1);
    const events = desk.events;
    const blocks = Math.floor(sound.taken / perBlock);
    const [, frames, overruns] =
      /^ok stats frames (\d+) overruns (\d+) dropped 0 /.exec(desk.ask('stats\n', 1)) ?? [];
    return { events, from, blocks, frames: Number(frames), overruns: Number(overruns) };
  }

  it.each([
    [3, 0, 0],
    [5, 1, 1],
    [25, 6, 6],
    [500, 124, 128],
  ])(
    'is late by %s ms, and detects what the reference detects in the blocks that are left',
    async (late, least, most) => {
      const { events, from, blocks, frames, overruns } = held(late, false);
      // Blocks of I2S take 3.93 ms.
      expect(overruns).toBeGreaterThanOrEqual(least);
      expect(overruns).toBeLessThanOrEqual(most);
      expect(frames).toBe(Math.floor((BLOCK * (blocks - overruns)) / hop));
      expect(events).toEqual(await reference(from, overruns, blocks));
      expect(events).toHaveLength(3);
    },
  );

  it('also restarts where an interrupt was lost, and detects the next words', async () => {
    const { events, blocks, overruns } = held(9, true);
    expect(overruns).toBeGreaterThanOrEqual(1);
    expect(overruns).toBeLessThanOrEqual(3);
    const label = (line: string) => line.split(' ')[1];
    expect(events.map(label)).toEqual((await reference(0, 0, blocks)).map(label));
    expect(events).toHaveLength(3);
  });

  // Two blocks and more: wherever in a block the main loop is held, one is lost.
  it.each([9, 25, 500])(
    'leaves a gap in the numbers of what it records where it is late by %s ms',
    (late) => {
      const desk = new Desk(firmware.bin, microphone);
      const reader = new AnswerReader({ trace: 0, logits: 0 });
      const numbers: number[] = [];
      reader.onSound = (block) => numbers.push(block);
      let stats = '';
      desk.board.onUart = (bytes) => {
        for (const byte of bytes) stats = reader.push(byte)?.line ?? stats;
      };
      desk.board.playPcm(pcm);
      desk.ask('record on\n', 200);
      desk.hold(symbol('mic_read'), MODEL_START - 2, late);
      desk.ask('stats\n', 200);
      const overruns = Number(/ overruns (\d+) dropped 0 /.exec(stats)?.[1]);
      expect(overruns).toBeGreaterThanOrEqual(1);
      const gaps = numbers.flatMap((number, n) => {
        const missing = number - (numbers[n - 1] ?? -1) - 1;
        return missing === 0 ? [] : [missing];
      });
      // One gap, of all blocks that were lost and of the one behind them, which may be damaged.
      expect(gaps).toEqual([overruns + 1]);
      expect(numbers.length).toBeGreaterThan(80);
    },
  );
});
