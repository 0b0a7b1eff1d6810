// SPDX-License-Identifier: Apache-2.0
/** How a training went. */
import { lineY, ruleX } from '@observablehq/plot';
import type { ModelFacts } from '../gather/facts.ts';
import type { EpochFacts, TrainingFacts } from '../gather/training-record.ts';
import { COLOUR, chart } from '../html/chart.ts';
import { figure } from '../html/figure.ts';
import type { Html } from '../html/html.ts';
import { percent, whole } from '../html/numbers.ts';
import { columns, type TableView } from '../html/table.ts';

/** Rows of the table: evenly spread over all epochs. */
const ROWS = 40;

export function trainingFigures(
  { training }: ModelFacts,
  titled: (title: string) => string,
): (Html | null)[] {
  if (training === null || training.epochs.length === 0) return [null, null];
  const caption = captionOf(training);
  const table = tableOf(training);
  return [
    figure({
      title: titled('Loss by epoch'),
      picture: curve(training, 'loss', 'loss', 'validationLoss', false),
      ...{ caption, table },
    }),
    figure({
      title: titled('Accuracy by epoch'),
      picture: curve(training, 'accuracy (%)', 'accuracy', 'validationAccuracy', true),
      ...{ caption, table },
    }),
  ];
}

function curve(
  { epochs, best }: TrainingFacts,
  label: string,
  training: 'loss' | 'accuracy',
  validation: 'validationLoss' | 'validationAccuracy',
  share: boolean,
): Html {
  const number = ({ epoch }: EpochFacts) => epoch + 1;
  const switched = epochs.findIndex(({ quantized }, i) => quantized && epochs[i - 1]?.quantized === false);
  return chart(`${label} over ${epochs.length} epochs, of training and validation`, {
    x: { label: 'epoch', ticks: 6 },
    y: { label, grid: true, percent: share, zero: !share, ticks: 5 },
    marks: [
      switched < 0 ? null : ruleX([switched + 1], { stroke: COLOUR.dim, strokeDasharray: '3 3' }),
      best === null ? null : ruleX([best + 1], { stroke: COLOUR.hit }),
      lineY(epochs, { x: number, y: training, stroke: COLOUR.soft }),
      lineY(epochs, { x: number, y: validation, stroke: COLOUR.accent, strokeWidth: 2 }),
    ],
  });
}

function captionOf({ epochs, best }: TrainingFacts): string {
  const both = epochs.some(({ quantized }) => quantized) && epochs.some(({ quantized }) => !quantized);
  return (
    'Pale: training, while the weights move. Strong: validation, after each epoch.' +
    (both ? ' Dashed: from here on the weights are quantized.' : '') +
    (best === null ? '' : ` Upright line: epoch ${best + 1}, whose weights the model has.`)
  );
}

function tableOf({ epochs, best }: TrainingFacts): TableView {
  const every = Math.max(1, Math.ceil(epochs.length / ROWS));
  const shown = epochs.filter(({ epoch }, i) => i % every === 0 || epoch === best || i === epochs.length - 1);
  return {
    caption: every === 1 ? 'Epochs' : `One in ${every} epochs`,
    columns: columns('epoch', 'loss', 'validation loss', 'accuracy', 'validation accuracy', 'zero weights'),
    rows: shown.map((one) => [
      ...[whole(one.epoch + 1), one.loss.toFixed(4), one.validationLoss.toFixed(4)],
      ...[percent(one.accuracy), percent(one.validationAccuracy), percent(one.zeroShare)],
    ]),
    marked: (row) => shown[row]?.epoch === best,
  };
}
