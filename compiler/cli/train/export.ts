// SPDX-License-Identifier: Apache-2.0
/** egru train --export: what a trainer elsewhere needs, instead of training. */
import { grouped } from '../../report/table/table.ts';
import { exportTraining } from '../../training/train/export.ts';
import type { TrainingJob } from '../../training/train/job.ts';
import { print, printJson, shellWord } from '../shared/output.ts';

/** @param round of augmentation */
export async function exportForOthers(
  job: TrainingJob,
  folder: string,
  round: number,
  json: boolean,
): Promise<void> {
  const source = await job.described();
  const mining = source.mining?.rounds.at(-1) ?? null;
  const files = await exportTraining(source, round, folder);
  if (json) {
    printJson({ folder, files, mining });
    return;
  }
  print(...files);
  if (mining !== null) {
    const { hard, events, hours, eventsPerHour } = mining;
    print(
      '',
      `mined ${grouped(hard)} hard places in ${hours.toFixed(2)} h: ${grouped(events)} false alarms ` +
        `at thresholds that miss a tenth of the words, ${eventsPerHour.toFixed(1)} per hour`,
    );
  }
  print('', `next: torchrun models/training/pytorch/train.py ${shellWord(folder)} -o MODEL`);
}
