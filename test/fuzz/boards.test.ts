// SPDX-License-Identifier: Apache-2.0
/** Some rounds on the emulated board; and that a firmware which is wrong is found. */
import { beforeAll, describe, expect, it } from 'vitest';
import { lacking } from '../support/needs.ts';
import { Random } from '../support/random.ts';
import { Boards } from './boards/run.ts';

describe.skipIf(lacking('arm'))('the board', () => {
  let boards: Boards;
  beforeAll(async () => {
    boards = await Boards.build();
  });

  it('answers and computes what it did, whatever came before', () => {
    for (let seed = 1; seed <= 6; seed++) expect(boards.noise(seed), `seed ${seed}`).toEqual([]);
  });

  it('keeps the old model, none or the new one, whenever power is lost', async () => {
    for (let seed = 1; seed <= 2; seed++) expect(await boards.power(seed), `seed ${seed}`).toEqual([]);
  });

  it('would be found where it computed something else, or where its model were another', async () => {
    const wrong = await Boards.build({ checksum: 1, claims: new Random(1).between(1, 9) });
    expect(wrong.noise(1)).toEqual([expect.stringMatching(/^computes \d+ instead of \d+$/)]);
    expect(await wrong.power(1)).toEqual([expect.stringMatching(/with|whole update/)]);
  });
});
