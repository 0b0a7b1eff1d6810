// SPDX-License-Identifier: Apache-2.0
/** Pages of a comparison and of a dataset, from figures that are made up. */
import type { ComparedModel } from '../../../compiler/report/compare/compare.ts';
import { comparisonPage } from '../../../compiler/report/pages/compare-page.ts';
import { statsPage } from '../../../compiler/report/pages/stats-page.ts';
import type { DatasetStats } from '../../../compiler/training/data/stats.ts';

function model(name: string, correct: number, cyclesPerStep: number, pareto: boolean): ComparedModel {
  return {
    ...{ model: name, name, kernel: 'unrolled', weights: 100, nonZero: 40, correct, accuracy: correct / 100 },
    interval: [correct / 100 - 0.05, Math.min(1, correct / 100 + 0.02)],
    ...{ cyclesPerStep, cyclesPerStepMax: cyclesPerStep + 1, flash: 2000, ram: 300, pareto },
  };
}

export function comparisonExample(): string {
  const models = [
    model('models/spoken-digits', 97, 12_861, true),
    model('models/spoken-digits-sparse', 98, 8464, true),
  ];
  return comparisonPage({ clips: 100, chipClips: 5, models }, 'digits, split test');
}

export function statsExample(): string {
  const labels = ['zero', 'a label that is as long as a sentence'].map((label, i) => ({
    ...{
      label,
      recordings: 100 - 30 * i,
      seconds: 50,
      lengths: { min: 0.2, median: 0.5, max: 1.2 },
      level: -20.3,
    },
  }));
  const stats: DatasetStats = {
    ...{ labels, recordings: 170, seconds: 100, sampleRates: { 8000: 170 }, channels: { 1: 170 } },
    histograms: {
      seconds: { from: 0.2, width: 0.05, counts: [1, 4, 9, 20, 30, 21, 12, 4, 1] },
      levels: { from: -40, width: 2, counts: [1, 5, 9, 22, 14, 3, 1] },
    },
    ...{ silent: [], clipped: [], offset: [], lowPassed: {}, assumed: {}, unusable: [], duplicates: [] },
    ...{ quiet: [], duplicatesAcrossLabels: [] },
  };
  const all = { train: 100, validation: 30, test: 40 };
  const splits = { total: all, labels: [{ label: 'zero', ...all }] };
  return statsPage('clips', stats, splits, [{ title: 'silent', items: ['a.wav', 'b.wav'] }]);
}
