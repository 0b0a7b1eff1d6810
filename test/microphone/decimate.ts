// SPDX-License-Identifier: Apache-2.0
/** What the decimators make of raw values, whether or not a microphone sends them. */
import type { MicrophoneName } from '../../compiler/boards/boards.ts';
import { AdcDecimator } from '../../compiler/core/microphone/adc.ts';
import { I2sDecimator } from '../../compiler/core/microphone/i2s.ts';
import { BLOCK } from '../../compiler/core/microphone/level.ts';
import { PdmDecimator } from '../../compiler/core/microphone/pdm.ts';
import { packBits } from '../../compiler/core/microphone/pdm-encoder.ts';
import type { MicrophoneSource } from '../../compiler/emulator/core/microphone.ts';
import { valuesPerBlock } from '../../compiler/machines/emulated/sound.ts';

/** The reference's PCM of `blocks` blocks from a microphone. */
export function decimate(name: MicrophoneName, source: MicrophoneSource, blocks: number): Int16Array {
  const values = Array.from({ length: valuesPerBlock(name) }, () => 0);
  const result = new Int16Array(BLOCK * blocks);
  const out = new Int16Array(BLOCK);
  const block = blockOf(name);
  for (let i = 0; i < blocks; i++) {
    for (let k = 0; k < values.length; k++) values[k] = source.next();
    block(values, out);
    result.set(out, BLOCK * i);
  }
  return result;
}

function blockOf(name: MicrophoneName): (values: number[], pcm: Int16Array) => void {
  if (name === 'pdm') {
    const pdm = new PdmDecimator();
    return (values, pcm) => pdm.block(packBits(Uint8Array.from(values)), pcm);
  }
  if (name === 'i2s') {
    const i2s = new I2sDecimator();
    return (values, pcm) => i2s.block(Int32Array.from(values), pcm);
  }
  const adc = new AdcDecimator();
  return (values, pcm) => adc.block(Uint16Array.from(values), pcm);
}
