// SPDX-License-Identifier: Apache-2.0
// `node test/tools/bench/listening.js`: what listening takes of flash, RAM and CPU on every board with every microphone, as the
// section of docs/BENCHMARKS.md; with `--write` it replaces that section there. About a minute.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { boards, findMicrophone } from '../../../build/dist/boards/boards.js';
import { streamProgram } from '../../../build/dist/core/quant/detect.js';
import { loadProgram } from '../../../build/dist/host/load/load-program.js';
import {
  firmwareSections,
  listeningLoad,
  recordings,
} from '../../../build/dist/machines/device/listening-load.js';
import { buildFirmware } from '../../../build/dist/machines/firmware/firmware.js';
import { CHIP_MILLIAMPS, idleMilliamps } from '../../../build/dist/report/measure/energy.js';

const MODEL = 'models/spoken-digits';

export const LISTENING = [
  '## Listening',
  '',
  `Firmware with ${MODEL}, kernel \`unrolled\`, in which everything runs: decimator, feature extractor, network`,
  'in every frame, detection, and USB, which is connected and idle. Bytes are those of `size`, the model being its',
  'region; RAM is variables, arena and proven stack together. The load is the share of 80 frames of speech in which the',
  'CPU is awake; with flash lines it may be 8 % with I2S and ADC and 15 % with PDM, which `test/firmware/load.test.ts`',
  'demands. The current is that of the chip on a battery ([ENERGY.md](ENERGY.md)), and by how much slow buses make it',
  'less.',
  '',
  '| board | microphone | | application: text | data | bss | model: text | data | bss | RAM | load | with flash lines | battery, mA | less |',
  '|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
];

/** Rows of the table. */
export async function listeningRows() {
  const grouped = (n) => n.toLocaleString('en-US');
  const percent = (share) => `${(100 * share).toFixed(2)} %`;
  const program = streamProgram(loadProgram(MODEL), MODEL);
  const sound = await recordings(`${MODEL}/samples`);
  const rows = [];
  for (const board of Object.values(boards)) {
    for (const { name } of board.microphones) {
      for (const optimize of ['-O2', '-Os']) {
        const microphone = findMicrophone(board, name);
        const firmware = await buildFirmware(program, { board, microphone, kernel: 'unrolled', optimize });
        const { load, bound } = listeningLoad(firmware, microphone, sound);
        const battery = listeningLoad(firmware, microphone, sound, false);
        const bytes = Object.values(firmwareSections(firmware)).flatMap(({ text, data, bss }) => [
          text,
          data,
          bss,
        ]);
        const sizes = [...bytes, firmware.ram + firmware.stack.worst].map(grouped);
        const cells = [board.name, name, `\`${optimize}\``, ...sizes, percent(load), percent(bound)];
        cells.push(...saved(battery));
        rows.push(`| ${cells.join(' | ')} |`);
      }
    }
  }
  return rows;
}

/** The chip's current with the buses as they are, and what that saves against fast ones. */
function saved({ bound, sleepBuses }) {
  const current = (buses) => bound * CHIP_MILLIAMPS.active + (1 - bound) * idleMilliamps(buses);
  const now = current(sleepBuses / (1 - bound));
  return [now.toFixed(2), `${(100 * (1 - now / current(1))).toFixed(1)} %`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const section = `${[...LISTENING, ...(await listeningRows())].join('\n')}\n`;
  if (process.argv[2] === '--write') {
    const report = readFileSync('docs/BENCHMARKS.md', 'utf8');
    const place = /^## Listening\n[\s\S]*?(?=\n## )/m;
    if (!place.test(report)) throw new Error('docs/BENCHMARKS.md has no such section');
    writeFileSync(
      'docs/BENCHMARKS.md',
      report.replace(place, () => section),
    );
  } else {
    process.stdout.write(section);
  }
}
