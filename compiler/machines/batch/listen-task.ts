// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a recording, of any length; see listen.ts and base/pool.ts. */
import type { StreamResult } from '../../core/sim/listen.ts';
import { Stream, type StreamEvent } from '../../core/sim/stream.ts';
import { hearingOf, withHeard } from '../../host/audio/heard.ts';
import { SECONDS_AFTER, type SoundProgram } from './stream-input.ts';

export default (program: SoundProgram) => {
  const stream = new Stream(program);
  const hearing = hearingOf(program);
  return (file: string): Promise<StreamResult> =>
    withHeard(file, hearing, SECONDS_AFTER, (pieces) => {
      stream.reset();
      let steps = 0;
      const events: StreamEvent[] = [];
      for (const piece of pieces) {
        events.push(
          ...stream.push(piece, () => {
            steps++;
          }),
        );
      }
      return { steps, events, trace: null };
    });
};
