// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a group of files; see stream-evaluation.ts and base/pool.ts. */
import { Stream } from '../../core/sim/stream.ts';
import { heardRate, hearingOf } from '../../host/audio/heard.ts';
import type { SoundProgram } from '../../machines/batch/stream-input.ts';
import { type Mistake, Witness } from './mistakes.ts';
import { Player, type Surroundings } from './play.ts';
import { type LabelledFile, type StreamCounts, StreamTally } from './stream-tally.ts';

export interface StreamEvaluationInit {
  readonly program: SoundProgram;
  readonly thresholds: readonly number[];
  readonly surroundings: Surroundings;
  /** Number of sources. */
  readonly sources: number;
  /** Mistakes that are kept with their sound. */
  readonly keep: number;
}

export interface GroupResult {
  readonly counts: StreamCounts;
  readonly mistakes: Mistake[];
}

export default ({ program, thresholds, surroundings, sources, keep }: StreamEvaluationInit) => {
  const stream = new Stream(program);
  const player = new Player(program, surroundings);
  return async (files: readonly LabelledFile[]): Promise<GroupResult> => {
    const tally = new StreamTally(program, thresholds, sources);
    const witness = keep === 0 ? null : new Witness(heardRate(hearingOf(program)), keep);
    stream.reset();
    await player.play(
      files.map(({ file }) => file),
      {
        begin(index) {
          const file = files[index];
          if (file === undefined) throw new Error('a file that was not asked for');
          tally.begin(file);
          witness?.begin(file);
        },
        push(pcm) {
          witness?.push(pcm);
          stream.push(pcm, (event) => {
            tally.frame(event, stream.detector.sums);
            if (event !== null && event.label !== tally.target) witness?.mistake(event);
          });
        },
        end: (seconds) => tally.end(seconds),
      },
    );
    return { counts: tally.counts, mistakes: witness?.mistakes ?? [] };
  };
};
