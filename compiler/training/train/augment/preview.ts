// SPDX-License-Identifier: Apache-2.0
/** Augmentation for people to listen to: one part at a time, and what chance chose in words. */
import { InputError } from '../../../core/base/errors.ts';
import type { AugmentRules } from './rules.ts';
import { NOTHING } from './rules.ts';

export const PARTS = ['shift', 'gain', 'speed', 'noise', 'background', 'reverberation', 'clipping'] as const;
export type Part = (typeof PARTS)[number];

/** What a part does where it is asked for by name and the configuration leaves it out: strong enough to be audible. */
const EXAMPLES: AugmentRules = {
  shift: true,
  gain: { low: -0.5, high: 0.3 },
  speed: { low: 0.88, high: 1.14 },
  noise: { level: { low: -3, high: -2 }, colours: ['white', 'pink', 'brown'] },
  background: { probability: 1, snr: { low: 5, high: 15 } },
  reverberation: { probability: 1, seconds: { low: 0.2, high: 0.6 }, wet: { low: 0.3, high: 0.8 } },
  clipping: { probability: 1, level: { low: 0.2, high: 0.6 } },
};

/** "noise,speed" as parts. */
export function readParts(text: string): Part[] {
  return text.split(',').map((name) => {
    const part = PARTS.find((known) => known === name.trim());
    if (part === undefined) {
      throw new InputError('--only', `"${name}" is not a part of the augmentation`, PARTS.join(', '));
    }
    return part;
  });
}

/** Only these parts, as the rules have them, or by example where they leave them out; each happens every time. */
export function onlyParts(rules: AugmentRules, parts: readonly Part[]): AugmentRules {
  const always = <T extends { readonly probability: number }>(rule: T | null): T | null =>
    rule === null ? null : { ...rule, probability: 1 };
  const has = (part: Part) => parts.includes(part);
  return {
    ...NOTHING,
    shift: has('shift'),
    gain: has('gain') ? (rules.gain ?? EXAMPLES.gain) : null,
    speed: has('speed') ? (rules.speed ?? EXAMPLES.speed) : null,
    noise: has('noise') ? (rules.noise ?? EXAMPLES.noise) : null,
    background: has('background') ? always(rules.background ?? EXAMPLES.background) : null,
    reverberation: has('reverberation') ? always(rules.reverberation ?? EXAMPLES.reverberation) : null,
    clipping: has('clipping') ? always(rules.clipping ?? EXAMPLES.clipping) : null,
  };
}

export type Draws = Readonly<Record<string, number | string>>;

/** "speed 1.04, gain -3.1 dB, shift +812 ms", in the order in which it happens. */
export function describeDraws(draws: Draws, sampleRate: number): string {
  const words = Object.entries(draws).flatMap(([part, value]) => {
    if (typeof value === 'string') return [];
    switch (part) {
      case 'gain':
        return `gain ${signed(20 * value, 1)} dB`;
      case 'shift':
        return `shift ${signed((1000 * value) / sampleRate, 0)} ms`;
      case 'noise':
        return `${draws.colour} noise at ${(20 * value).toFixed(1)} dB`;
      case 'background':
        return `background ${value + 1} at ${Number(draws.snr).toFixed(1)} dB SNR`;
      case 'reverberation':
        return `room of ${value.toFixed(2)} s (wet ${Number(draws.wet).toFixed(2)})`;
      case 'clipping':
        return `clipped at ${(100 * value).toFixed(0)} % of its peak`;
      case 'speed':
        return `speed ${value.toFixed(3)}`;
      default:
        return [];
    }
  });
  return words.length === 0 ? 'nothing changed' : words.join(', ');
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.startsWith('-') ? text : `+${text}`;
}
