// SPDX-License-Identifier: Apache-2.0
/** Emulated boards for some time. */
import { boards, findMicrophone } from '../../../compiler/boards/boards.ts';
import { buildFirmware } from '../../../compiler/machines/firmware/firmware.ts';
import { Desk } from '../../support/desk.ts';
import { Random } from '../../support/random.ts';
import { listener } from '../../support/stream-program.ts';
import { checksumOf, noiseRound } from './noise.ts';
import { powerRound, type Update } from './power.ts';

const old = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });
const next = listener({ frame: 64, hop: 40, seed: 67, last: 'egru' });

export class Boards {
  readonly #update: Update;
  #desk: Desk | null = null;
  #before: number | string = 0;
  /** What is added to the checksum that is expected. */
  readonly #difference: number;

  private constructor(update: Update, difference = 0) {
    this.#update = update;
    this.#difference = difference;
  }

  /** @param wrong so that rounds find something: by how much the checksum is off, the seed of a model that is not there */
  static async build(wrong?: { readonly checksum: number; readonly claims: number }): Promise<Boards> {
    const board = boards.feather_m0;
    const microphone = findMicrophone(board, 'adc');
    const build = (program: typeof old) => buildFirmware(program, { board, microphone, kernel: 'packed' });
    const [firmware, nextFirmware] = await Promise.all([build(old), build(next)]);
    const update = { old, next, firmware, nextFirmware, microphone };
    if (wrong === undefined) return new Boards(update);
    const other = listener({ frame: 128, hop: 128, seed: wrong.claims, last: 'dense' });
    return new Boards({ ...update, old: other, next: other }, wrong.checksum);
  }

  /** Ports of a board that has been through all rounds before, unless one was wrong. */
  noise(seed: number): string[] {
    const { firmware, microphone } = this.#update;
    if (this.#desk === null) {
      this.#desk = new Desk(firmware.bin, microphone, { usb: true, start: 300 });
      this.#before = checksumOf(this.#desk, 'uart');
    }
    if (typeof this.#before !== 'number') return [`at first: ${this.#before}`];
    const found = noiseRound(new Random(seed), this.#desk, this.#before + this.#difference);
    if (found.length > 0) this.#desk = null;
    return found;
  }

  power(seed: number): Promise<string[]> {
    return powerRound(new Random(seed), this.#update);
  }
}
