// SPDX-License-Identifier: Apache-2.0
/** A board's own flash on the emulated chip: what it computes there, and between which bounds its cycles have to lie. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Board, Microphone } from '../../boards/boards.ts';
import { EmulatedDevice } from '../emulated/emulated-device.ts';
import type { ModelIdentity } from './identity.ts';
import { Link, type Wire } from './link.ts';
import { computeVectors, type StepCycles, timeVectors, type Vectors } from './vectors.ts';

/** Milliseconds until firmware answers. */
const START = 100;

export interface Bounds {
  /** Without a wait state of the flash; with one for each new line of it. */
  readonly least: number;
  readonly most: number;
}

export interface Twin {
  readonly vectors: Vectors;
  /** Of every step. */
  readonly frontend: readonly Bounds[];
  readonly network: readonly Bounds[];
}

/** @throws ChipFault where the emulated chip cannot run it */
export async function emulateTwin(
  image: Uint8Array,
  board: Board,
  microphone: Microphone,
  model: ModelIdentity,
): Promise<Twin> {
  const device = new EmulatedDevice({ chip: board.chip, image, microphone });
  /** Cycles and lines at each reading of the counter. */
  const reads: (readonly [number, number])[] = [];
  device.chip.onCounterRead = () => reads.push([device.chip.cycles, device.chip.flashLines]);
  device.run(START);
  return alongside(device, 'uart', async (link) => {
    await link.sync();
    await link.ask('listen off');
    const vectors = await computeVectors(link, model);
    reads.length = 0;
    const steps = await timeVectors(link, model);
    return { vectors, ...bounds(steps, reads) };
  });
}

/** The three readings of each step are those with its cycles between them. */
function bounds(steps: readonly StepCycles[], reads: readonly (readonly [number, number])[]) {
  const between = (i: number): Bounds => {
    const [[from = 0, first = 0] = [], [to = 0, last = 0] = []] = [reads[i], reads[i + 1]];
    return { least: to - from, most: to - from + last - first };
  };
  let at = 0;
  const found = steps.map(({ frontend, network }) => {
    while (at + 2 < reads.length && (between(at).least !== frontend || between(at + 1).least !== network))
      at++;
    return at;
  });
  return { frontend: found.map(between), network: found.map((i) => between(i + 1)) };
}

/** Work with an emulated board, whose time passes meanwhile. */
export async function alongside<T>(
  device: EmulatedDevice,
  port: 'uart' | 'usb',
  work: (link: Link) => Promise<T>,
): Promise<T> {
  const wire: Wire = {
    path: 'the emulated board',
    onBytes: () => {},
    write: async (bytes) => send(bytes),
    close: async () => {},
  };
  const send = device.connect(port, (bytes) => wire.onBytes(bytes));
  const running = work(new Link(wire));
  let over = false;
  const end = () => {
    over = true;
  };
  running.then(end, end);
  while (!over) {
    device.run(1);
    await turn();
  }
  return running;
}
