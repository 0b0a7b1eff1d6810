// SPDX-License-Identifier: Apache-2.0
/** A group of recordings on a machine that takes a whole sound at once, such as the host or the emulated chip. */
import { joined } from '../../core/audio/crop.ts';
import { streamTraceLayout } from '../../core/program/stream-trace.ts';
import type { StreamResult } from '../../core/sim/listen.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import type { Witness } from './mistakes.ts';
import { Player, type Surroundings } from './play.ts';
import type { LabelledFile, StreamTally } from './stream-tally.ts';

/** One recording in the stream. */
export interface Span {
  readonly file: LabelledFile;
  /** Of the recording alone. */
  readonly seconds: number;
  /** Sample behind its silence. */
  readonly end: number;
}

export interface Group {
  readonly samples: Int16Array;
  readonly spans: readonly Span[];
}

export async function readGroup(
  program: SoundProgram,
  files: readonly LabelledFile[],
  surroundings: Surroundings,
): Promise<Group> {
  const parts: Int16Array[] = [];
  const spans: Span[] = [];
  let length = 0;
  await new Player(program, surroundings).play(
    files.map(({ file }) => file),
    {
      begin: () => {},
      push(pcm) {
        parts.push(pcm.slice());
        length += pcm.length;
      },
      end(seconds) {
        const file = files[spans.length];
        if (file !== undefined) spans.push({ file, seconds, end: length });
      },
    },
  );
  return { samples: joined(parts), spans };
}

/**
 * Hands a machine's result to a tally, frame by frame.
 * @param witness null: mistakes are not kept
 */
export function tellGroup(
  program: SoundProgram,
  { samples, spans }: Group,
  result: StreamResult,
  tally: StreamTally,
  witness: Witness | null,
): void {
  const { frame, hop } = program.frontend;
  const count = program.detect.keywords.length;
  const sums = sumsOf(program, result);
  const events = new Map(result.events.map((event) => [event.sample, event]));
  let [step, start] = [0, 0];
  spans.forEach(({ file, seconds, end }, i) => {
    tally.begin(file);
    witness?.begin(file);
    // What completes the microphone's last block belongs to the last recording.
    const stop = i === spans.length - 1 ? samples.length : end;
    witness?.push(samples.subarray(start, stop));
    for (; step * hop + frame <= stop && step < result.steps; step++) {
      const event = events.get(step * hop + frame - 1) ?? null;
      tally.frame(event, sums, step * count);
      if (event !== null && event.label !== tally.target) witness?.mistake(event);
    }
    tally.end(seconds);
    start = stop;
  });
}

/** The sums of the posteriors, frame by frame, out of a trace. */
function sumsOf(program: SoundProgram, { steps, trace }: StreamResult): Int32Array {
  if (trace === null) throw new Error('the stream must have been traced');
  const { groups, width } = streamTraceLayout(program);
  const { offset = 0, units = 0 } = groups.find(({ name, layer }) => name === 'sums' && layer > 0) ?? {};
  const sums = new Int32Array(steps * units);
  for (let step = 0; step < steps; step++) {
    const at = step * width + offset;
    sums.set(trace.subarray(at, at + units), step * units);
  }
  return sums;
}
