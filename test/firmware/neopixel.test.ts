// SPDX-License-Identifier: Apache-2.0
/**
 * NeoPixels on the whole emulated board: what they show, every time on their wire, and that sound goes on meanwhile.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { boards, findMicrophone } from '../../compiler/boards/boards.ts';
import { EmulatedDevice } from '../../compiler/machines/emulated/emulated-device.ts';
import { soundFor } from '../../compiler/machines/emulated/sound.ts';
import { buildFirmware, type Firmware } from '../../compiler/machines/firmware/firmware.ts';
import { CHIP, CORE_CLOCK } from '../support/chip-facts.ts';
import { bursts, listener } from '../support/stream-program.ts';
import { type Colour, Ws2812Chain } from '../support/ws2812.ts';

const NANOSECONDS = 1e9 / CORE_CLOCK;
const OFF: Colour = { green: 0, red: 0, blue: 0 };

const board = boards.circuitplay_express;
const { data, count } = board.pixels ?? {};
if (data === undefined || count === undefined) throw new Error('the board has no NeoPixels');
const microphone = findMicrophone(board, 'pdm');
/** More labels than pixels. */
const program = listener({ frame: 128, hop: 128, seed: 114, last: 'dense', labels: 23 });

/** What the clock of a board without crystal and host may be off by, and more (docs/BOARDS.md). */
const CLOCK_ERRORS = [0, -0.03, 0.03];

/**
 * The board with chains on its wire: in a time of core cycles alone, and in one in which every new line of flash takes
 * a cycle more; each by a clock that is right, slow and fast.
 */
class Lit {
  readonly board: EmulatedDevice;
  readonly chains = {
    exact: CLOCK_ERRORS.map(() => new Ws2812Chain()),
    bound: CLOCK_ERRORS.map(() => new Ws2812Chain()),
  };
  readonly levels: (0 | 1 | null)[] = [];
  ledChanges = 0;
  said = '';

  constructor(image: Uint8Array, usb: boolean) {
    this.board = new EmulatedDevice({ chip: CHIP, image, microphone, usb });
    this.board.onUart = (bytes) => {
      this.said += Buffer.from(bytes).toString('latin1');
    };
    this.board.chip.port.onPin = (group, pin, level) => {
      if (group === board.led.port && pin === board.led.pin) this.ledChanges++;
      if (group !== data?.port || pin !== data.pin) return;
      this.levels.push(level);
      this.#each((chain, now) => chain.level(level ?? 0, now));
    };
  }

  get #now(): { exact: number; bound: number } {
    const { cycles, flashLines } = this.board.chip;
    return { exact: cycles * NANOSECONDS, bound: (cycles + flashLines) * NANOSECONDS };
  }

  /** Every chain, with its time. */
  #each(tell: (chain: Ws2812Chain, now: number) => void): void {
    CLOCK_ERRORS.forEach((error, i) => {
      for (const name of ['exact', 'bound'] as const) {
        const chain = this.chains[name][i];
        if (chain !== undefined) tell(chain, this.#now[name] / (1 + error));
      }
    });
  }

  get all(): Ws2812Chain[] {
    return Object.values(this.chains).flat();
  }

  /** Least and most of every time on the wire, in cycles. */
  cycles(chain: 'exact' | 'bound'): Partial<Record<string, [number, number]>> {
    const cycles = (time: number): number => Math.round(time / NANOSECONDS);
    return Object.fromEntries(
      [...(this.chains[chain][0]?.spans ?? [])].map(([what, { least, most }]) => [
        what,
        [cycles(least), cycles(most)],
      ]),
    );
  }

  run(milliseconds: number): void {
    this.board.run(milliseconds);
    this.#each((chain, now) => chain.end(now));
  }
}

/** All off but one, whose colour a label gives. */
function lit(label: number): Colour[] {
  const lights = (label % 7) + 1;
  const [green = 0, red = 0, blue = 0] = [1, 2, 4].map((bit) => ((lights & bit) === 0 ? 0 : 8));
  return Array.from({ length: count ?? 0 }, (_, pixel) =>
    pixel === label % (count ?? 1) ? { green, red, blue } : OFF,
  );
}

let firmware: Firmware;
beforeAll(async () => {
  firmware = await buildFirmware(program, { board, microphone, kernel: 'packed' });
});

/** Sound that fires, until it is over. Returns the labels that were detected since the start. */
function detectedBy(device: Lit): number[] {
  device.board.playPcm(soundFor('pdm', { samples: bursts(16_000, 3), sampleRate: 8000 }));
  while (!device.board.silent) device.run(10);
  return [...device.said.matchAll(/^event (\d+) /gm)].map(([, label]) => Number(label));
}

const symbol = (name: string): number => {
  const value = firmware.symbols.get(name);
  if (value === undefined) throw new Error(`no symbol ${name}`);
  return value;
};

