// SPDX-License-Identifier: Apache-2.0
/**
 * make features: trains spoken digits with every feature extractor of extractors.js, judges them at levels from -45 to
 * -5 dBFS and against recorded noise, and writes docs/FEATURES.md. What is in build/features already is not trained
 * again. About 20 minutes on two cores. Argument: the folder of recordings, ../shared/data by default.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wilson } from '../../../build/dist/report/evaluate/evaluation.js';
import { digitsRecipe, EXTRACTORS } from './extractors.js';
import { folded } from './folded.js';
import { judgeLevels, LEVELS, NOISY, readTestSounds } from './levels.js';

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
const table = (head, rows, align = '--:') =>
  [head, head.map((_, i) => (i === 0 ? '---' : align)), ...rows].map((cells) => `| ${cells.join(' | ')} |`);

const sounds = await readTestSounds(data);
const judged = Object.entries(EXTRACTORS).map(([name, [title, frontend]]) => {
  const folder = train(name, frontend);
  const { best } = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8'));
  return { title, best, ...judgeLevels(folder, sounds), cycles: cyclesOf(folder) };
});
const of = judged[0].of;
const interval = (count) => wilson(count, of).map((share) => (100 * share).toFixed(1));
const [low, high] = interval(Math.round(0.9 * of));
const page = [
  '# Feature extractors',
  '',
  '`make features` trains spoken digits with each of these, by the same short recipe (test/tools/bench/extractors.js: 48',
  'epochs, gain drawn over 40 dB, noise of three colours, one seed), and writes this page. NUMERICS.md defines what they',
  'compute. Figures are the recordings of the official test set that are classified correctly, in %, by the',
  `integers; of ${of} each, so that the 95 % interval of 90.0 % is ${low} to ${high}.`,
  '',
  'What `frontend` of model.json may have beside its other keys; without them it computes what it always did:',
  '',
  ...table(
    ['key', 'range', 'meaning'],
    [
      ['`bands.scale`', '`"mel"`', 'triangles evenly spaced in mel; `bins` counts them, 8 to 40'],
      [
        '`bands.from`, `bands.to`',
        '0 to half of the sample rate',
        'Hz, ends of the first and the last triangle',
      ],
      [
        '`normalize.over`',
        '`"frame"`, `"band"`',
        'one level, of the loudest feature; or one for each feature',
      ],
      [
        '`normalize.rise`, `fall`',
        '0 to 10',
        'of the distance a level takes 2^-rise up, 2^-fall down, in a frame',
      ],
      [
        '`normalize.floor`',
        '0 to 32767',
        'Q15: least level, and where levels start; what is below is not lifted',
      ],
      ['`normalize.center`', '0 to 32767', 'Q15: what a feature at its level becomes'],
      ['`normalize.gain`', '1, 2, 4, 8', 'times the distance from the level'],
    ],
    '---',
  ),
  '',
  'A level starts at its floor with every clip and every stream; VAD does not touch it. `gain` 4096 and `divisor` 18 make',
  'the feature a logarithm down to what 16 bits resolve: 0.333 of full range is 6 octaves, 36 dB.',
  '',
  '## Level',
  '',
  'Every recording with this peak, in dBFS:',
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
  '## Recorded noise',
  '',
  `${sounds.noise.length} recordings of noise and ${sounds.music.length} of music, 10 dB below the word (RMS), at two peaks of the word; no training heard them:`,
  '',
  ...table(
    ['features', ...['noise', 'music'].flatMap((kind) => NOISY.map((level) => `${kind}, ${level} dBFS`))],
    judged.map(({ title, against }) => [title, ...against.map((count) => percent(count, of))]),
  ),
  '',
  '## Which one',
  '',
  'With `"normalize"` over the frame the level of a recording is no longer an input: what is lost at -45 dBFS is what 16',
  'bits and the noise floor have taken. This is the block of model.json, and of the configuration of a training:',
  '',
  '```json',
  JSON.stringify(EXTRACTORS['mel-frame'][1], null, 2),
  '```',
  '',
].join('\n');
const file = join(root, 'docs/FEATURES.md');
writeFileSync(file, folded(page));
console.log(`wrote ${file}`);
