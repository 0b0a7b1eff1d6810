// SPDX-License-Identifier: Apache-2.0
/**
 * make features: trains spoken digits with every feature extractor of extractors.js, judges them at levels from -45 to
 * -5 dBFS and against recorded noise, and writes the section of docs/ACCURACY.md. What is in build/features already is not trained
 * again. About 20 minutes on two cores. Argument: the folder of recordings, ../shared/data by default.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wilson } from '../../../build/dist/report/evaluate/evaluation.js';
import { folded } from '../bench/folded.js';
import { replaceSection } from '../bench/section.js';
import { judgeLevels, LEVELS, NOISY, readTestSounds } from '../levels.js';
import { digitsRecipe, EXTRACTORS, FEATURES } from './extractors.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const data = resolve(process.argv[2] ?? join(root, '../shared/data'));
const digits = join(data, 'spoken-digits');
const out = join(root, 'build/features');
if (!existsSync(digits) || !existsSync(join(data, 'field/manifest.tsv'))) {
  console.error(`no spoken-digits and field/manifest.tsv in ${data}: docs/DATA.md says where they come from`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const egru = (...words) =>
  execFileSync(process.execPath, [join(root, 'compiler/bin/egru.js'), ...words], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });

function train(name, frontend) {
  const folder = join(out, name);
  if (existsSync(join(folder, 'training.json'))) return folder;
  console.log(`training ${name}`);
  const config = join(out, `${name}.json`);
  writeFileSync(config, JSON.stringify(digitsRecipe(root, frontend)));
  egru('train', digits, '--config', config, '-o', folder, '--every', '12');
  return folder;
}

/** Of the feature extractor alone, on the emulated chip. */
function cyclesOf(folder) {
  const report = JSON.parse(egru('bench', folder, digits, '--limit', '4', '--kernel', 'packed', '--json'));
  return report.frontend;
}

const percent = (count, of) => ((100 * count) / of).toFixed(1);
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

const sounds = await readTestSounds(data);
const judged = Object.entries(EXTRACTORS).map(([name, [title, frontend]]) => {
  const folder = train(name, frontend);
  const { best } = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8'));
  return { title, best, ...judgeLevels(folder, sounds), cycles: cyclesOf(folder) };
});
const of = judged[0].of;
const interval = (count) => wilson(count, of).map((share) => (100 * share).toFixed(1));
const [low, high] = interval(Math.round(0.9 * of));
const text = [
  FEATURES,
  '',
  'Spoken digits with each feature extractor, by the same short recipe (test/tools/accuracy/extractors.js: 48 epochs, gain',
  'drawn over 40 dB, noise of three colours, one seed). Recordings of the official test set that are classified correctly',
  `by the integers, in %, of ${of} each: the 95 % interval of 90.0 % is ${low} to ${high}. With this peak, in dBFS:`,
  '',
  ...table(
    ['features', 'validation', ...LEVELS.map(String), 'best less worst', 'cycles a frame'],
    judged.map(({ title, best, alone, cycles }) => [
      title,
      (100 * best.validationAccuracy).toFixed(1),
      ...alone.map((count) => percent(count, of)),
      percent(Math.max(...alone) - Math.min(...alone), of),
      cycles.cycles.toLocaleString('en-US', { maximumFractionDigits: 0 }),
    ]),
  ),
  '',
  `With one of ${sounds.noise.length} recordings of noise or ${sounds.music.length} of music, which trained nothing, 10 dB below the word (RMS), at two peaks of the word:`,
  '',
  ...table(
    ['features', ...['noise', 'music'].flatMap((kind) => NOISY.map((level) => `${kind}, ${level} dBFS`))],
    judged.map(({ title, against }) => [title, ...against.map((count) => percent(count, of))]),
  ),
  '',
  'TRAINING.md, "Loudness", has the options. `make features` trains what is missing and writes this.',
].join('\n');
const file = join(root, 'docs/ACCURACY.md');
writeFileSync(file, replaceSection(readFileSync(file, 'utf8'), FEATURES, folded(text)));
console.log(`wrote ${file}`);
