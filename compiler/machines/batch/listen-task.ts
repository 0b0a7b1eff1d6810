// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a recording, of any length; see listen.ts and base/pool.ts. */
import type { StreamResult } from '../../core/sim/listen.ts';
import { Stream, type StreamEvent } from '../../core/sim/stream.ts';
import { withSound } from '../../host/audio/sound-file.ts';
import type { SoundProgram } from './stream-input.ts';

export default (program: SoundProgram) => {
  const stream = new Stream(program);
  return (file: string): Promise<StreamResult> =>
    withSound(file, program.frontend.sampleRate, (sound) => {
      stream.reset();
      let steps = 0;
      const events: StreamEvent[] = [];
      for (const piece of sound.pieces()) {
        events.push(
          ...stream.push(piece, () => {
            steps++;
          }),
        );
      }
      return { steps, events, trace: null };
    });
};
