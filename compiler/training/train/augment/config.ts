// SPDX-License-Identifier: Apache-2.0
import type { JsonValue } from '../../../core/base/json.ts';
import type { AugmentRules, Interval, NoiseColour } from './rules.ts';

/** `augment` of the configuration: what is left out is off; intervals are lists of two numbers. */
export function readAugment(value: JsonValue): AugmentRules {
  const rules = value.object(['shift', 'gain', 'speed', 'noise', 'background', 'reverberation', 'clipping']);
  const optional = <T>(key: string, read: (value: JsonValue) => T): T | null => {
    const member = rules.optional(key);
    return member === null ? null : read(member);
  };
  return {
    shift: rules.optional('shift')?.boolean() ?? false,
    gain: optional('gain', (member) => readInterval(member, -6, 6)),
    speed: optional('speed', (member) => readInterval(member, 0.25, 4)),
    noise: optional('noise', (member) => {
      const noise = member.object(['level', 'colours']);
      const colours = noise.optional('colours')?.array(1, 3);
      return {
        level: readInterval(noise.get('level'), -9, 0),
        colours: colours?.map((colour): NoiseColour => colour.choice(['white', 'pink', 'brown'])) ?? [
          'white',
        ],
      };
    }),
    background: optional('background', (member) => {
      const background = member.object(['probability', 'snr']);
      return {
        probability: readProbability(background.optional('probability')),
        snr: readInterval(background.get('snr'), -60, 120),
      };
    }),
    reverberation: optional('reverberation', (member) => {
      const room = member.object(['probability', 'seconds', 'wet']);
      return {
        probability: readProbability(room.optional('probability')),
        seconds: readInterval(room.get('seconds'), 0.02, 10),
        wet: readInterval(room.get('wet'), 0, 10),
      };
    }),
    clipping: optional('clipping', (member) => {
      const clipping = member.object(['probability', 'level']);
      return {
        probability: readProbability(clipping.optional('probability')),
        level: readInterval(clipping.get('level'), 0.01, 1),
      };
    }),
  };
}

function readProbability(value: JsonValue | null): number {
  return value === null ? 1 : value.number(0, 1);
}

function readInterval(value: JsonValue, low: number, high: number): Interval {
  const [a = low, b = high] = value.array(2, 2).map((end) => end.number(low, high));
  if (a > b) value.fail(`the interval ${a} to ${b} runs backwards`);
  return { low: a, high: b };
}
