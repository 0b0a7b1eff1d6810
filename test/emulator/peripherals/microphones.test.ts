// SPDX-License-Identifier: Apache-2.0
/** The firmware's microphone drivers on the emulated chip: every bit, word and count that comes in is accounted for. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AdcDecimator } from '../../../compiler/core/microphone/adc.ts';
import { I2sDecimator } from '../../../compiler/core/microphone/i2s.ts';
import { PdmDecimator } from '../../../compiler/core/microphone/pdm.ts';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { CYCLES, FORMAT, type Interface, MicChip } from '../../support/chips/driver-chip.ts';
import { Sequence } from '../../support/chips/sequence.ts';

const SECONDS = 1;
const INTERFACES = ['i2s', 'pdm', 'adc'] as const;
/** DMAC.CTRL, and descriptor fields. */
const DMAC_CTRL = 0x41004800;
const BTCTRL = 0;
const DSTADDR = 8;
const DESCRIPTOR = 16;

async function listenTo(kind: Interface, options = {}): Promise<{ mic: MicChip; sequence: Sequence }> {
  const mic = await MicChip.create(kind, options);
  const sequence = new Sequence(kind);
  mic.chip.microphone = sequence;
  return { mic, sequence };
}

/** Each block is a whole piece of the sequence; returns the numbers of the pieces. */
function pieces(mic: MicChip, sequence: Sequence): number[] {
  const [, count] = FORMAT[mic.microphone];
  return mic.blocks.map(({ values }) => {
    for (let piece = 0; (piece + 1) * count <= sequence.values; piece++)
      if (
        values[0] === sequence.value(piece * count) &&
        sequence.find(values, piece * count, piece * count) >= 0
      )
        return piece;
    throw new Error('a block that is no piece of the sequence');
  });
}

