// SPDX-License-Identifier: Apache-2.0
// `make bench`: measures both bundled models over the test recordings and writes docs/BENCHMARKS.md; README's table is the
// first model's, copied from there. Without the recordings it measures on the models' own samples and reports it.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { folded } from './folded.js';
import { goalsSection } from './goals-measured.js';
import { LISTENING, listeningRows } from './listening.js';
import { MICROPHONES, microphoneRows } from './microphone.js';

const recordings = process.argv[2] ?? '../shared/data';
const data = `${recordings}/spoken-digits`;
const audio = existsSync(data) ? [data, '--split', 'test'] : [];
const models = ['models/spoken-digits', 'models/spoken-digits-sparse'].filter((model) => existsSync(model));
const boards = ['arduino_zero', 'mkrzero', 'feather_m0', 'xiao_samd21', 'circuitplay_express', 'trinket_m0'];
mkdirSync('build/bench', { recursive: true });

const egru = (...args) =>
  execFileSync('node', ['compiler/bin/egru.js', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

const measured = models.map((model, i) => {
  process.stdout.write(`measuring ${model}${audio.length === 0 ? ' on its samples' : ''}\n`);
  const file = `build/bench/section${i}.md`;
  const bundled =
    audio.length === 0 && !existsSync(`${model}/samples`) ? ['models/spoken-digits/samples'] : audio;
  const report = JSON.parse(egru('bench', model, ...bundled, '--markdown', file, '--json'));
  return { report, section: readFileSync(file, 'utf8') };
});
const sections = measured.map(({ section }) => section);

process.stdout.write('measuring what goals ask for\n');
const goals = await goalsSection(measured[0].report, recordings);
process.stdout.write(`${goals.join('\n')}\n`);

const grouped = (n) => n.toLocaleString('en-US');
const rows = boards.flatMap((board) =>
  ['packed', 'unrolled'].map((kernel) => {
    const built = JSON.parse(
      egru('build', models[0], '--board', board, '--kernel', kernel, '-o', `build/bench/${board}`, '--json'),
    );
    return `| ${board} | ${kernel} | ${grouped(built.flash)} | ${grouped(built.ram)} | ${grouped(built.stack)} |`;
  }),
);
const gcc = execFileSync('arm-none-eabi-gcc', ['-dumpfullversion'], { encoding: 'utf8' }).trim();

writeFileSync(
  'docs/BENCHMARKS.md',
  folded(
    [
      '# Benchmarks',
      '',
      `Written by \`make bench\` with arm-none-eabi-gcc ${gcc}. Cycles are those of the emulated ATSAMD21 with zero wait states`,
      '([EMULATOR.md](EMULATOR.md) describes how they were proven, and what no board has confirmed yet), from the first instruction',
      'of the step function to its return; "with flash lines" adds one for every new 8-byte line of flash, a bound for the one wait',
      'state that 48 MHz needs. They are exact: two runs print the same. Flash is code and constants of kernel, model and',
      'tables in bytes, without feature extractor, drivers and start-up; RAM is state, features and logits. The literal eGRU and the float',
      'GRU (compiler/report/bench/c) are built in the same run at -O2 and -O3, the faster counts; the float GRU runs 640 of the steps.',
      '',
      ...goals,
      '',
      ...sections.flatMap((section) => [section.trimEnd(), '']),
      '## Firmware images',
      '',
      `\`egru build ${models[0]} --board BOARD --kernel KERNEL\`: the whole image in bytes, with feature extractor, drivers, protocol and`,
      'start-up; the stack is its proven worst case.',
      '',
      '| board | kernel | flash | RAM | worst stack |',
      '|---|---|--:|--:|--:|',
      ...rows,
      '',
      ...LISTENING,
      ...(await listeningRows()),
      '',
      ...MICROPHONES,
      ...(await microphoneRows()),
      '',
      '## Others, as published',
      '',
      'Cycles per step of a network 64-30-20-16-10, measured once in one emulator with zero wait states and handed on to this',
      'project, which cannot measure them again; bytes of flash of model and kernels.',
      '',
      '| implementation | cycles | flash |',
      '|---|--:|--:|',
      '| onnx2c GRU (float) | 3,632,380 | 56.9 KB |',
      '| NNoM GRU (8-bit) | 252,640 | 17.6 KB |',
      '| CMSIS-NN LSTM (8-bit) | 227,337 | 25.7 KB |',
      '| CMSIS-NN kernels as a GRU (8-bit) | 183,617 | 21.3 KB |',
      "| CMSIS-NN kernels in the eGRU's shape (8-bit) | 125,536 | 16.3 KB |",
      '| EdgeML FastGRNN q15 (half the weights) | 108,936 | 12.4 KB |',
      '| weights as int8, gates share each load, `muls`, plain C | 76,196 | 10.0 KB |',
      '',
    ].join('\n'),
  ),
);

const table = /^\| implementation .*\n(?:\|.*\n)+/m.exec(sections[0] ?? '')?.[0];
const readme = readFileSync('README.md', 'utf8');
const marked = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;
if (table === undefined || !marked.test(readme)) throw new Error('README.md has no place for the table');
writeFileSync(
  'README.md',
  readme.replace(marked, (_, begin, end) => `${begin}${table}${end}`),
);
