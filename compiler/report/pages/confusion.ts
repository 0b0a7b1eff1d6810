// SPDX-License-Identifier: Apache-2.0
/** The confusion matrix, whose cells play their clips. */
import type { EvaluationFacts, SoundFacts } from '../gather/clips.ts';
import type { ModelFacts } from '../gather/facts.ts';
import { soundUrl } from '../html/data-url.ts';
import { figure } from '../html/figure.ts';
import { type Content, type Html, html } from '../html/html.ts';
import { count, percent, percentRange, whole } from '../html/numbers.ts';
import { columns, type TableView } from '../html/table.ts';

/** Labels beyond which nobody sees anything in a matrix. */
const MOST_LABELS = 40;

export function confusionFigure(
  { clips }: ModelFacts,
  sounds: readonly SoundFacts[],
  titled: (title: string) => string,
): Html | null {
  if (clips === null) return null;
  const { correct, accuracy, interval, labels } = clips.evaluation;
  return figure({
    title: titled('Labels and predictions'),
    picture:
      labels.length > MOST_LABELS
        ? html`<p>The commonest mistakes are in the table.</p>\n`
        : matrix(clips, sounds),
    caption:
      `${whole(correct)} of ${count(clips.clips.length, 'clip')} right: ${percent(accuracy)}, 95 % interval ` +
      `${percentRange(interval)}. Rows: the labels. Underlined: press to play the clips.`,
    table: mistakeTable(clips),
  });
}

function matrix(
  { evaluation: { labels, confusion }, clips }: EvaluationFacts,
  sounds: readonly SoundFacts[],
): Html {
  const places = new Map(sounds.map(({ file }, i) => [file, `clip-${i}`]));
  const cell = (truth: number, predicted: number): Html => {
    const n = confusion[truth]?.[predicted] ?? 0;
    if (n === 0) return html`<td><span aria-hidden="true"></span></td>`;
    const own = clips.filter((clip) => clip.truth === truth && clip.predicted === predicted);
    const heard = own.flatMap(({ file }) => places.get(file) ?? []);
    const share = n / (confusion[truth] ?? []).reduce((sum, one) => sum + one, 0);
    const look = html`class="some${share >= 0.5 ? ' much' : ''}" style="--c:var(--${truth === predicted ? 'accent' : 'hit'});--share:${mixOf(share)}%"`;
    if (heard.length === 0) return html`<td><span ${look}>${n}</span></td>`;
    const name = `${labels[truth]} predicted as ${labels[predicted]}: ${count(n, 'clip')}, ${heard.length} to play`;
    return html`<td><button type="button" ${look} data-clips="${heard.join(' ')}" aria-label="${name}">${n}</button></td>`;
  };
  const head = labels.map((label) => html`<th scope="col">${label}</th>`);
  const rows = labels.map(
    (label, truth) => html`<tr><th scope="row">${label}</th>${labels.map((_, i) => cell(truth, i))}</tr>\n`,
  );
  return html`<div class="scroll matrix" tabindex="0" role="group" aria-label="Confusion matrix"><table>
<thead><tr><td></td>${head}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>
<p class="note" role="status" data-playing></p>
`;
}

/** Pale below one half, strong above: texts stay readable on both. */
function mixOf(share: number): number {
  return Math.round(share < 0.5 ? 15 + 60 * share : 80 + 20 * share);
}

/** Pairs of labels in the table. */
const MOST_PAIRS = 60;

function mistakeTable({ evaluation: { labels, confusion, recall } }: EvaluationFacts): TableView {
  const pairs = confusion
    .flatMap((row, truth) => row.map((n, predicted) => ({ n, truth, predicted })))
    .filter(({ n, truth, predicted }) => n > 0 && truth !== predicted)
    .sort((a, b) => b.n - a.n)
    .slice(0, MOST_PAIRS);
  const share = (value: number | null | undefined) => (value == null ? '-' : percent(value));
  return {
    caption: 'Recall of each label, then the mistakes',
    columns: columns('label', 'predicted', 'clips', 'share'),
    rows: [
      ...labels.map((label, i): Content[] => [
        label,
        'right',
        whole(confusion[i]?.[i] ?? 0),
        share(recall[i]),
      ]),
      ...pairs.map(({ n, truth, predicted }): Content[] => {
        const all = (confusion[truth] ?? []).reduce((sum, one) => sum + one, 0);
        return [labels[truth] ?? '', labels[predicted] ?? '', whole(n), percent(n / all)];
      }),
    ],
  };
}

/** Every clip that the page holds, once, with what each model predicts for it. */
export function soundList(models: readonly ModelFacts[], sounds: readonly SoundFacts[]): Html | null {
  if (sounds.length === 0) return null;
  const predictions = models.flatMap(({ clips, program }) =>
    clips === null ? [] : [{ program, by: new Map(clips.clips.map((clip) => [clip.file, clip])) }],
  );
  const items = sounds.map(({ file, samples, sampleRate }, i) => {
    const heard = predictions.map(({ program: { name, labels }, by }, m) => {
      const clip = by.get(file);
      const [said, predicted] = [clip?.truth, clip?.predicted].map((label) => labels[label ?? -1] ?? '');
      const outcome = said === predicted ? `${said}, right` : `${said} predicted as ${predicted}`;
      return html`<small>${predictions.length > 1 ? `${name}: ` : ''}${outcome}${m + 1 < predictions.length ? ';' : ''}</small> `;
    });
    const name = file.replace(/^.*[\\/]/, '');
    return html`<li><span>${name} ${heard}</span><audio id="clip-${i}" controls preload="none" aria-label="${name}" src="${soundUrl(samples, sampleRate)}"></audio></li>
`;
  });
  return html`<div class="card">
<h3>${count(sounds.length, 'clip')} to play</h3>
<ul class="clips" tabindex="0" aria-label="Clips to play">
${items}</ul>
</div>
`;
}

/** Plays the clips of a cell one after the other; pressed again, it stops. */
export const PLAYER = `
let playing = null;
const stop = () => { if (playing) { playing.pause(); playing.onended = null; playing = null; } };
for (const button of document.querySelectorAll('button[data-clips]')) {
  const status = button.closest('figure').querySelector('[data-playing]');
  button.addEventListener('click', () => {
    const again = playing && playing.dataset.by === button.getAttribute('aria-label');
    stop();
    status.textContent = '';
    if (again) return;
    const clips = button.dataset.clips.split(' ').map((id) => document.getElementById(id));
    const next = (i) => {
      playing = clips[i] ?? null;
      status.textContent = playing ? playing.getAttribute('aria-label') + ', ' + (i + 1) + ' of ' + clips.length : '';
      if (!playing) return;
      playing.dataset.by = button.getAttribute('aria-label');
      playing.currentTime = 0;
      playing.onended = () => next(i + 1);
      playing.play();
    };
    next(0);
  });
}
`;
