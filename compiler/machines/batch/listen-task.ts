// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a recording, of any length; see listen.ts and base/pool.ts. */
import { TraceDigest } from '../../core/program/trace-digest.ts';
import { FrameRecorder } from '../../core/sim/listen.ts';
import { Stream, type StreamEvent } from '../../core/sim/stream.ts';
import { hearingOf, withHeard } from '../../host/audio/heard.ts';
import type { Listened } from './listened.ts';
import { SECONDS_AFTER, type SoundProgram } from './stream-input.ts';

export interface ListenInit {
  readonly program: SoundProgram;
  readonly digest: boolean;
}

export default ({ program, digest: wanted }: ListenInit) => {
  const stream = new Stream(program);
  const hearing = hearingOf(program);
  const recorder = new FrameRecorder(stream, program);
  return (file: string): Promise<Listened> =>
    withHeard(file, hearing, SECONDS_AFTER, (pieces) => {
      stream.reset();
      const digest = wanted ? new TraceDigest() : null;
      let steps = 0;
      const events: StreamEvent[] = [];
      const onFrame = (event: StreamEvent | null) => {
        steps++;
        digest?.push(recorder.record(event));
      };
      for (const piece of pieces) events.push(...stream.push(piece, onFrame));
      return { steps, events, digest: digest?.hex() ?? null };
    });
};
