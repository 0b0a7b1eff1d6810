// SPDX-License-Identifier: Apache-2.0
/** What a thread of the reference does with a recording; see listen.ts and base/pool.ts. */
import { listen, type StreamResult } from '../../core/sim/listen.ts';
import { Stream } from '../../core/sim/stream.ts';
import { readRecording, type SoundProgram } from './stream-input.ts';

export default (program: SoundProgram) => {
  const stream = new Stream(program);
  return async (file: string): Promise<StreamResult> =>
    listen(stream, program, await readRecording(program, file), false);
};
