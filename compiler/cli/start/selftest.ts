// SPDX-License-Identifier: Apache-2.0
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { printable } from '../../core/base/errors.ts';
import { compilerVersion } from '../../host/files/assets.ts';
import { writeWhole } from '../../host/files/files.ts';
import type { Measured } from '../../machines/device/model-test.ts';
import { type SelfTest, selfTest } from '../../machines/device/self-test.ts';
import { grouped } from '../../report/table/table.ts';
import { openLink } from '../shared/board-link.ts';
import { EXIT_DIFFERENCE, jsonOption, newCommand, portOption, positiveNumber } from '../shared/command.ts';
import { unlessInterrupted } from '../shared/interrupt.ts';
import { print, printJson } from '../shared/output.ts';

interface SelfTestOptions {
  readonly port?: string;
  readonly seconds: number;
  readonly update: boolean;
  readonly output?: string;
  readonly json?: boolean;
}

export function selfTestCommand(): Command {
  return newCommand('selftest', 'Test a board: clock, cycles, integers, flash, microphone.', [
    { command: 'egru selftest', does: 'the only board that is connected, for a minute' },
    {
      command: 'egru selftest --port /dev/ttyACM0 -o board.json',
      does: 'this one; the figures go to a file that helps with an issue',
    },
  ])
    .addOption(portOption())
    .option('--seconds <n>', "for which its clock is compared with this computer's", positiveNumber, 60)
    .option('--no-update', 'do not replace its model by a copy and put it back')
    .option('-o, --output <file>', 'JSON file to write (default: none)')
    .addOption(jsonOption())
    .action(run);
}

/** A model that could not be put back, in the folder of the command. */
const KEPT = 'egru-model.bin';

const outside = {
  now: () => performance.now() / 1000,
  wait: (seconds: number) => delay(1000 * seconds),
  keep: (region: Uint8Array) => {
    writeWhole(KEPT, region);
    return KEPT;
  },
};

async function run({ port, seconds, update, output, json }: SelfTestOptions): Promise<void> {
  const report = await unlessInterrupted(async (signal) => {
    const link = await openLink(port);
    try {
      return await selfTest(link, { seconds, update }, outside, signal);
    } finally {
      await link.close();
    }
  });
  if (report === undefined) return;
  const document = { egru: compilerVersion, ...report };
  if (output !== undefined) writeWhole(output, `${JSON.stringify(document, null, 2)}\n`);
  if (json) printJson(document);
  else print(...lines(report));
  if (report.failures.length > 0) process.exitCode = EXIT_DIFFERENCE;
}

function lines({ identity, clock, cycles, overruns, stack, flash, golden, ...rest }: SelfTest): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(3)} %`;
  const decibels = (value: number | null) => (value === null ? 'silence' : `${value.toFixed(0)} dB`);
  const { sound, noSound, timing, failures } = rest;
  const measured = ({ cycles: taken, least, most }: Measured) =>
    `${grouped(taken)} cycles, emulated ${grouped(least)} to ${grouped(most)}`;
  return [
    `board      ${printable(identity.board)}, ${printable(identity.microphone)} microphone, model ${printable(identity.model?.name ?? '')}`,
    `clock      ${clock.error < 0 ? '' : '+'}${percent(clock.error)} in ${clock.seconds.toFixed(1)} s, give or take ${percent(clock.uncertainty)}`,
    `cycles     ${grouped(cycles.min)} to ${grouped(cycles.max)} of the ${grouped(cycles.hop)} of a frame, ${grouped(cycles.mean)} in the mean`,
    `sound      ${sound === null ? printable(noSound ?? '') : `${decibels(sound.level)}, peak ${decibels(sound.peak)}, quietest ${decibels(sound.floor)}, offset ${sound.offset.toFixed(1)}`}`,
    `lost       ${overruns} blocks of sound, ${rest.dropped} lines`,
    `stack      ${stack.reached} of ${stack.bytes} bytes`,
    `reset      ${printable(rest.reset)}; fault ${printable(rest.fault)}`,
    `flash      ${flash.waitStates} wait states (${flash.settings}), sha256 ${flash.image}`,
    `golden     ${golden.difference === null ? `${golden.steps} steps as they have to be` : printable(golden.difference)}`,
    ...(timing === null
      ? []
      : [`features   ${measured(timing.frontend)}`, `network    ${measured(timing.network)}`]),
    `update     ${rest.updated ? 'the model was replaced, and put back' : 'not tried'}`,
    ...(failures.length === 0 ? ['all is well'] : failures.map((failure) => `wrong: ${printable(failure)}`)),
  ];
}
