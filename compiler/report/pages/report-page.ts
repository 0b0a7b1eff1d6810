// SPDX-License-Identifier: Apache-2.0
/** Everything about a model, or two side by side, on one page. */
import type { ModelFacts, ReportFacts } from '../gather/facts.ts';
import { document, section } from '../html/document.ts';
import { type Content, type Html, html } from '../html/html.ts';
import { count, percent, percentRange, whole } from '../html/numbers.ts';
import { confusionFigure, PLAYER, soundList } from './confusion.ts';
import { costFigures } from './cost.ts';
import { networkFigure } from './network.ts';
import { recordingFigure } from './recording.ts';
import { nameOf, sideBySide } from './side-by-side.ts';
import { tradeoffFigures } from './tradeoff.ts';
import { trainingFigures } from './training.ts';
import { weightFigures } from './weights.ts';

interface Chapter {
  readonly name: string;
  readonly title: string;
  readonly body: Content;
}

/**
 * @param audible recordings whose sound the page holds
 * @returns the page; the same facts give the same bytes
 */
export function reportPage({ models, sounds }: ReportFacts, audible: ReadonlySet<string>): string {
  const chapters = chaptersOf(models, sounds, audible).filter(({ body }) => body !== null);
  const links = chapters.map(({ name, title }) => html`<li><a href="#${name}">${title}</a></li>`);
  const names = models.map((model) => nameOf(models, model));
  return document({
    title: names.join(' and '),
    lead: models.map(identityOf),
    body: [
      html`<nav aria-label="Sections"><ul>${links}</ul></nav>\n`,
      models.map((model) => tiles(model, models.length > 1 ? nameOf(models, model) : null)),
      chapters.map(({ name, title, body }) => section(name, title, body)),
    ],
    script: PLAYER,
  });
}

function chaptersOf(
  models: readonly ModelFacts[],
  sounds: ReportFacts['sounds'],
  audible: ReadonlySet<string>,
): Chapter[] {
  const list = soundList(models, sounds);
  const confusion = sideBySide(models, (model, titled) => [
    confusionFigure(model, sounds, titled),
    models.length === 1 ? list : null,
  ]);
  const mistakes = confusion === null || models.length === 1 ? confusion : [confusion, list];
  const recordings = models[0]?.recordings.map((_, i) =>
    models.map((model, m) => {
      const own = model.recordings[i];
      if (own === undefined) return null;
      const titled = (title: string) => (models.length === 1 ? title : `${title}, ${nameOf(models, model)}`);
      return recordingFigure(model, own, m === 0 && audible.has(own.file), titled);
    }),
  );
  return [
    { name: 'network', title: 'Network', body: sideBySide(models, (...of) => [networkFigure(...of)]) },
    { name: 'thresholds', title: 'Misses and false alarms', body: sideBySide(models, tradeoffFigures) },
    { name: 'clips', title: 'Clips', body: mistakes },
    {
      name: 'recordings',
      title: 'Recordings',
      body:
        recordings === undefined || recordings.length === 0
          ? null
          : html`<div class="grid">${recordings}</div>\n`,
    },
    { name: 'cost', title: 'Cost', body: sideBySide(models, costFigures) },
    { name: 'weights', title: 'Weights', body: sideBySide(models, weightFigures) },
    { name: 'training', title: 'Training', body: sideBySide(models, trainingFigures) },
  ];
}

function identityOf({ path, inspection }: ModelFacts): Html {
  return html`<span>${path}: ${count(inspection.labels.length, 'label')}, program <code>${inspection.digest.slice(0, 16)}</code></span> `;
}

function tiles(model: ModelFacts, name: string | null): Html {
  const facts = tilesOf(model).map(
    ({ what, value, note }) => html`<div><dt>${what}</dt><dd>${value}<small>${note}</small></dd></div>\n`,
  );
  const title = name === null ? null : html`<h2>${name}</h2>\n`;
  return html`${title}<dl class="tiles">
${facts}</dl>
`;
}

interface Tile {
  readonly what: string;
  readonly value: string;
  /** What the value rests on. */
  readonly note: string;
}

function tilesOf(model: ModelFacts): Tile[] {
  return [...qualityTiles(model), ...costTiles(model)];
}

function qualityTiles({ clips, curve }: ModelFacts): Tile[] {
  const tiles: Tile[] = [];
  if (clips !== null) {
    const { accuracy, interval } = clips.evaluation;
    const note = `${percentRange(interval)}, ${count(clips.clips.length, 'clip')}`;
    tiles.push({ what: 'accuracy', value: percent(accuracy), note });
  }
  if (curve !== null) {
    const { missRate, words, perHour, perHourInterval, hours } = curve;
    const range = perHourInterval.map((end) => end.toFixed(2)).join(' to ');
    tiles.push({ what: 'missed', value: percent(missRate), note: `of ${count(words, 'keyword')}` });
    tiles.push({
      ...{ what: 'false alarms per hour', value: perHour.toFixed(2) },
      note: `${range}, ${hours.toFixed(2)} hours`,
    });
  }
  return tiles;
}

function costTiles({ inspection, cost }: ModelFacts): Tile[] {
  const { estimate, measured, load, kernel, energy, board } = cost;
  const { cyclesPerStep, flash, ram } = measured?.kernel ?? { ...estimate, cyclesPerStep: null };
  const most = whole(estimate.cyclesMax);
  const tiles: Tile[] = [
    {
      ...{ what: 'weights', value: whole(inspection.weights) },
      note: `${percent(inspection.nonZero / inspection.weights)} not zero`,
    },
    cyclesPerStep === null
      ? { what: 'cycles per step', value: most, note: `at most, ${kernel} kernel` }
      : { what: 'cycles per step', value: whole(cyclesPerStep), note: `at most ${most}, ${kernel} kernel` },
    { what: 'flash', value: whole(flash), note: 'bytes of kernel and model' },
    { what: 'RAM', value: whole(ram), note: 'bytes of state, features, logits' },
  ];
  if (load !== null)
    tiles.push({ what: 'load at worst', value: percent(load.share), note: `of the ${board.title}` });
  const [least] = [...energy].sort((a, b) => a.alwaysOn.milliamps - b.alwaysOn.milliamps);
  if (least !== undefined) {
    const value = `${least.alwaysOn.milliamps.toFixed(1)} mA`;
    tiles.push({ what: 'current', value, note: `always on, ${least.part} microphone` });
  }
  return tiles;
}
