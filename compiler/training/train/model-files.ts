// SPDX-License-Identifier: Apache-2.0
/** Texts of a trained model's folder. */
import type { FrontendDefinition } from '../../core/program/frontend-program.ts';
import { modelLayers, type TrainingConfig, WEIGHTS } from './config.ts';
import type { Network } from './network.ts';

interface Described {
  readonly labels: readonly string[];
  readonly splits?: object | null;
}

/** model.json, without "detect". */
export function modelJson(config: TrainingConfig, { labels, splits }: Described, network: Network): object {
  return {
    format: 1,
    name: config.name,
    labels,
    weights: WEIGHTS,
    layers: modelLayers(network.layers.map(({ shape }) => shape)),
    quantizer: config.quantizer,
    bias: config.bias,
    frontend: frontendJson(config.frontend),
    readout: config.readout,
    ...(splits ? { splits } : {}),
  };
}

function frontendJson({ divisor, ...linear }: FrontendDefinition): object {
  return linear.scale === 'log2' ? { ...linear, divisor } : linear;
}

/** training.json: a line for every epoch, so that hundreds of them can be read. */
export function recordText(record: object, epochs: readonly object[]): string {
  const head = JSON.stringify(record, null, 2).replace(/\n}$/, '');
  return `${head},\n  "epochs": [\n${epochs.map((epoch) => `    ${JSON.stringify(epoch)}`).join(',\n')}\n  ]\n}\n`;
}
