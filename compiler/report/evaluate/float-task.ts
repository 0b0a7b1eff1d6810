// SPDX-License-Identifier: Apache-2.0
/**
 * What a thread does with a file for float-evaluation.ts: the chip's features through the network in floating point.
 */
import { Frontend } from '../../core/frontend/features.ts';
import { type ClipProgram, readClip } from '../../machines/batch/clip-input.ts';
import { type LayerShape, networkOf } from '../../training/train/network.ts';
import { ReferenceTrainer } from '../../training/train/reference/trainer.ts';

export interface FloatInit {
  readonly program: ClipProgram;
  readonly shapes: readonly LayerShape[];
  /** Sets of parameters that are compared, each as networkOf(shapes) places them. */
  readonly parameters: readonly Float64Array[];
  /** States before the first step. */
  readonly initial: Float64Array;
}

/** Index of the predicted label with each set of parameters. */
export default ({ program, shapes, parameters, initial }: FloatInit) => {
  const { frontend, readout } = program;
  const machine = new Frontend(frontend);
  const network = networkOf(shapes);
  const loss = { readout: readout.rule, scale: 1, smoothing: 0, classWeights: [] };
  const trainer = new ReferenceTrainer(network, loss);
  const frame = new Int16Array(frontend.bins);
  const { outputs } = network;

  return async (file: string): Promise<number[]> => {
    const pcm = await readClip(program, file);
    const features = new Float64Array(readout.steps * frontend.bins);
    machine.reset();
    for (let t = 0; t < readout.steps; t++) {
      machine.frame(pcm, t * frontend.hop, frame);
      features.set(
        Float64Array.from(frame, (value) => value / 32768),
        t * frontend.bins,
      );
    }
    return parameters.map((values) => {
      const { logits } = trainer.forward(values, features, initial);
      const first = readout.rule === 'last' ? (readout.steps - 1) * outputs : 0;
      const scores = new Float64Array(outputs);
      for (let i = first; i < logits.length; i++) {
        scores[i % outputs] = (scores[i % outputs] ?? 0) + (logits[i] ?? 0);
      }
      // The first of equal scores, as the chip decides.
      return scores.indexOf(Math.max(...scores));
    });
  };
};
