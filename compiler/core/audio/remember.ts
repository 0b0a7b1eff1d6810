// SPDX-License-Identifier: Apache-2.0
/** Recordings are read twice, for what has to be known of them and for their samples; short ones are decoded once. */
import type { Block, SoundSource } from './source.ts';

/** Samples of all channels that are kept: 8 MB, two minutes at 8 kHz. */
const KEPT = 1 << 20;

/** The same source; what was decoded in a first reading, down to the end, is there for later ones. */
export function remembered(source: SoundSource): SoundSource {
  const { format, sampleRate, channels, frames } = source;
  if (frames === null || frames * channels > KEPT) return source;
  let kept: readonly Block[] | null = null;
  function* first(): Iterable<Block> {
    const blocks: Block[] = [];
    let room = KEPT;
    for (const block of source.blocks()) {
      room -= channels * (block[0]?.length ?? 0);
      // A header may be wrong about the length.
      if (room >= 0) blocks.push(block.map((samples) => samples.slice()));
      yield block;
    }
    if (room >= 0) kept = blocks;
  }
  return {
    ...{ format, sampleRate, channels, frames },
    get notes() {
      return source.notes;
    },
    blocks: () => kept ?? first(),
  };
}
