// SPDX-License-Identifier: Apache-2.0
/** Recordings, lists of them, and what is made of them. */
import { patternReader } from '../../../compiler/host/audio/labels.ts';
import { decodeWav } from '../../../compiler/host/audio/wav.ts';
import { readFeatures } from '../../../compiler/report/features/read-features.ts';
import { findDataset } from '../../../compiler/training/data/dataset.ts';
import { makeWav, pcm16, sine } from '../../audio/make-wav.ts';
import type { Target } from '../harness/target.ts';
import { featuresFile, onDisk } from './files.ts';

const tone = sine(440, 0.02, 8000);
const bytes = pcm16(tone);
const manifest = 'file,label,speaker\na.wav,yes,ann\n"sub/b, c.wav","no",bob\nsub\\d.wav,no,eve\n';

export const recordingTargets: readonly Target[] = [
  {
    name: 'wav',
    corpus: [
      makeWav(bytes),
      makeWav(bytes, { bigEndian: true, channels: 2 }),
      makeWav(bytes.subarray(0, 318), { bits: 24, extensible: true }),
      makeWav(new Uint8Array(Float32Array.from(tone, (v) => v / 32768).buffer), { tag: 3, bits: 32 }),
      makeWav(bytes, { tag: 6, bits: 8 }),
      makeWav(bytes, { tag: 7, bits: 8, extra: [['LIST', Buffer.from('INFOISFTx')]] }),
    ],
    read: (file) => {
      decodeWav('f.wav', file);
      decodeWav('f.wav', file, 8000);
    },
  },
  {
    name: 'manifest',
    text: true,
    corpus: [manifest, manifest.replaceAll(',', '\t'), `sep=;\n${manifest.replaceAll(',', ';')}`].map(
      (text) => Buffer.from(text),
    ),
    read: onDisk('m.csv', (path) => findDataset(path, null)),
  },
  {
    name: 'pattern',
    text: true,
    corpus: ['{label}_{speaker}_{index}.wav', '{speaker}/{label}.wav', '{a}_{b}_{c}_{d}_{e}_{f}_{label}'].map(
      (text) => Buffer.from(text),
    ),
    read: (file) => {
      const read = patternReader(Buffer.from(file).toString(), '--pattern');
      for (const name of ['a/yes_ann_1.wav', `a/${'_'.repeat(250)}`, `${'x_1.wav'.repeat(36)}/`]) read(name);
    },
  },
  {
    name: 'features',
    corpus: [featuresFile()],
    read: onDisk('f.safetensors', readFeatures),
  },
];
