// SPDX-License-Identifier: Apache-2.0

/** Samples that `steps` frames span. */
export function clipSamples(frame: number, hop: number, steps: number): number {
  return frame + (steps - 1) * hop;
}

/** Whole frames in n samples; a final partial frame is dropped. */
export function wholeFrames(n: number, frame: number, hop: number): number {
  return n < frame ? 0 : Math.floor((n - frame) / hop) + 1;
}

/**
 * The window of a clip that a readout of `steps` frames uses: exactly frame + (steps - 1) * hop samples. A shorter
 * clip is centred in silence, floor((L - n) / 2) zeros before it; a longer one loses floor((n - L) / 2) samples at
 * its start and the rest at its end.
 */
export function cutClip(samples: Int16Array, frame: number, hop: number, steps: number): Int16Array {
  const length = clipSamples(frame, hop, steps);
  const cut = new Int16Array(length);
  if (samples.length <= length) {
    cut.set(samples, Math.floor((length - samples.length) / 2));
  } else {
    const start = Math.floor((samples.length - length) / 2);
    cut.set(samples.subarray(start, start + length));
  }
  return cut;
}

/** Pieces of a sound, one behind the other. */
export function joined(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