describe.each([false, true])('NeoPixels, USB %s', (usb) => {
  it('are off at the start, then one is lit for every keyword, and no block of sound is lost', () => {
    const device = new Lit(firmware.bin, usb);
    device.run(10);
    expect(count).toBe(10);
    for (const { frames } of device.all) expect(frames).toEqual([Array(count).fill(OFF)]);
    // Low before it is driven, and never let go.
    expect(device.levels[0]).toBe(0);
    expect(device.levels).not.toContain(null);

    device.ledChanges = 0;
    const labels = detectedBy(device);
    expect(labels.length).toBeGreaterThan(3);
    expect(new Set(labels.map((label) => label % 10)).size).toBeGreaterThan(3);
    expect(Math.max(...labels)).toBeGreaterThan(10);
    expect(device.all).toHaveLength(6);
    for (const { frames, violations, spans } of device.all) {
      expect(violations).toEqual([]);
      expect(frames.slice(1)).toEqual(labels.map(lit));
      expect([...spans.keys()].sort()).toEqual(['0 high', '0 low', '1 high', '1 low', 'end', 'gap']);
    }
    // In cycles, as the table in neopixel.c has it.
    expect(device.cycles('exact')).toMatchObject({
      ...{ '0 high': [13, 13], '0 low': [42, 42], '1 high': [33, 33], '1 low': [22, 22] },
    });
    expect(device.cycles('bound')).toMatchObject({
      ...{ '0 high': [14, 14], '0 low': [46, 46], '1 high': [36, 36], '1 low': [24, 24] },
    });
    expect(device.ledChanges).toBe(labels.length);

    device.said = '';
    device.board.send(Buffer.from('stats\n'));
    device.run(20);
    expect(device.said).toMatch(/^ok stats frames \d+ overruns 0 dropped 0 /);
  });
});

describe('an interrupt while bits are sent', () => {
  it('waits for the end of the pixel, or, if it is not the microphone, of the last one', () => {
    const device = new Lit(firmware.bin, true);
    const { chip } = device.board;
    device.run(10);
    let start = 0;
    const entered: Record<string, number[]> = { DMAC_Handler: [], USB_Handler: [] };
    for (const [handler, times] of Object.entries(entered)) {
      chip.hook(symbol(handler), () => times.push(chip.cycles - start));
    }
    chip.hook(symbol('neopixel_show'), () => {
      start = chip.cycles;
      entered.DMAC_Handler?.splice(0);
      entered.USB_Handler?.splice(0);
      chip.interruptAt(start + 2000, 6);
      chip.interruptAt(start + 3000, 7);
    });
    const labels = detectedBy(device);
    expect(labels.length).toBeGreaterThan(3);
    const pixel = 24 * 55;
    expect(entered.DMAC_Handler?.[0]).toBeGreaterThan(2000);
    expect(entered.DMAC_Handler?.[0]).toBeLessThan(2000 + pixel + 100);
    expect(entered.USB_Handler?.[0]).toBeGreaterThan(10 * pixel);
    expect(entered.USB_Handler?.[0]).toBeLessThan(11 * pixel);
    for (const { frames, violations } of device.all) {
      expect(violations).toEqual([]);
      expect(frames.slice(1)).toEqual(labels.map(lit));
    }
    // The bound in neopixel.c.
    expect(device.cycles('bound').gap?.[1]).toBeGreaterThan(100);
    expect(device.cycles('bound').gap?.[1]).toBeLessThan(150);
  });
});

describe('the chain of the test', () => {
  /** A frame of one pixel, all bits 0 but for the times that are given, and the end. */
  const chainAfter = (high: number, low: number, end = 300_000): Ws2812Chain => {
    const chain = new Ws2812Chain();
    let now = 0;
    chain.level(0, now);
    now += 300_000;
    for (let bit = 0; bit < 24; bit++) {
      chain.level(1, now);
      chain.level(0, (now += bit === 5 ? high : 400));
      now += bit === 23 ? end : bit === 5 ? low : 850;
    }
    chain.level(1, now);
    return chain;
  };

  it('takes what the data sheet permits and nothing else', () => {
    for (const [high, low, red] of [
      ...[[250, 700, 0] as const, [550, 1000, 0] as const],
      ...[[650, 300, 4] as const, [950, 600, 4] as const],
    ]) {
      const { violations, frames } = chainAfter(high, low);
      expect(violations).toEqual([]);
      expect(frames).toEqual([[{ green: red, red: 0, blue: 0 }]]);
    }
    expect(chainAfter(249, 850).violations).toEqual(['0 high for 249 ns at bit 6 of frame 0']);
    expect(chainAfter(551, 850).violations).toEqual(['0 high for 551 ns at bit 6 of frame 0']);
    expect(chainAfter(649, 450).violations).toEqual(['1 high for 649 ns at bit 6 of frame 0']);
    expect(chainAfter(951, 450).violations).toEqual(['1 high for 951 ns at bit 6 of frame 0']);
    expect(chainAfter(400, 699).violations).toEqual(['0 low for 699 ns at bit 6 of frame 0']);
    expect(chainAfter(400, 1001).violations).toEqual(['0 low for 1001 ns at bit 6 of frame 0']);
    expect(chainAfter(800, 299).violations).toEqual(['1 low for 299 ns at bit 6 of frame 0']);
    expect(chainAfter(800, 601).violations).toEqual(['1 low for 601 ns at bit 6 of frame 0']);
    expect(chainAfter(400, 850, 60_000).violations).toEqual(['gap for 60000 ns at bit 24 of frame 0']);
    expect(chainAfter(400, 300_000).violations).toEqual([
      'frame 0 ends after 6 bits',
      'frame 1 ends after 18 bits',
    ]);
  });
});
