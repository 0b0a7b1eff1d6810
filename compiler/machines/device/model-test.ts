// SPDX-License-Identifier: Apache-2.0
/** The part of a board's self-test that needs no microphone: flash, golden vectors, cycles, a model update and back. */
import type { Board, Microphone } from '../../boards/boards.ts';
import { hex32 } from '../../core/base/crc32.ts';
import { InputError } from '../../core/base/errors.ts';
import { ChipFault } from '../emulated/emulators.ts';
import { imageDigest } from '../image/image-digest.ts';
import { markRegion, readRegion } from '../image/region.ts';
import { flashSettings, readFlash } from './flash-read.ts';
import { identify, type ModelIdentity } from './identity.ts';
import { requireUntaught } from './learning.ts';
import type { Link } from './link.ts';
import { type Bounds, emulateTwin, type Twin } from './twin.ts';
import { computeVectors, firstDifference, timeVectors } from './vectors.ts';

/** Cycles of the steps of the golden vectors together, next to the bounds of the emulated chip. */
export interface Measured extends Bounds {
  readonly cycles: number;
}

export interface ModelTest {
  readonly flash: {
    readonly waitStates: number;
    /** Of the flash controller, in hex. */
    readonly settings: string;
    /** SHA-256 of application and model, as `egru build` prints it. */
    readonly image: string;
  };
  /** difference: null where the board computes what it has to. */
  readonly golden: { readonly steps: number; readonly difference: string | null };
  /** null: the emulated chip cannot run this image. */
  readonly timing: { readonly frontend: Measured; readonly network: Measured } | null;
  /** Whether the model was replaced by a marked copy, and put back. */
  readonly updated: boolean;
}

export interface ModelTestOptions {
  readonly update: boolean;
  readonly signal: AbortSignal;
  /** Called with the board's model where it could not be put back; returns where it is now. */
  readonly keep: (region: Uint8Array) => string;
}

/** The microphone has to be off; so it is afterwards. @throws InputError where the board goes away, or keeps no model */
export async function testModel(
  link: Link,
  [board, microphone]: readonly [Board, Microphone],
  model: ModelIdentity,
  { update, signal, keep }: ModelTestOptions,
): Promise<ModelTest> {
  await requireUntaught(link);
  const settings = await flashSettings(link);
  const { image, region } = await readFlash(link, board.chip, signal);
  const vectors = await computeVectors(link, model);
  const steps = await timeVectors(link, model);
  let twin: Twin | null = null;
  try {
    twin = await emulateTwin(image, board, microphone, model);
  } catch (error) {
    if (!(error instanceof ChipFault) && !(error instanceof InputError)) throw error;
  }
  const wrong = (digest: string) => digest !== model.vectors;
  let difference = null;
  if (wrong(vectors.digest))
    difference = (twin === null ? null : firstDifference(vectors, twin.vectors)) ?? 'another digest';
  if (update) {
    await replaceAndBack(link, region, board, keep);
    const again = await computeVectors(link, model);
    if (wrong(again.digest))
      difference ??= `after an update: ${firstDifference(again, vectors) ?? 'another digest'}`;
  }
  const { shift, mask } = board.chip.flashWait;
  const sum = (name: 'frontend' | 'network'): Measured => ({
    cycles: steps.reduce((all, step) => all + step[name], 0),
    least: (twin?.[name] ?? []).reduce((all, { least }) => all + least, 0),
    most: (twin?.[name] ?? []).reduce((all, { most }) => all + most, 0),
  });
  return {
    flash: {
      ...{ waitStates: (settings >>> shift) & mask, settings: hex32(settings) },
      image: imageDigest(image),
    },
    golden: { steps: vectors.steps, difference },
    timing: twin === null ? null : { frontend: sum('frontend'), network: sum('network') },
    updated: update,
  };
}

/** A copy of the model that differs in its checksum, and then the model itself. */
async function replaceAndBack(
  link: Link,
  region: Uint8Array,
  board: Board,
  keep: (region: Uint8Array) => string,
): Promise<void> {
  try {
    for (const bytes of [markRegion(region), region]) {
      await link.update(bytes, () => {}, undefined, 'its model is kept');
      const { model } = await identify(link);
      if (model?.crc !== readRegion(bytes, board.chip.modelStart)?.crc)
        throw new InputError(link.path, 'the board has another model than was sent');
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const back = `egru flash ${keep(region)} --board ${board.name} --model-only`;
    throw new InputError(link.path, `${error.problem}: ${back}`);
  }
}

/** What is not as it has to be. */
export function modelFailures(of: ModelTest, board: Board): string[] {
  const { flash, golden, timing } = of;
  const { states } = board.chip.flashWait;
  const outside = ({ cycles, least, most }: Measured) => cycles < least || cycles > most;
  const off = (name: string, measured: Measured) =>
    `${name} took ${measured.cycles} cycles, the emulated chip between ${measured.least} and ${measured.most}`;
  return [
    ...(flash.waitStates === states ? [] : [`the flash has ${flash.waitStates} wait states, not ${states}`]),
    ...(golden.difference === null ? [] : [`the golden vectors differ: ${golden.difference}`]),
    ...(timing === null ? ['the emulated chip does not run what is in its flash'] : []),
    ...(timing !== null && outside(timing.frontend) ? [off('the feature extractor', timing.frontend)] : []),
    ...(timing !== null && outside(timing.network) ? [off('the network', timing.network)] : []),
  ];
}