const first = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe.each(INTERFACES)('%s', (kind) => {
  const [, count] = FORMAT[kind];
  const blockCycles = CYCLES[kind] * count;
  const decimators = { i2s: new I2sDecimator(), pdm: new PdmDecimator(), adc: new AdcDecimator() };
  const decimate = (values: readonly number[], pcm: Int16Array): void => {
    if (kind === 'i2s') decimators.i2s.block(Int32Array.from(values), pcm);
    else decimators[kind].block(Uint16Array.from(values), pcm);
  };

  it.each(['-Os', '-O2'] as const)(`loses nothing in ${SECONDS} s (%s)`, async (optimize) => {
    const { mic, sequence } = await listenTo(kind, { optimize });
    const blocks = Math.floor((SECONDS * 48e6) / blockCycles);
    mic.runBlocks(blocks);
    const wrong = mic.values.findIndex((value, i) => value !== sequence.value(i));
    expect(wrong).toBe(-1);
    expect(mic.values).toHaveLength(blocks * count);
    expect(mic.overruns).toBe(0);
    // Nothing came in that was not handed over, but for the values of the block under way.
    expect(sequence.values - blocks * count).toBeLessThan(count);
  });

  it.each([0, 1])('takes exactly the cycles of the dividers (crystal: %i)', async (crystal) => {
    const { mic } = await listenTo(kind, { crystal });
    mic.runBlocks(100);
    const [start] = mic.blocks;
    // From the interrupt to here always the same path: the CPU sleeps when a block is complete.
    const late = mic.blocks.map(({ cycle }, i) => cycle - (start?.cycle ?? 0) - i * blockCycles);
    expect(Math.max(...late.map(Math.abs))).toBe(0);
  });

  it('sleeps in between, and costs little', async () => {
    const { mic } = await listenTo(kind);
    mic.runBlocks(2);
    const { cycles, sleepCycles } = mic.chip;
    const handler = mic.measure('DMAC_Handler');
    const read = mic.measure('mic_read');
    mic.runBlocks(50);
    expect(handler.calls).toBe(50);
    expect(read.calls).toBe(100); // one block, and none
    // Of some 190,000 cycles in a block. docs/EMULATOR.md has a row for each, which shows them.
    const row = new RegExp(`^\\| ${kind.toUpperCase()} \\|.*\\| (\\d+) \\| (\\d+) \\|$`, 'm');
    const [, handlerCycles, readCycles] =
      row.exec(readFileSync(packagePath('docs', 'EMULATOR.md'), 'utf8')) ?? [];
    expect([handler.cycles / 50, read.cycles / 50].map(Math.round)).toEqual(
      [handlerCycles, readCycles].map(Number),
    );
    expect(handler.cycles / 50).toBeLessThan(100);
    expect(read.cycles / 50).toBeLessThan(kind === 'i2s' ? 600 : 240); // I2S: with the choice of a slot
    const awake = mic.chip.cycles - cycles - (mic.chip.sleepCycles - sleepCycles);
    expect(awake).toBeGreaterThan(handler.cycles + read.cycles);
    expect(awake / 50).toBeLessThan(1200); // with the harness's loop
  });

  it('a late reader loses whole blocks, which are counted', async () => {
    const { mic, sequence } = await listenTo(kind);
    mic.runBlocks(3);
    mic.set('delay', 70_000); // some 14 ms
    mic.runBlocks(5);
    mic.set('delay', 0);
    mic.runBlocks(20);
    const got = pieces(mic, sequence);
    const lost = (got.at(-1) ?? 0) + 1 - got.length;
    expect(lost).toBeGreaterThan(5);
    expect(mic.overruns).toBe(lost);
    expect(got).toEqual([...new Set(got)].sort((a, b) => a - b)); // each once, in order
    expect(got.slice(-20)).toEqual(first(20).map((i) => (got.at(-20) ?? 0) + i));
  });

  it('a decimator that takes longer than a block is noticed', async () => {
    const { mic, sequence } = await listenTo(kind);
    mic.runBlocks(3);
    mic.set('lazy', 30_000);
    mic.runBlocks(1);
    mic.set('lazy', 0);
    mic.chip.run(2 * blockCycles);
    expect(mic.overruns).toBeGreaterThanOrEqual(1);
    const before = mic.overruns;
    const at = mic.blocks.length;
    mic.runBlocks(10);
    expect(mic.overruns).toBe(before);
    const got = pieces(mic, sequence).slice(at);
    expect(got).toEqual(first(10).map((i) => (got[0] ?? 0) + i));
  });

  it('stops, is quiet, and starts again from an empty buffer', async () => {
    const { mic, sequence } = await listenTo(kind);
    for (let round = 0; round < 5; round++) {
      mic.runBlocks(2);
      mic.chip.run(10_000 + 37_123 * round); // anywhere in a block
      mic.request('STOP');
      mic.wake();
      mic.chip.run(1000);
      const { length } = mic.blocks;
      const drawn = sequence.values;
      mic.chip.run(10 * blockCycles);
      expect(mic.blocks).toHaveLength(length);
      expect(sequence.values).toBe(drawn);
      expect(mic.chip.core.waiting).toBe(true);
      expect(mic.chip.core.pendingInterrupts).toBe(0);
      mic.request('RESTART');
      mic.wake();
      mic.runBlocks(2);
      const again = mic.blocks.slice(length).flatMap(({ values }) => values);
      expect(again).toEqual(again.map((_, i) => sequence.value(drawn + i)));
    }
    expect(mic.overruns).toBe(0);
  });

  it('starting while it listens starts over', async () => {
    const { mic, sequence } = await listenTo(kind);
    mic.runBlocks(2);
    mic.chip.run(blockCycles / 3);
    mic.request('RESTART');
    mic.wake();
    mic.chip.run(1000);
    const drawn = sequence.values;
    const { length } = mic.blocks;
    mic.runBlocks(3);
    const again = mic.blocks.slice(length).flatMap(({ values }) => values);
    expect(again).toEqual(again.map((_, i) => sequence.value(drawn + i)));
    expect(mic.overruns).toBe(0);
  });

  it.each([
    ['a destination that does not answer', 1, DSTADDR, 0x10000000],
    ['an invalid descriptor', 0, BTCTRL, 0],
  ] as const)('comes back after %s', async (_, index, field, value) => {
    const { mic, sequence } = await listenTo(kind);
    mic.runBlocks(4);
    const at = mic.address('dma') + index * DESCRIPTOR + field;
    if (field === BTCTRL) mic.chip.writeUint16(at, value);
    else mic.chip.writeUint32(at, value);
    const { length } = mic.blocks;
    mic.runBlocks(6);
    expect(mic.overruns).toBe(1);
    const after = mic.blocks.slice(length).map(({ values }) => sequence.find(values, 0, sequence.values));
    expect(Math.min(...after)).toBeGreaterThanOrEqual(0);
    const last = after.slice(-3);
    expect(last).toEqual(first(3).map((i) => (last[0] ?? 0) + i * count));
    expect(mic.chip.sleepCycles / mic.chip.cycles).toBeGreaterThan(0.9);
  });

  it('values lost because DMA did not fetch them are counted', async () => {
    const { mic } = await listenTo(kind);
    mic.runBlocks(2);
    const control = mic.chip.readUint16(DMAC_CTRL);
    mic.chip.writeUint16(DMAC_CTRL, control & ~2);
    mic.chip.run(5 * CYCLES[kind]);
    mic.chip.writeUint16(DMAC_CTRL, control);
    mic.runBlocks(1);
    mic.chip.run(1000);
    expect(mic.overruns).toBe(1);
    mic.runBlocks(5);
    expect(mic.overruns).toBe(1);
  });

  it('an interrupt between the check and the sleep is not missed', async () => {
    const { mic, sequence } = await listenTo(kind);
    for (let i = 0; i < 20; i++) {
      // Awake with interrupts masked until behind the end of the block, which must not wait for the next one's.
      mic.set('masked', Math.floor((1.3 * blockCycles + 997 * i) / 12));
      mic.runBlocks(1);
      mic.set('masked', 0);
      mic.runBlocks(2);
    }
    expect(pieces(mic, sequence)).toEqual(first(60));
    expect(mic.overruns).toBe(0);
  });

  it('starts over when interrupts were held back so long that one was lost', async () => {
    const { mic, sequence } = await listenTo(kind);
    mic.runBlocks(3);
    mic.set('masked', Math.floor((2.5 * blockCycles) / 12));
    mic.runBlocks(1);
    mic.set('masked', 0);
    mic.runBlocks(1);
    mic.chip.run(1.5 * blockCycles); // it shows when the next block is due
    const before = mic.overruns;
    expect(before).toBe(1);
    const { length } = mic.blocks;
    mic.runBlocks(5);
    expect(mic.overruns).toBe(before);
    const after = mic.blocks.slice(length).map(({ values }) => sequence.find(values, 0, sequence.values));
    expect(after[0]).toBeGreaterThan(3 * count);
    expect(after).toEqual(first(5).map((i) => (after[0] ?? 0) + i * count));
  });

  it('gives the samples of the reference, from the first bit on', async () => {
    const { mic, sequence } = await listenTo(kind, { decimators: true });
    mic.chip.run(20.5 * blockCycles);
    const raw = first(20 * count).map((n) => sequence.value(n));
    const pcm = new Int16Array(20 * 32);
    for (let i = 0; i < 20; i++) decimate(raw.slice(i * count, (i + 1) * count), pcm.subarray(32 * i));
    expect(mic.pcm).toEqual([...pcm]);
    expect(new Set(pcm).size).toBeGreaterThan(100);
    expect(mic.overruns).toBe(0);
  });

  it('receives silence where nothing is connected', async () => {
    const mic = await MicChip.create(kind);
    mic.runBlocks(2);
    const silence = { i2s: 0, pdm: 0x5555, adc: 2048 }[kind];
    expect(mic.values.filter((value) => value !== silence)).toEqual([]);
  });
});

