// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseElf } from '../../compiler/machines/image/elf.ts';
import { contributions, imageSize } from '../../compiler/machines/image/size.ts';
import { buildImage, findToolchain, RegionOverflow } from '../../compiler/machines/toolchain/arm.ts';
import { BuildCache } from '../../compiler/machines/toolchain/cache.ts';
import { smallBuild } from '../support/arm-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-arm-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SOURCE = `
#include "numbers.h"
int counter = 7;
int zeros[10];
int entry(void) { zeros[counter & 7] = ANSWER; return counter; }
`;
const HEADER = { path: 'src/numbers.h', text: '#define ANSWER 42\n' };

describe('the cross compiler', () => {
  it('is missing: the message names the Debian packages', () => {
    expect(() => findToolchain({ PATH: '' })).toThrow(
      /^arm-none-eabi-gcc: not found.*gcc-arm-none-eabi libnewlib-arm-none-eabi/,
    );
  });

  it('is there without its tools: the message names the missing one', () => {
    symlinkSync(findToolchain().gcc, join(folder, 'arm-none-eabi-gcc'));
    expect(() => findToolchain({ PATH: folder })).toThrow(/^arm-none-eabi-objcopy: not found/);
  });

  it('gives the same bytes when nothing is cached, and mentions no folder of this machine', async () => {
    const images = [];
    for (const name of ['a', 'b']) {
      const cache = BuildCache.in(join(folder, name));
      images.push(await buildImage(smallBuild(SOURCE, [HEADER]), findToolchain(), cache));
    }
    const [first, second] = images;
    expect(first).toEqual(second);
    for (const part of [first?.elf, first?.bin, Buffer.from(first?.map ?? '')]) {
      const text = Buffer.from(part ?? []).toString('latin1');
      for (const place of [folder, tmpdir(), process.cwd(), '/usr/']) expect(text).not.toContain(place);
    }
  });

  it('is not asked again for what it has built, but is when a header changes', async () => {
    const cache = BuildCache.in(join(folder, 'again'));
    const before = await buildImage(smallBuild(SOURCE, [HEADER]), findToolchain(), cache);
    const broken = { ...findToolchain(), gcc: '/nonexistent', objcopy: '/nonexistent' };
    expect(await buildImage(smallBuild(SOURCE, [HEADER]), broken, cache)).toEqual(before);
    const changed = { ...HEADER, text: '#define ANSWER 43\n' };
    await expect(buildImage(smallBuild(SOURCE, [changed]), broken, cache)).rejects.toThrow(/ENOENT/);
    const after = await buildImage(smallBuild(SOURCE, [changed]), findToolchain(), cache);
    expect(after.bin).not.toEqual(before.bin);
  });

  it('builds the same thing several times at once without one run spoiling another', async () => {
    const cache = BuildCache.in(join(folder, 'together'));
    const builds = Array.from({ length: 6 }, () =>
      buildImage(smallBuild(SOURCE, [HEADER]), findToolchain(), cache),
    );
    const [first, ...others] = await Promise.all(builds);
    for (const other of others) expect(other).toEqual(first);
    expect(readdirSync(join(folder, 'together')).filter((name) => /^(work|new)-/.test(name))).toEqual([]);
  });

  it('treats warnings as errors', async () => {
    const build = smallBuild('int entry(void) { int unused; return 0; }');
    await expect(buildImage(build)).rejects.toThrow(/unused variable/);
  });

  it('reports by how much an image is too large', async () => {
    const build = smallBuild('int data[5000]; int entry(void) { return data[3]; }');
    const error = await buildImage(build).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RegionOverflow);
    expect(error).toMatchObject({ region: 'RAM', excess: 20000 - 4096 });
  });

  it('accounts for every byte of flash and RAM', async () => {
    const image = await buildImage(smallBuild(SOURCE, [HEADER]));
    const size = imageSize(parseElf(image.elf, 'image.elf'));
    expect(size.flash).toBe(image.bin.length);
    expect(size.ram).toBe(4 + 40);
    expect(contributions(image.map)).toEqual([{ object: 'src_main.o', flash: size.flash, ram: 44 }]);
  });
});
