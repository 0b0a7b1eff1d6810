// SPDX-License-Identifier: Apache-2.0
// `make coremark COREMARK=FOLDER`: CoreMark's sources (https://github.com/eembc/coremark, which are not part of this project)
// on the emulated chip, with the wait state of the flash counted in three ways, beside what was published of an Arduino Zero.
// One build with the compiler's -Os as Arduino's core has it, and what other levels give. None of these is a CoreMark score:
// its rules ask for ten seconds on a real clock.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Samd21 } from '../../../build/dist/emulator/samd21/samd21.js';
import { parseElf, symbolAddress } from '../../../build/dist/machines/image/elf.js';

const source = process.argv[2] ?? '';
const PORT = new URL('coremark/', import.meta.url).pathname;
const FILES = ['core_list_join.c', 'core_main.c', 'core_matrix.c', 'core_state.c', 'core_util.c'];
const missing = [...FILES, 'coremark.h'].filter((file) => source === '' || !existsSync(join(source, file)));
if (missing.length > 0) {
  const what = source === '' ? 'no folder is given' : `${source} has no ${missing[0]}`;
  process.stderr.write(
    `${what}: git clone https://github.com/eembc/coremark, then make coremark COREMARK=FOLDER\n`,
  );
  process.exit(2);
}

const ITERATIONS = 3;
const HZ = 48e6;
/** Arduino Zero, gcc 7, -Os (README of https://github.com/PaulStoffregen/CoreMark, 2019). */
const PUBLISHED = 56.86;
/** Checksums of a performance run: list, matrix, state (CoreMark's core_main.c). */
const EXPECTED = [0xe714, 0x1fd7, 0x8e3a];
const compiler = process.env.EGRU_ARM_CC ?? 'arm-none-eabi-gcc';

function build(level) {
  mkdirSync('build/coremark', { recursive: true });
  const elf = `build/coremark/coremark${level}.elf`;
  const files = [
    ...FILES.map((file) => join(source, file)),
    ...['core_portme.c', 'start.S'].map((file) => join(PORT, file)),
  ];
  const flags = [
    ...['-mcpu=cortex-m0plus', '-mthumb', '-ffunction-sections', '-fdata-sections', '-w', level],
    // As ArduinoCore-samd 1.8.3 compiles (platform.txt).
    ...['--param', 'max-inline-insns-single=500', '-std=gnu11'],
    ...[`-DITERATIONS=${ITERATIONS}`, '-DPERFORMANCE_RUN=1', '-DFLAGS_STR=""', `-I${PORT}`, `-I${source}`],
    ...['--specs=nano.specs', '-nostartfiles', '-Wl,--gc-sections', `-T${join(PORT, 'coremark.ld')}`],
  ];
  execFileSync(compiler, [...flags, ...files, '-o', elf], { stdio: ['ignore', 'ignore', 'inherit'] });
  return elf;
}

function run(path) {
  const elf = parseElf(readFileSync(path), path);
  const chip = new Samd21({ segments: elf.segments, vectorTable: 0, flash: 'cache' });
  const now = () => [chip.cycles, chip.flashLines, chip.flashWaits];
  let from = [];
  let to = [];
  const at = (name, action) => chip.hook(symbolAddress(elf, name), action);
  at('start_time', () => {
    from = now();
  });
  at('stop_time', () => {
    to = now();
  });
  at('done', () => chip.stop());
  if (chip.run(1e9) !== 'stopped') throw new Error('CoreMark does not end');
  const crcs = EXPECTED.map((_, i) => chip.peek32(symbolAddress(elf, 'coremark_crcs') + 4 * i));
  if (crcs.some((crc, i) => crc !== EXPECTED[i])) {
    throw new Error(`checksums ${crcs.map((crc) => crc.toString(16)).join(' ')} are not CoreMark's`);
  }
  return to.map((value, i) => (value - (from[i] ?? 0)) / ITERATIONS);
}

const version = execFileSync(compiler, ['-dumpversion'], { encoding: 'utf8' }).trim();
const whole = (value) => Math.round(value).toLocaleString('en-US');
process.stdout.write(
  [
    '| build | cycles | lines | missed | no wait state | cache | every line |',
    '|---|--:|--:|--:|--:|--:|--:|',
    ...['-Os', '-O2', '-O3'].map((level) => {
      const [cycles, lines, misses] = run(build(level));
      const rates = [cycles, cycles + misses, cycles + lines].map((all) => (HZ / all).toFixed(2));
      return `| gcc ${version} ${level} | ${[cycles, lines, misses].map(whole).join(' | ')} | ${rates.join(' | ')} |`;
    }),
    '',
    `published of an Arduino Zero, gcc 7 -Os: ${PUBLISHED}`,
    '',
  ].join('\n'),
);
