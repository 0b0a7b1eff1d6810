// SPDX-License-Identifier: Apache-2.0
/**
 * What a board can find out about itself with its firmware alone (docs/HARDWARE.md): clock, load, stack, sound, flash,
 * golden vectors, cycles, and whether its model can be replaced.
 */
import {
  type Board,
  boards,
  findMicrophone,
  type MicrophoneName,
  microphoneNames,
} from '../../boards/boards.ts';
import { microphoneRate } from '../../boards/microphone-rate.ts';
import { InputError, printable } from '../../core/base/errors.ts';
import { type BoardIdentity, identify, listenAgain } from './identity.ts';
import { type Link, unexpected } from './link.ts';
import { loudness, type Sound } from './loudness.ts';
import { type ModelTest, modelFailures, testModel } from './model-test.ts';
import { take } from './recording.ts';

/** Time outside the board, which its clock is compared with. */
export interface Outside {
  /** Seconds. */
  now(): number;
  wait(seconds: number): Promise<void>;
  /** Keeps the model of a board that has it no longer; returns where. */
  keep(region: Uint8Array): string;
}

export interface SelfTestOptions {
  /** For which the clocks are compared. */
  readonly seconds: number;
  /** Whether the model is replaced, and put back. */
  readonly update: boolean;
}

export interface SelfTest extends ModelTest {
  readonly port: string;
  readonly identity: BoardIdentity;
  readonly clock: {
    readonly seconds: number;
    readonly frames: number;
    /** Share by which the board is fast, and how certain that is. */
    readonly error: number;
    readonly uncertainty: number;
  };
  /** What frames took, by SysTick, of the cycles between two of them. */
  readonly cycles: {
    readonly min: number;
    readonly mean: number;
    readonly max: number;
    readonly hop: number;
  };
  readonly overruns: number;
  readonly dropped: number;
  readonly stack: { readonly reached: number; readonly bytes: number };
  readonly reset: string;
  readonly fault: string;
  /** null: it could not be received, for the reason. */
  readonly sound: Sound | null;
  readonly noSound: string | null;
  /** What is not as it has to be; none: all is well. */
  readonly failures: readonly string[];
}

/** OSC8M, which a board without crystal and host is held to once, is within 0.75 % at 25 °C; the host's own clock. */
const CLOCK_LIMIT = 0.01;
/** Seconds of sound, and those that are left out before. */
const RECORDED = 2;
const SKIPPED = 0.5;
const BLOCK_SECONDS = 0.004;
const STATS =
  /^ok stats frames (\d+) overruns (\d+) dropped (\d+) cycles (\d+) (\d+) (\d+) stack (\d+) of (\d+) reset (\S+)$/;

/**
 * The board listens again afterwards.
 * @throws InputError where the board is none of ours, has no model that listens, or goes away
 */
export async function selfTest(
  link: Link,
  { seconds, update }: SelfTestOptions,
  outside: Outside,
  signal: AbortSignal,
): Promise<SelfTest> {
  await link.sync();
  const identity = await identify(link);
  const { board, microphone, model } = identity;
  const description: Board | undefined = Object.values(boards).find(({ name }) => name === board);
  const interfaceName = microphoneNames.find((name) => name === microphone);
  if (description === undefined || interfaceName === undefined)
    throw new InputError(
      link.path,
      `reports a ${printable(board)} with ${printable(microphone)}, which is not known`,
    );
  if (model === null || model.frame === 0)
    throw new InputError(link.path, 'has no model that listens: egru flash gives it one');
  const frameSeconds = model.hop / microphoneRate(interfaceName, description.chip).sampleRate;

  const fault = (await link.ask('fault')).replace(/^ok fault /, '');
  await link.ask('listen on');
  const first = await edge(link, outside, signal);
  await outside.wait(seconds);
  const last = await edge(link, outside, signal);
  const elapsed = last.at - first.at;
  const frames = last.frames - first.frames;
  const heard = await record(link, signal).catch((error: unknown) => {
    if (error instanceof InputError && !signal.aborted) return error;
    throw error;
  });
  await link.ask('record off');
  const tested = await testModel(link, [description, findMicrophone(description, interfaceName)], model, {
    ...{ update, signal },
    keep: (region) => outside.keep(region),
  });
  await listenAgain(link, model);

  const sound = heard instanceof InputError ? null : loudness(heard);
  const measured = {
    ...{ port: link.path, identity },
    clock: {
      ...{ seconds: elapsed, frames, error: (frames * frameSeconds) / elapsed - 1 },
      uncertainty: (first.within + last.within) / elapsed,
    },
    cycles: { ...last.cycles, hop: Math.round(frameSeconds * description.chip.coreClock) },
    ...{ overruns: last.overruns, dropped: last.dropped, stack: last.stack, reset: last.reset, fault },
    ...{ sound, noSound: heard instanceof InputError ? heard.problem : null },
    ...tested,
  };
  return {
    ...measured,
    failures: [...failuresOf(measured, interfaceName), ...modelFailures(tested, description)],
  };
}

function failuresOf(of: Omit<SelfTest, 'failures'>, microphone: MicrophoneName): string[] {
  const { clock, cycles, overruns, dropped, stack, fault, sound } = of;
  const silent =
    microphone === 'i2s'
      ? 'the microphone is silent: look at its wires, tie SEL to the other level, and try again'
      : 'the microphone is silent: look at its wires';
  const all: [boolean, string][] = [
    [
      Math.abs(clock.error) - clock.uncertainty > CLOCK_LIMIT,
      `the clock is off by ${(100 * clock.error).toFixed(2)} %`,
    ],
    [cycles.max > cycles.hop, 'a frame takes longer than there is time for'],
    [overruns > 0, `${overruns} blocks of sound were lost`],
    [dropped > 0, `${dropped} lines were dropped`],
    [stack.reached >= stack.bytes, 'the stack was used up'],
    [fault !== 'none', `there was a fault: ${fault}`],
    [sound !== null && sound.peak === null, silent],
  ];
  return all.filter(([failed]) => failed).map(([, text]) => text);
}

/** The moment at which one more frame is counted. */
async function edge(link: Link, outside: Outside, signal: AbortSignal) {
  let before = await stats(link);
  for (let at = outside.now(); ; ) {
    signal.throwIfAborted();
    const now = await stats(link);
    const then = outside.now();
    if (now.frames !== before.frames) return { ...now, at: (at + then) / 2, within: (then - at) / 2 };
    before = now;
    at = then;
    await outside.wait(BLOCK_SECONDS / 4);
  }
}

async function stats(link: Link) {
  const answer = await link.ask('stats');
  const match = STATS.exec(answer);
  if (match === null) throw unexpected(link, 'stats', answer);
  const [frames = 0, overruns = 0, dropped = 0, min = 0, mean = 0, max = 0, reached = 0, bytes = 0] = match
    .slice(1, 9)
    .map(Number);
  return {
    ...{ frames, overruns, dropped, reset: match[9] ?? '' },
    ...{ cycles: { min, mean, max }, stack: { reached, bytes } },
  };
}

async function record(link: Link, signal: AbortSignal): Promise<Int16Array> {
  await link.ask('record on');
  const samples = await take(link, {
    ...{ length: RECORDED * 8000, skip: SKIPPED / BLOCK_SECONDS },
    ...{ onBegin: () => {}, signal },
  });
  if (samples === null) signal.throwIfAborted();
  return samples ?? new Int16Array(0);
}
