// SPDX-License-Identifier: Apache-2.0
// `node test/tools/bench/microphone.js`: cycles of the microphones' decimators per block of 4 ms on the emulated chip, as the
// rows of docs/BENCHMARKS.md.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Samd21 } from '../../../build/dist/emulator/samd21/samd21.js';
import { folder, headerFolders } from '../../../build/dist/machines/firmware/sources.js';
import { parseElf, symbolAddress } from '../../../build/dist/machines/image/elf.js';
import { buildImage } from '../../../build/dist/machines/toolchain/arm.js';

const CYCLES = 192_000; // of a block at 48 MHz
const BLOCKS = 50;
const STACK_TOP = 0x20001000; // of test/microphone/chip.c
const script = `
MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 64K  RAM (rw) : ORIGIN = 0x20000000, LENGTH = 4K }
ENTRY(entry)
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text .text.*) *(.rodata .rodata.*) } > FLASH
  .data : { *(.data .data.*) } > RAM AT > FLASH
  .bss (NOLOAD) : { *(.bss .bss.*) } > RAM
  /DISCARD/ : { *(.ARM.exidx* .ARM.extab* .comment .note*) }
}
`;
const STATES = { pdm: 488, i2s: 404, adc: 404 };
const INPUT_BYTES = { pdm: 500, i2s: 256, adc: 128 };

async function image(defines) {
  const runtime = folder('runtime-c').filter(({ path }) =>
    /\/egru_mic|\/egru_(config|target|frontend_m0)\.h$/.test(path),
  );
  const main = { path: 'src/main.c', text: readFileSync('test/microphone/chip.c', 'utf8') };
  const linker = [{ path: 'src/mic.ld', text: script }];
  const { elf } = await buildImage({
    files: [main, ...runtime],
    includes: headerFolders(runtime),
    linker,
    optimize: '-O2',
    defines,
  });
  return parseElf(elf, 'mic.elf');
}

/** Mean over random input that is far from full scale, so that nothing saturates. */
function measure(elf, kind) {
  const chip = new Samd21({ segments: elf.segments, vectorTable: 0 });
  const address = (name) => symbolAddress(elf, name);
  chip.poke8(address('test_kind'), Object.keys(STATES).indexOf(kind));
  let [cycles, lines, start, line, state] = [0, 0, 0, 0, 1];
  chip.hook(address(`egru_mic_${kind}_block`), () => {
    start = chip.cycles;
    line = chip.flashLines;
  });
  chip.hook(address('test_done'), () => {
    cycles += chip.cycles - start - 3; // the call of test_done
    lines += chip.flashLines - line;
    chip.stop();
  });
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes, ch. 7
    return state >>> 24;
  };
  for (let block = 0; block < BLOCKS; block++) {
    for (let i = 0; i < INPUT_BYTES[kind]; i++) {
      // Upper bytes: the sign of a small word; the middle count of the ADC.
      const byte =
        kind === 'pdm' ? random() : kind === 'i2s' ? (i % 4 < 3 ? random() : 0) : i % 2 ? 8 : random();
      chip.poke8(address('test_input') + i, byte);
    }
    if (chip.run(10_000_000) !== 'stopped') throw new Error('the block does not end');
  }
  return { cycles: cycles / BLOCKS, bound: (cycles + lines) / BLOCKS, stack: STACK_TOP - chip.lowestStack };
}

/** Rows of the table. */
export async function microphoneRows() {
  const grouped = (n) => Math.round(n).toLocaleString('en-US');
  const share = (n) => `${((100 * n) / CYCLES).toFixed(2)} %`;
  const rows = [];
  for (const [what, defines] of [
    ['assembly', []],
    ['portable C', ['EGRU_PORTABLE']],
  ]) {
    const elf = await image(defines);
    for (const kind of Object.keys(STATES)) {
      const { cycles, bound, stack } = measure(elf, kind);
      rows.push(
        `| ${kind} | ${what} | ${grouped(cycles)} | ${share(cycles)} | ${grouped(bound)} | ${share(bound)} | ${STATES[kind]} | ${stack} |`,
      );
    }
  }
  return rows;
}

export const MICROPHONES = [
  '## Microphones',
  '',
  'Decimators of runtime-c/microphone/egru_mic.h, from the first instruction of a block of 4 ms to its return, in the',
  'mean over 50 blocks of noise, and their share of 48 MHz. RAM is the state in bytes; the stack is what was reached.',
  '',
  '| microphone | filters | cycles | share | with flash lines | share | RAM | stack |',
  '|---|---|--:|--:|--:|--:|--:|--:|',
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write(`${[...MICROPHONES, ...(await microphoneRows())].join('\n')}\n`);
}
