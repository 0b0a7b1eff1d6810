// SPDX-License-Identifier: Apache-2.0
/** egru report: its figures are those of eval, tune, run and inspect. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../../compiler/host/files/paths.ts';
import { loadProgram } from '../../../compiler/host/load/load-program.ts';
import { inspectProgram } from '../../../compiler/report/inspect/inspection.ts';
import { egru, inWork, json, MODEL, refusal } from '../../cli/egru.ts';
import { lacking } from '../../support/needs.ts';
import { backgroundFolder, clipFolder, HOSTILE, hostileModel, reportOf, samples } from './make-report.ts';

const SPARSE = 'models/spoken-digits-sparse';
const seven = join(samples, '7_engb_0.wav');

let model: string;
let page: string;
let args: string[];

beforeAll(async () => {
  model = hostileModel();
  args = [model, clipFolder(), seven, '--background', backgroundFolder(), '--chip-clips', '0'];
  page = await reportOf('report.html', ...args);
});

/** Cells of the rows of a table, by its caption. */
function rowsOf(caption: string, of = page): string[][] {
  const table = of.split('<caption>').find((part) => part.startsWith(`${caption}<`));
  if (table === undefined) throw new Error(`no table ${caption}`);
  const [, body = ''] = /<tbody>([\s\S]*?)<\/tbody>/.exec(table) ?? [];
  return [...body.matchAll(/<tr[^>]*>(.*?)<\/tr>/g)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell = '']) => cell),
  );
}