describe('an I2S microphone in the slot that was not expected', () => {
  const WORDS = FORMAT.i2s[1];
  const heard = async (
    frameSync: 'low' | 'high',
    select: 'low' | 'high',
    silent = 0,
  ): Promise<{ mic: MicChip; sequence: Sequence }> => {
    const mic = await MicChip.create('i2s', { decimators: true, silicon: { frameSync } });
    const sequence = new Sequence('i2s', select, silent);
    mic.chip.microphone = sequence;
    return { mic, sequence };
  };
  const reference = (blocks: number, silent: number): number[] => {
    const decimator = new I2sDecimator();
    const pcm = new Int16Array(32 * blocks);
    const sequence = new Sequence('i2s');
    for (let i = 0; i < blocks; i++) {
      const words = first(WORDS).map((n) => (i * WORDS + n < silent ? 0 : sequence.value(i * WORDS + n)));
      decimator.block(Int32Array.from(words), pcm.subarray(32 * i));
    }
    return [...pcm];
  };

  it.each([
    ['low', 'low', 0],
    ['low', 'high', 0],
    ['high', 'low', 0],
    ['high', 'high', 0],
    // Silent for some blocks, and from the middle of one.
    ['high', 'low', 5 * 64 + 63],
    ['low', 'low', 5 * 64 + 63],
  ] as const)(
    'is heard bit by bit, from the first one on (first slot %s, select %s, silent for %i)',
    async (frameSync, select, silent) => {
      const { mic } = await heard(frameSync, select, silent);
      mic.chip.run(20.5 * CYCLES.i2s * WORDS);
      expect(mic.pcm).toEqual(reference(20, silent));
      expect(new Set(mic.pcm).size).toBeGreaterThan(100);
      expect(mic.overruns).toBe(0);
    },
  );

  it('is remembered when listening starts again', async () => {
    const { mic, sequence } = await heard('high', 'low');
    mic.chip.run(5.5 * CYCLES.i2s * WORDS);
    mic.request('RESTART');
    mic.wake();
    mic.chip.run(1000);
    const { drawn } = sequence;
    const { length } = mic.pcm;
    mic.chip.run(5.5 * CYCLES.i2s * WORDS);
    const decimator = new I2sDecimator();
    const pcm = new Int16Array(32 * 5);
    for (let i = 0; i < 5; i++) {
      const words = first(WORDS).map((n) => sequence.value(drawn + i * WORDS + n));
      decimator.block(Int32Array.from(words), pcm.subarray(32 * i));
    }
    expect(mic.pcm.slice(length)).toEqual([...pcm]);
  });

  it('costs at most 0.3 % of the CPU to look for, also where nothing speaks at all', async () => {
    const share = async (microphone: Sequence | null): Promise<number> => {
      const mic = await MicChip.create('i2s', { silicon: { frameSync: 'high' } });
      mic.chip.microphone = microphone;
      mic.runBlocks(4);
      const read = mic.measure('mic_read');
      mic.runBlocks(50);
      return read.cycles / 50 / (CYCLES.i2s * WORDS);
    };
    /** Two calls, one with a block, before there was a choice (203 cycles). */
    const before = 203 / (CYCLES.i2s * WORDS);
    expect((await share(new Sequence('i2s'))) - before).toBeLessThan(0.003);
    expect((await share(null)) - before).toBeLessThan(0.003);
  });
});
