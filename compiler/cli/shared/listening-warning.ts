// SPDX-License-Identifier: Apache-2.0
/** What speaks against putting a model on a board that listens, in plain sight. */

import { printable } from '../../core/base/errors.ts';
import { quote } from '../../core/base/json.ts';
import type { Program } from '../../core/program/program.ts';
import { percent } from '../../report/table/table.ts';
import { backgroundAmong } from '../../training/background/label.ts';
import { shellWord } from './output.ts';

/** A threshold below it is as good as none: where it is a whole number, 1 stands for 1/32768. */
const LEAST_THRESHOLD = 0.1;

/**
 * @param path the model, as it was given
 * @param stated the program with what model.json says of detection, and nothing by default
 * @returns lines; none for a model that was made for streams, or that does not listen at all
 */
export function listeningWarning(path: string, { frontend, detect, labels }: Program): string[] {
  if (frontend === null) return [];
  const model = shellWord(path);
  const background = backgroundAmong(labels);
  const tune = `egru tune ${model} --keywords WORDS --background FOLDER`;
  if (detect === undefined) {
    return [
      `WARNING: ${printable(path)} will raise false alarms.`,
      `It has no "detect" in model.json: each of its ${labels.length} labels fires as a keyword${background === null ? '' : `, ${quote(background)} too`},`,
      'at a threshold that was never chosen.',
      ...(background === null
        ? [
            'It has no label for background either: it has learnt words, and nothing that is none.',
            'Put hours of sound without your words (radio, talk, music, the room) into a folder',
            '"other" beside the words and train again: egru train chooses the thresholds then.',
          ]
        : ['Choose thresholds with recordings of the words, and hours of sound without them:', `  ${tune}`]),
    ];
  }
  const fires = detect.keywords.find(({ label }) => labels[label] === background);
  if (background !== null && fires !== undefined) {
    return [
      `WARNING: ${printable(path)} will raise false alarms.`,
      `Its label ${quote(background)} is a keyword in "detect" of model.json, and fires at any sound.`,
      `Take it out there, or choose thresholds again: ${tune}`,
    ];
  }
  const low = detect.keywords.find(({ threshold }) => threshold < LEAST_THRESHOLD * 32768);
  if (low === undefined) return [];
  return [
    `WARNING: ${printable(path)} will raise false alarms.`,
    `The threshold of ${quote(labels[low.label] ?? '')} is ${low.threshold} in Q15, ${percent(low.threshold / 32768)} of certainty.`,
    'Whole numbers are Q15 (32768 is 1); a share is written as 0.62. Or choose thresholds:',
    `  ${tune}`,
  ];
}

/** On stderr, with room around it. */
export function warn(lines: readonly string[]): void {
  if (lines.length > 0) process.stderr.write(`\n${lines.join('\n')}\n\n`);
}
