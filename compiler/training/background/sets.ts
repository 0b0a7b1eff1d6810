// SPDX-License-Identifier: Apache-2.0
/** Which frames of a background train, which choose weights and thresholds, and which judge. */
import { createHash } from 'node:crypto';
import { InputError } from '../../core/base/errors.ts';
import { readLimited } from '../../host/files/files.ts';
import type { SetRule } from './config.ts';
import type { FrameRange } from './frames.ts';
import type { BackgroundRecording } from './recordings.ts';

export type SetName = 'train' | 'validation' | 'test';

export type SetRanges = Readonly<Record<SetName, readonly FrameRange[]>>;

/** Where nothing is stated: a fifth validates. */
const VALIDATION = 0.2;
/** With fewer recordings than this, the last fifth of each validates: a few may be hours long. */
const FEW = 20;
const MAX_LIST_BYTES = 64 * 1024 * 1024;

/**
 * @param subject for messages
 * @param starts of the store
 * @param rule null: by name, or where recordings are few by time
 * @param listFile the path that rule.file stands for
 * @throws InputError where a recording lacks the column, or nothing is left to train on or to choose by
 */
export function setsOf(
  subject: string,
  recordings: readonly BackgroundRecording[],
  starts: Int32Array,
  rule: SetRule | null,
  listFile: (file: string) => string = (file) => file,
): SetRanges {
  const sets: Record<SetName, FrameRange[]> = { train: [], validation: [], test: [] };
  const range = (i: number): FrameRange => ({ start: starts[i] ?? 0, end: starts[i + 1] ?? 0 });
  if (rule === null && recordings.length < FEW) {
    recordings.forEach((_, i) => {
      const { start, end } = range(i);
      const middle = end - Math.floor((end - start) * VALIDATION);
      sets.train.push({ start, end: middle });
      sets.validation.push({ start: middle, end });
    });
  } else {
    const place = placeBy(
      subject,
      rule ?? { by: 'hash', column: null, validation: VALIDATION, test: 0 },
      listFile,
    );
    recordings.forEach((recording, i) => {
      sets[place(recording)].push(range(i));
    });
  }
  for (const name of ['train', 'validation'] as const) {
    if (sets[name].every(({ start, end }) => start === end)) {
      const purpose = name === 'train' ? 'train on' : 'choose thresholds by';
      throw new InputError(subject, `no background is left to ${purpose}; change "sets"`, 'background');
    }
  }
  return sets;
}

function placeBy(
  subject: string,
  rule: SetRule,
  listFile: (file: string) => string,
): (recording: BackgroundRecording) => SetName {
  const value = ({ name, fields }: BackgroundRecording): string => {
    if (rule.column === null) return name;
    const known = fields.get(rule.column);
    if (known !== undefined) return known;
    const columns = [...fields.keys()].slice(0, 8).join(', ') || 'none';
    throw new InputError(
      subject,
      `${name} has no column "${rule.column}"; it has ${columns}`,
      'background.sets',
    );
  };
  if (rule.by === 'hash') {
    const { validation, test } = rule;
    return (recording) => {
      const share = shareOf(value(recording));
      return share < test ? 'test' : share < test + validation ? 'validation' : 'train';
    };
  }
  const list = readList(listFile(rule.file));
  return (recording) => list.get(value(recording)) ?? 'train';
}

/** 0 .. 1, evenly spread over texts. */
function shareOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** Lines "VALUE SET"; a value may hold blanks. Lines that begin with # are comments. */
function readList(path: string): ReadonlyMap<string, SetName> {
  const list = new Map<string, SetName>();
  const lines = new TextDecoder().decode(readLimited(path, MAX_LIST_BYTES)).split(/\r?\n/);
  lines.forEach((line, i) => {
    if (line.trim() === '' || line.startsWith('#')) return;
    const [, value, set] = /^(.+)\s+(train|validation|test)\s*$/.exec(line) ?? [];
    if (value === undefined || set === undefined) {
      throw new InputError(path, 'a line is a value and one of train, validation, test', `line ${i + 1}`);
    }
    list.set(value.trim(), set as SetName);
  });
  return list;
}