describe('the report', () => {
  it('has the figures of eval', async () => {
    const { clips, correct, confusion, labels } = (await json(['eval', model, inWork('clips')])) as {
      clips: number;
      correct: number;
      confusion: number[][];
      labels: string[];
    };
    expect(page).toContain(`${correct} of ${clips} clips right`);
    const rows = rowsOf('Recall of each label, then the mistakes');
    labels.slice(1).forEach((label, i) => {
      expect(rows[i + 1]?.slice(0, 3)).toEqual([label, 'right', String(confusion[i + 1]?.[i + 1])]);
    });
    const wrong = clips - correct;
    expect(rows.slice(labels.length).reduce((sum, [, , n]) => sum + Number(n), 0)).toBe(wrong);
    expect(wrong).toBeGreaterThan(0);
  });

  it('has the events of run, with their times', async () => {
    const { events } = (await json(['run', model, seven, '--stream'])) as unknown as {
      events: { label: string; score: number; sample: number }[];
    };
    const expected = events.map(
      ({ label, score, sample }) =>
        `${label} at ${((sample + 1) / 8000).toFixed(2)} s (${(score / 32768).toFixed(2)})`,
    );
    expect(expected).toHaveLength(1);
    expect(page).toContain(`Upright lines: ${expected.join(', ')}.`);
  });

  it("has the misses and false alarms that tune tells of the model's thresholds", async () => {
    const keywords = ['--keywords', inWork('clips'), '--background', inWork('background')];
    const { before } = (await json(['tune', model, ...keywords, '--at', '50%', '--dry-run'])) as unknown as {
      before: { misses: number; words: number; falseAlarms: number; hours: number };
    };
    const { misses, words, falseAlarms, hours } = before;
    expect(page).toContain(`${misses} of ${words} keywords missed`);
    expect(page).toContain(`${falseAlarms} false alarms in ${hours.toFixed(2)} hours of background`);
  });

  it('has the layers, levels and ranges of inspect', () => {
    const { layers, matrices } = inspectProgram(loadProgram(packagePath(MODEL)));
    const shown = rowsOf('Layers; bytes of codes and biases are those of the packed kernel');
    for (const [i, { name, weights }] of layers.entries())
      expect(shown[i]).toEqual(expect.arrayContaining([name, weights.toLocaleString('en-US')]));
    for (const { name, histogram, rows, columns } of matrices) {
      const levels = rowsOf(`${(rows * columns).toLocaleString('en-US')} weights of ${name} by level`);
      expect(levels.map(([, n]) => n)).toEqual(histogram.map((n) => n.toLocaleString('en-US')));
    }
    const ranges = rowsOf('Worst cases of the accumulators, in units of 1 / 32,768');
    expect(ranges.map(([, , most]) => most)).toEqual(matrices.map(({ max }) => max.toLocaleString('en-US')));
  });

  it('has the epochs of training.json, the best one marked', () => {
    const { best } = JSON.parse(readFileSync(packagePath(MODEL, 'training.json'), 'utf8')) as {
      best: { epoch: number; validationLoss: number };
    };
    const marked =
      /<tr class="marked"><th scope="row">(\d+)<\/th><td[^>]*>[\d.]+<\/td><td[^>]*>([\d.]+)</.exec(page);
    expect(marked?.slice(1)).toEqual([String(best.epoch + 1), best.validationLoss.toFixed(4)]);
  });

  it('is the same again, small, and takes no name for markup', async () => {
    expect(await reportOf('again.html', ...args)).toBe(page);
    expect(page.length).toBeLessThan(3 << 20);
    expect(page).not.toContain(HOSTILE);
    expect(page).toContain('&#60;img src=x onerror=console.log(1)&#62;.wav');
    const text = page.replace(/"data:[^"]*"/g, '""');
    expect(text).not.toMatch(/(?:src|href)="(?!"|#)|url\(|@import|NaN|undefined/);
  });

  it('says nothing of what it was not given', async () => {
    cpSync(model, inWork('bare'), { recursive: true });
    writeFileSync(inWork('bare', 'training.json'), '{}');
    const bare = await reportOf('bare.html', inWork('bare'), seven, '--chip-clips', '0');
    expect([...bare.matchAll(/<section id="(\w+)"/g)].map(([, name]) => name)).toEqual([
      ...['network', 'recordings', 'cost', 'weights'],
    ]);
  });
});

describe.skipIf(lacking('arm'))('the report (needs gcc-arm-none-eabi)', () => {
  it('has two models side by side, with cycles of the emulated chip', async () => {
    const both = await reportOf('both.html', MODEL, SPARSE, '--chip-clips', '1');
    for (const name of ['spoken-digits', 'spoken-digits-sparse']) {
      expect(both).toContain(`<h3>From sound to decision, ${name}</h3>`);
      expect(both).toContain(`<h3>Memory map, ${name}</h3>`);
    }
    const [, second = ''] = both.split('<h3>Cycles of a step by layer, spoken-digits-sparse</h3>');
    const rows = rowsOf(
      'Cycles of a step by layer, zero wait states; measured ones of the first and the last layer have what is shared',
      second,
    );
    const number = (text = '') => Number(text.replaceAll(',', ''));
    const shared = number(rows.pop()?.[3]);
    for (const [layer, mean, most, bound] of rows) {
      expect(number(mean), layer).toBeGreaterThan(0);
      expect(number(most), layer).toBeGreaterThanOrEqual(number(mean));
      expect(number(bound) + shared, layer).toBeGreaterThanOrEqual(number(most));
    }
    // Flash and RAM are those of the chip.
    const sum = (memory: string) =>
      rowsOf('Bytes of flash and RAM', second)
        .filter(([name]) => name === memory)
        .reduce((all, [, , bytes]) => all + number(bytes), 0);
    expect([sum('flash'), sum('RAM')]).toEqual([256 * 1024, 32 * 1024]);
  });
});

describe('report refuses', () => {
  it.each([
    ['a third model', [MODEL, MODEL, MODEL], 'models/spoken-digits: a report shows 2 models at most'],
    [
      'a fifth recording',
      [MODEL, ...new Array<string>(5).fill(seven)],
      /: a report draws 4 recordings at most; labelled clips go into a folder$/,
    ],
    ['a missing path', [MODEL, 'no-such.wav'], 'no-such.wav: no such file or folder'],
    [
      'a background without thresholds',
      [MODEL, '--background', 'docs'],
      'models/spoken-digits: has no "detect", so it has no thresholds; egru tune chooses them (--background)',
    ],
  ])('%s', async (_, given, message) => {
    const line = await refusal(['report', ...given, '-o', inWork('no.html'), '--chip-clips', '0']);
    if (typeof message === 'string') expect(line).toBe(message);
    else expect(line).toMatch(message);
  });

  it.each([
    ['no JSON', 'x', /training\.json: /],
    ['a loss that is no number', '{"epochs": [{"epoch": 0, "loss": "x"}]}', /training\.json: .*epochs/],
  ])('a record of training with %s', async (name, text, message) => {
    const folder = inWork(`record-${name.length}`);
    mkdirSync(folder);
    for (const file of ['model.json', 'weights.safetensors'])
      cpSync(packagePath(MODEL, file), join(folder, file));
    writeFileSync(join(folder, 'training.json'), text);
    expect(await refusal(['report', folder, '-o', inWork('no.html'), '--chip-clips', '0'])).toMatch(message);
  });

  it('leaves no half of a page', async () => {
    const { code, stdout } = await egru(['report', MODEL, 'no-such.wav', '-o', inWork('half.html')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(() => readFileSync(inWork('half.html'))).toThrow('ENOENT');
  });
});
