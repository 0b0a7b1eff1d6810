// SPDX-License-Identifier: Apache-2.0
/** The reference of every cell. */
import { Registry } from '../../../core/base/registry.ts';
import type { DeltaShape, DenseShape, EventEgruShape, PlacedLayer } from '../shapes.ts';
import { deltaLayer } from './delta.ts';
import { denseLayer } from './dense.ts';
import { egruLayer } from './egru.ts';
import { eventEgruLayer } from './event-egru.ts';
import { gruLayer } from './gru.ts';
import type { ForwardLayer } from './layer.ts';

interface Entry {
  readonly type: string;
  forward(layer: PlacedLayer): ForwardLayer;
}

const entries = new Registry<Entry>('reference of a cell', [
  { type: 'egru', forward: egruLayer },
  { type: 'gru', forward: gruLayer },
  { type: 'dense', forward: (layer: PlacedLayer<DenseShape>) => denseLayer(layer, layer.shape.activation) },
  { type: 'event-egru', forward: (layer: PlacedLayer<EventEgruShape>) => eventEgruLayer(layer) },
  { type: 'delta', forward: (layer: PlacedLayer<DeltaShape>) => deltaLayer(layer) },
]);

export function forwardOf(layer: PlacedLayer): ForwardLayer {
  return entries.get(layer.shape.type).forward(layer);
}
