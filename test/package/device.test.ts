// SPDX-License-Identifier: Apache-2.0
/** egru/device as a page gets it: an image runs with sound at its microphone, where no global of Node's exists. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { buildFirmware } from '../../compiler/index.ts';
import { playTo } from '../../compiler/machines/emulated/play.ts';
import { readBoardImage } from '../../compiler/machines/image/board-image.ts';
import { imageDigest } from '../../compiler/machines/image/image-digest.ts';
import { type Bundle, bundleOf, runInPage } from '../support/bundle.ts';
import { lacking } from '../support/needs.ts';

const MAX_BYTES = 300_000;
let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundleOf(packagePath('compiler', 'machines', 'emulated', 'index.ts'));
});

describe('egru/device', () => {
  it('is one file of less than 300 KB', () => {
    expect(bundle.imports).toEqual([]);
    expect(Buffer.byteLength(bundle.code)).toBeLessThan(MAX_BYTES);
  });

  it('refuses a file that is no firmware in one line', () => {
    const message = runInPage(
      bundle,
      {},
      `try { egru.readBoardImage(new Uint8Array(100), 'x.bin'); } catch (error) {
         return [error instanceof egru.InputError, error.message];
       }`,
    );
    expect(message).toEqual([true, expect.stringMatching(/^x\.bin: is not firmware for 0x2000: .*$/)]);
  });
});

describe.skipIf(lacking('arm'))('a firmware image in a page', () => {
  it('finds the word of a clip, as it does in Node', async () => {
    const program = loadProgram(packagePath('models', 'spoken-digits'));
    const { uf2, bin } = await buildFirmware(program, { board: 'feather_m0' });
    const sound = readWav(packagePath('models', 'spoken-digits', 'samples', '7_engb_0.wav'));
    const given = {
      file: [...(uf2 ?? [])],
      samples: [...sound.samples],
      sampleRate: sound.sampleRate,
    };
    const found = runInPage(
      bundle,
      given,
      `const image = egru.readBoardImage(Uint8Array.from(file), 'firmware.uf2');
       const sound = { samples: Int16Array.from(samples), sampleRate };
       return {
         board: image.board.name,
         digest: egru.imageDigest(image.image.bytes),
         keywords: egru.playTo(image, sound),
       };`,
    );
    const own = playTo(readBoardImage(uf2 ?? new Uint8Array(), 'firmware.uf2'), sound);
    expect(found).toEqual({ board: 'feather_m0', digest: imageDigest(bin), keywords: own });
    expect(own.map(({ label }) => label)).toEqual(['seven']);
  });
});
