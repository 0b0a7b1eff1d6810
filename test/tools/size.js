// SPDX-License-Identifier: Apache-2.0
// size.js MODEL BOARD [COMMIT]: flash and RAM of a firmware image per function group, and what changed since a commit (the
// last one by default). Both images are built from scratch by the sources that they belong to.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';

/** Object files of the map by the group that they count for; the first that fits. */
const GROUPS = [
  ['network', /^runtime-c_network_/],
  ['feature extractor', /^runtime-c_frontend_/],
  ['detection', /^runtime-c_detect_/],
  ['microphones', /^(runtime-c_microphone_|firmware_samd21_mic_)/],
  ['model', /^model_/],
  ['USB', /^firmware_samd21_usb_/],
  ['chip', /^firmware_samd21_/],
  ['commands', /^firmware_app_commands_/],
  ['application', /^firmware_/],
  ['C library', /^lib\w+\.a/],
];
/** Where RAM begins on every Cortex-M (Armv6-M architecture, table B3-1). */
const RAM = 0x20000000;

/** Bytes of flash and RAM per group, from the maps of GNU ld, application and model in one text. */
export function sizesOf(map) {
  const sizes = new Map([...GROUPS.map(([name]) => name), 'other'].map((name) => [name, [0, 0]]));
  // An input section: " .text.name  0xADDRESS  0xSIZE  object", on one line or, after a long name, on two.
  for (const [, section, address, size, object] of map.matchAll(
    /^ (\S+)\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)$/gm,
  )) {
    // What the linker left out lies at address 0; notes for tools count from there and are not part of the image.
    if (Number.parseInt(address, 16) === 0 || /^\.(ARM\.|comment|debug)/.test(section)) continue;
    const name = GROUPS.find(([, pattern]) => pattern.test(object.split('/').at(-1)))?.[0] ?? 'other';
    const bytes = sizes.get(name);
    const inRam = Number.parseInt(address, 16) >= RAM;
    if (inRam) bytes[1] += Number.parseInt(size, 16);
    // Variables with values lie in RAM, and their values in flash.
    if (!inRam || section.startsWith('.data')) bytes[0] += Number.parseInt(size, 16);
  }
  return sizes;
}

/** Rows of a table: group, flash, change, RAM, change; groups that are empty in both are left out. */
export function table(before, after) {
  const change = (a, b) => (a === b ? '' : `${b > a ? '+' : ''}${b - a}`);
  const sum = (sizes) => [...sizes.values()].reduce(([f, r], [flash, ram]) => [f + flash, r + ram], [0, 0]);
  const rows = [...after, ['total', sum(after)]].map(([name, [flash, ram]]) => {
    const [oldFlash, oldRam] = name === 'total' ? sum(before) : (before.get(name) ?? [0, 0]);
    return [name, `${flash}`, change(oldFlash, flash), `${ram}`, change(oldRam, ram)];
  });
  const shown = rows.filter(([, flash, a, ram, b]) => flash !== '0' || ram !== '0' || a !== '' || b !== '');
  return [['function group', 'flash', 'change', 'RAM', 'change'], ...shown]
    .map(([name, ...numbers]) => name.padEnd(18) + numbers.map((text) => text.padStart(8)).join(''))
    .join('\n');
}

function mapOf(root, model, board, out) {
  execFileSync(process.execPath, ['compiler/bin/egru.js', 'build', model, '--board', board, '-o', out], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readFileSync(resolve(root, out, 'firmware.map'), 'utf8');
}

function checkOut(commit, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 1 << 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(resolve('node_modules'), resolve(folder, 'node_modules'));
  execFileSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

if (process.argv[1]?.endsWith('size.js')) {
  const [model = 'models/spoken-digits', board = 'arduino_zero', commit = 'HEAD'] = process.argv.slice(2);
  if (!existsSync('.git'))
    throw new Error('size.js compares with a commit: run it in a clone of the project');
  checkOut(commit, 'build/size/before');
  const before = sizesOf(mapOf('build/size/before', model, board, 'build/size'));
  const after = sizesOf(mapOf('.', model, board, 'build/size/after'));
  process.stdout.write(`${model} for ${board}, bytes, against ${commit}\n\n${table(before, after)}\n`);
}
