// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Samd21 } from '../../compiler/emulator/samd21/samd21.ts';
import { type Elf, parseElf, symbolAddress } from '../../compiler/machines/image/elf.ts';
import { Semihosting } from './semihosting.ts';

const TARGET = fileURLToPath(new URL('./target', import.meta.url));
const COMPILER = 'arm-none-eabi-gcc';
const QEMU = 'qemu-system-arm';
const COMMON = ['-mcpu=cortex-m0plus', '-mthumb', '-ffunction-sections', '-Wall', '-Wextra', `-I${TARGET}`];

export interface ImageSource {
  /** `name.c` or `name.s`. */
  readonly name: string;
  readonly text: string;
}

export interface ImageOptions {
  /** Texts of sources, and paths of sources, to compile and link. */
  readonly sources: readonly (ImageSource | string)[];
  /** Functions `void f(void)`, called in this order. */
  readonly calls: readonly string[];
  /** Folders for #include. */
  readonly include?: readonly string[];
  /** Further flags of the compiler; -O2 by default. */
  readonly flags?: readonly string[];
}

/** One image that runs unchanged in QEMU and in our emulator. */
export interface TestImage {
  readonly elf: Elf;
  readonly bytes: Uint8Array;
}

/** Whether the named program can be run: tests that need it skip where it is absent. */
export function installed(program: typeof COMPILER | typeof QEMU): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

function inScratchFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'egru-image-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Compiles and links. Throws with the compiler's words if that fails, also when 12 KB of RAM are not enough. */
export function buildImage(options: ImageOptions): TestImage {
  return inScratchFolder((folder) => {
    const main = `${options.calls.map((f) => `void ${f}(void);`).join('\n')}
void image_main(void);
void image_main(void) {
${options.calls.map((f) => `    ${f}();`).join('\n')}
}
`;
    const files = [...options.sources, { name: 'image_main.c', text: main }].map((source) => {
      if (typeof source === 'string') return source;
      const path = join(folder, source.name);
      writeFileSync(path, source.text);
      return path;
    });
    const out = join(folder, 'image.elf');
    execFileSync(
      COMPILER,
      [
        ...COMMON,
        ...(options.flags ?? ['-O2']),
        ...(options.include ?? []).map((path) => `-I${path}`),
        join(TARGET, 'start.c'),
        ...files,
        '-nostartfiles',
        '-Wl,--gc-sections',
        `-T${join(TARGET, 'image.ld')}`,
        `-o${out}`,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' },
    );
    const bytes = readFileSync(out);
    return { bytes, elf: parseElf(bytes, 'test image') };
  });
}

/** Runs the image in QEMU (machine microbit, a Cortex-M0) and returns what it wrote. */
export function runInQemu(image: TestImage, timeoutMs = 60_000): string {
  return inScratchFolder((folder) => {
    const kernel = join(folder, 'image.elf');
    const output = join(folder, 'output');
    writeFileSync(kernel, image.bytes);
    const result = spawnSync(
      QEMU,
      [
        ...['-M', 'microbit', '-nographic', '-monitor', 'none', '-serial', 'none', '-kernel', kernel],
        ...['-chardev', `file,id=out,path=${output}`],
        ...['-semihosting-config', 'enable=on,target=native,chardev=out'],
      ],
      { timeout: timeoutMs, encoding: 'utf8' },
    );
    const text = readFileSync(output, 'latin1');
    if (result.status !== 0)
      throw new Error(
        `QEMU ended with ${result.status ?? result.signal}: ${result.stderr}\n${text.slice(-500)}`,
      );
    return text;
  });
}

export interface EmulatorRun {
  readonly output: string;
  readonly cycles: number;
  readonly chip: Samd21;
}

/** Runs the image in our emulator. Throws ChipFault for a fault, Error when maxCycles do not suffice. */
export function runInEmulator(image: TestImage, maxCycles = 10e9, reference = false): EmulatorRun {
  const semihosting = new Semihosting(() => chip.stop());
  const chip: Samd21 = new Samd21({
    segments: image.elf.segments,
    vectorTable: 0,
    stackLimit: symbolAddress(image.elf, 'image_bss_end'),
    semihosting: (op, arg, memory) => semihosting.serve(op, arg, memory),
    reference,
  });
  if (chip.run(maxCycles) === 'limit') throw new Error(`still running after ${maxCycles} cycles`);
  return { output: semihosting.output, cycles: chip.cycles, chip };
}
