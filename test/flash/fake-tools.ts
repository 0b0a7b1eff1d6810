// SPDX-License-Identifier: Apache-2.0
/**
 * Programs that behave like bossac and openocd, version by version, on a file that stands for the chip's flash. They
 * refuse options that their version does not know, and write where their version would: to 0 if asked to.
 */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEAD = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
const fail = process.env.FAKE_FAIL ?? '';
const flash = process.env.FAKE_FLASH;
fs.appendFileSync(flash + '.log', require('node:path').basename(process.argv[1]) + ' ' + args.join(' ') + '\\n');
const say = (text) => process.stdout.write(text + '\\n');
function write(at, file) {
  const chip = fs.readFileSync(flash);
  const bytes = fs.readFileSync(file);
  chip.fill(0xff, at);
  bytes.copy(chip, at);
  fs.writeFileSync(flash, chip);
}
`;

/** Texts of the help as each version prints them; the options by its source. */
export function fakeBossac(folder: string, version: string): void {
  const minor = Number(/^\d+\.(\d+)/.exec(version)?.[1]);
  const absolute = version.startsWith('1.9') || version.includes('-48-g');
  const erase = absolute
    ? 'erase the entire flash starting at the offset'
    : 'erase the entire flash (minus any bootloader)';
  const help = [
    'Usage: bossac [OPTION...] [FILE]',
    `Basic Open Source SAM-BA Application (BOSSA) Version ${version}`,
    'Options:',
    `  -e, --erase           ${erase}`,
    ...(minor >= 8 ? ['  -o, --offset=OFFSET   start write/read/verify operation at flash OFFSET;'] : []),
    '  -U, --usb-port[=BOOL] force serial port detection to USB if BOOL is 1',
  ].join('\n');
  program(
    folder,
    'bossac',
    `if (args.includes('--help')) { say(${JSON.stringify(help)}); process.exit(1); }
let offset = 0, port = '', file = '';
for (let i = 0; i < args.length; i++) {
  const arg = args[i];
  if (arg.startsWith('--offset=') && ${minor >= 8}) offset = Number(arg.slice(9));
  else if (arg.startsWith('--port=')) port = arg.slice(7);
  else if (arg === '-U') { if (${minor < 8} && args[++i] !== 'true') process.exit(1); }
  else if (['-e', '-w', '-v', '-R'].includes(arg)) continue;
  else if (arg.startsWith('-')) { process.stderr.write('bossac: unrecognized option ' + arg + '\\n'); process.exit(1); }
  else file = arg;
}
if (fail === 'port') { process.stderr.write('No device found on ' + port + '\\n'); process.exit(1); }
write(offset + ${absolute ? 0 : '0x2000'}, file);
say('Write 1000 bytes to flash (16 pages)\\n[==============================] 100% (16/16 pages)');
if (fail === 'verify') { say('\\nVerify failed\\nPage errors: 1\\nByte errors: 4'); process.exit(2); }
say('\\nVerify successful\\nDone in 0.1 seconds');`,
  );
}

export function fakeOpenocd(folder: string, version: string): void {
  program(
    folder,
    'openocd',
    `if (args.includes('--version')) { process.stderr.write('Open On-Chip Debugger ${version}\\n'); process.exit(0); }
if (fail === 'probe') { process.stderr.write('Error: unable to find a matching CMSIS-DAP device\\n'); process.exit(1); }
const [, file, at] = /^program \\{(.+)\\} (0x[0-9a-f]+) verify reset exit$/.exec(args.at(-1));
if (!args.includes('set CHIPNAME at91samd21g18')) process.exit(1);
write(Number(at), file);
say('** Programming Finished **\\n** Verify Started **');
if (fail === 'verify') { say('Error: checksum mismatch - attempting binary compare\\n** Verify Failed **'); process.exit(1); }
say('** Verified OK **\\n** Resetting Target **');`,
  );
}

function program(folder: string, name: string, body: string): void {
  const path = join(folder, name);
  writeFileSync(path, `${HEAD}${body}\n`);
  chmodSync(path, 0o755);
}
