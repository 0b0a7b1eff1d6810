// SPDX-License-Identifier: Apache-2.0
/** The network from the sound to the decision: shapes and formats. */
import { cellOf } from '../../core/program/cells/index.ts';
import type { ModelFacts } from '../gather/facts.ts';
import { figure } from '../html/figure.ts';
import { type Content, type Html, html } from '../html/html.ts';
import { percent, whole } from '../html/numbers.ts';
import { columns, type TableView } from '../html/table.ts';

export function networkFigure(model: ModelFacts, titled: (title: string) => string): Html {
  const stages = [...inputs(model), ...layers(model), ...outputs(model)];
  return figure({
    title: titled('From sound to decision'),
    wide: true,
    picture: html`<ol class="network">
${stages}</ol>
`,
    caption:
      'Every number is an integer: Q15 is a signed 16-bit integer that stands for its value / 32,768. Accumulators are ' +
      'int32 in units of 1 / 32,768.',
    table: layerTable(model),
  });
}

function stage(name: string, kind: string | null, lines: readonly Content[]): Html {
  return html`<li${kind === null ? null : html` class="${kind}"`}><b>${name}</b>${lines.map((line) => html`<small>${line}</small>`)}</li>
`;
}

function inputs({ program: { frontend, layers } }: ModelFacts): Html[] {
  if (frontend === null) return [stage('features', null, [`${layers[0]?.inputs ?? 0} × Q15`])];
  const { sampleRate, frame, hop, bins } = frontend;
  return [
    stage('sound', null, [`${whole(sampleRate)} Hz`, 'PCM, int16']),
    stage('features', null, [
      ...[`${bins} × Q15, not negative`, `${frame} samples`],
      `every ${((1000 * hop) / sampleRate).toFixed(1)} ms`,
    ]),
  ];
}

function layers({ program, inspection }: ModelFacts): Html[] {
  return program.layers.map((layer, i) => {
    const facts = inspection.layers[i];
    const cell = cellOf(layer);
    const logits = cell.givesLogits(layer);
    return stage(layer.name, 'layer', [
      ...[cell.kind(layer), `${layer.inputs} → ${layer.units}`],
      `${whole(facts?.weights ?? 0)} weights of 3 bits`,
      logits ? 'logits, int32' : cell.recurrent ? 'states, Q15' : 'outputs, Q15',
    ]);
  });
}

function outputs({ program: { readout, detect, labels } }: ModelFacts): Html[] {
  const scores =
    readout === null
      ? []
      : [
          stage('scores', null, [
            readout.rule === 'sum' ? `sum over ${readout.steps} steps` : 'the last step',
            `${labels.length} × int32`,
          ]),
        ];
  if (detect === undefined) return scores;
  return [
    ...scores,
    stage('posteriors', null, [`${detect.keywords.length} × Q15`, `mean of ${detect.window} frames`]),
    stage('events', null, ['at a threshold', `then ${detect.refractory} frames none`]),
  ];
}

function layerTable({ inspection }: ModelFacts): TableView {
  const { layers, weights, nonZero, codeBytes, biasBytes } = inspection;
  const row = (n: number, zero: number) => [whole(n), percent(n === 0 ? 0 : zero / n)];
  return {
    caption: 'Layers; bytes of codes and biases are those of the packed kernel',
    columns: columns('layer', 'type', 'inputs', 'units', 'weights', 'not zero', 'code bytes', 'bias bytes'),
    rows: [
      ...layers.map((one) => [
        ...[one.name, one.activation === null ? one.type : `${one.type} ${one.activation}`],
        ...[whole(one.inputs), whole(one.units), ...row(one.weights, one.nonZero)],
        ...[whole(one.codeBytes), whole(one.biasBytes)],
      ]),
      ['all', '', '', '', ...row(weights, nonZero), whole(codeBytes), whole(biasBytes)],
    ],
  };
}
