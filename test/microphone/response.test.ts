// SPDX-License-Identifier: Apache-2.0
/**
 * What the decimators do to sound: flat to 3.4 kHz, aliases gone, little noise, and forgetful. The response is that of
 * the taps and the CIC filter, which sines through the decimators confirm. The tables of docs/NUMERICS.md are these.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HALF_CENTRE, HALF_TAPS, PDM_TAPS } from '../../compiler/core/microphone/taps.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { KINDS, type Kind } from '../support/chips/mic-chip.ts';
import { Random } from '../support/random.ts';
import { decimate, encode, inputOf } from './cases.ts';

const TURN = 2 * Math.PI;
const decibels = (ratio: number) => 20 * Math.log10(Math.abs(ratio));
const rate = (kind: Kind) => (kind === 'pdm' ? 8000 : 16000);

function cic(hertz: number): number {
  const x = (Math.PI * hertz) / 1e6;
  return hertz === 0 ? 1 : (Math.sin(25 * x) / (25 * Math.sin(x))) ** 3;
}

/** Removal of the constant part: (1 - 1/z) / (1 - 255/256 1/z) at 8 kHz. */
function removal(hertz: number): number {
  const [re, im] = [Math.cos((TURN * hertz) / 8000), Math.sin((TURN * hertz) / 8000)];
  return Math.hypot(1 - re, im) / Math.hypot(1 - (255 / 256) * re, (255 / 256) * im);
}

const gain = (kind: Kind, hertz: number) => removal(hertz) * filters(kind, hertz);

function filters(kind: Kind, hertz: number): number {
  let sum = 0;
  if (kind === 'pdm') {
    PDM_TAPS.forEach((tap, k) => {
      sum += 2 * tap * Math.cos((TURN * hertz * (39.5 - k)) / 40000);
    });
    return (sum / 8590) * cic(hertz);
  }
  HALF_TAPS.forEach((tap, k) => {
    sum += 2 * tap * Math.cos((TURN * hertz * (23 - 2 * k)) / 16000);
  });
  return (HALF_CENTRE + sum) / 8192;
}

/** Input whose sound, before all filters, is a sine; for PDM that is dithered bits, so amplitude stays below 1. */
function sine(kind: Kind, hertz: number, amplitude: number, seconds: number): Int16Array {
  const n = Math.round(seconds * rate(kind));
  return Int16Array.from({ length: n }, (_, i) =>
    Math.round(32767 * amplitude * Math.sin((TURN * hertz * i) / rate(kind))),
  );
}

/** Least-squares sine of this frequency in samples at 8 kHz: its amplitude, and the power of the rest. */
function fitSine(pcm: Int16Array, hertz: number): { readonly amplitude: number; readonly rest: number } {
  let [c, s, power] = [0, 0, 0];
  pcm.forEach((x, i) => {
    c += x * Math.cos((TURN * hertz * i) / 8000);
    s += x * Math.sin((TURN * hertz * i) / 8000);
    power += x * x;
  });
  const amplitude = (2 * Math.hypot(c, s)) / pcm.length;
  return { amplitude, rest: Math.max(power / pcm.length - amplitude ** 2 / 2, 1e-9) };
}

/** The last second of two, a whole number of periods of any whole frequency. */
const settled = (pcm: Int16Array) => pcm.slice(8000, 16000);

function snr(kind: Kind, hertz: number, amplitude: number): number {
  const { amplitude: got, rest } = fitSine(
    settled(decimate(kind, encode(kind, sine(kind, hertz, amplitude, 2.1)))),
    hertz,
  );
  return 10 * Math.log10(got ** 2 / 2 / rest);
}

const FREQUENCIES = [20, 100, 500, 1000, 2000, 3000, 3400, 3700, 4000, 4300, 4600, 5000, 6000, 7000] as const;

/** Rows as in docs/NUMERICS.md. */
function table(): string[] {
  return FREQUENCIES.map((hertz) => {
    const cell = (kind: Kind) =>
      decibels(gain(kind, hertz))
        .toFixed(hertz > 4300 ? 0 : 2)
        .replace('-0.00', '0.00');
    return `| ${hertz.toLocaleString('en-US')} | ${cell('pdm')} | ${cell('i2s')} |`;
  });
}

describe('frequency response', () => {
  test.each(['pdm', 'i2s'] as const)('%s is flat from 20 Hz to 3.4 kHz', (kind) => {
    for (let hertz = 20; hertz <= 3400; hertz += 10) {
      expect(Math.abs(decibels(gain(kind, hertz))), `${hertz} Hz`).toBeLessThan(0.64);
    }
    expect(decibels(gain(kind, 1000))).toBeGreaterThan(-0.64);
  });

  test('PDM: what would fall on 0 .. 3.4 kHz is 61 dB down', () => {
    for (let image = 8000; image <= 496_000; image += 8000) {
      for (let off = -3400; off <= 3400; off += 50) {
        const hertz = image + off;
        expect(decibels(gain('pdm', hertz) + 1e-12), `${hertz} Hz`).toBeLessThan(-61);
      }
    }
  });

  test('I2S and ADC: what would fall on 0 .. 3.4 kHz is 61 dB down', () => {
    for (let hertz = 4600; hertz <= 8000; hertz += 10) {
      expect(decibels(gain('i2s', hertz)), `${hertz} Hz`).toBeLessThan(-61);
    }
  });

  test('is the one in docs/NUMERICS.md', () => {
    const text = readFileSync(packagePath('docs', 'NUMERICS.md'), 'utf8');
    expect(text).toContain(table().join('\n'));
  });

  test.each([500, 1000, 3000, 3400])('I2S: a sine of %i Hz has the amplitude of the taps', (hertz) => {
    const got = fitSine(settled(decimate('i2s', encode('i2s', sine('i2s', hertz, 0.5, 2.1)))), hertz);
    expect(decibels(got.amplitude / (32767 * 0.5)) - decibels(gain('i2s', hertz))).toBeCloseTo(0, 2);
  });

  test.each([4700, 5500, 7900])('I2S: a sine of %i Hz is gone', (hertz) => {
    const got = fitSine(settled(decimate('i2s', encode('i2s', sine('i2s', hertz, 0.9, 2.1)))), 8000 - hertz);
    expect(decibels(got.amplitude / (32767 * 0.9))).toBeLessThan(-61);
  });

  // Bits whose density is a sine: an ultrasonic one, which the encoder cannot make of PCM.
  test.each([1000, 5000, 11_000, 37_000, 43_000, 83_000])('PDM: bits of a sine of %i Hz', (hertz) => {
    const amplitude = 0.5;
    let [first, second, out] = [0, 0, 1];
    const halfwords = new Uint16Array(62_500 * 2);
    for (let i = 0; i < 2_000_000; i++) {
      first += amplitude * Math.sin((TURN * hertz * i) / 1e6) - out;
      second += first - out;
      out = second >= 0 ? 1 : -1;
      if (out > 0) halfwords[i >> 4] = (halfwords[i >> 4] ?? 0) | (1 << (15 - (i & 15)));
    }
    const pcm = settled(decimate('pdm', inputOf('pdm', halfwords)));
    const alias = Math.abs(hertz - 8000 * Math.round(hertz / 8000));
    const got = decibels(fitSine(pcm, alias).amplitude / (32768 * amplitude));
    if (hertz < 3400) expect(got - decibels(gain('pdm', hertz))).toBeCloseTo(0, 1);
    else expect(got).toBeLessThan(-60);
  });
});

describe('round trip', () => {
  test.each([
    ['pdm', 0.5, 80],
    ['i2s', 0.5, 85],
    ['adc', 0.5, 66],
    ['pdm', 0.9, 60],
    ['i2s', 0.9, 90],
    ['adc', 0.9, 70],
  ] as const)('%s: a sine of %d of full scale comes back with %i dB over noise', (kind, amplitude, least) => {
    expect(snr(kind, 1003, amplitude)).toBeGreaterThan(least);
  });

  test('silence is silence, whatever the constant part', () => {
    for (const kind of KINDS) {
      const pcm = decimate(kind, encode(kind, new Int16Array(2 * rate(kind))));
      for (const sample of pcm.slice(12_000)) expect(Math.abs(sample), kind).toBeLessThanOrEqual(1);
    }
  });

  test('full scale is full scale, and saturates', () => {
    for (const kind of KINDS) {
      const high = kind === 'pdm' ? 0xffff : kind === 'i2s' ? 2 ** 31 - 1 : 4095;
      const low = kind === 'pdm' ? 0 : kind === 'i2s' ? -(2 ** 31) : 0;
      const half = kind === 'pdm' ? 125 : 32; // 250 Hz
      const pcm = decimate(
        kind,
        inputOf(
          kind,
          Array.from({ length: half * 400 }, (_, i) => (Math.floor(i / half) % 2 ? high : low)),
        ),
      );
      expect(Math.max(...pcm), kind).toBe(32767);
      expect(Math.min(...pcm), kind).toBe(-32768);
    }
  });
});

test.each(KINDS)('%s: a second after full-scale noise nothing is left of it', (kind) => {
  const random = new Random(11);
  const quiet = sine(kind, 440, 0.05, 2);
  const clean = encode(kind, quiet);
  for (const loud of [() => random.between(0, 1), (i: number) => (i < 4000 ? 1 : 0), () => 1]) {
    const top = kind === 'pdm' ? 0xffff : kind === 'i2s' ? 2 ** 31 - 1 : 4095;
    const bottom = kind === 'i2s' ? -(2 ** 31) : 0;
    const length = Math.floor(clean.length / 2);
    const noise = Array.from({ length }, (_, i) => (loud(i) ? top : bottom));
    const all = decimate(kind, inputOf(kind, [...noise, ...clean]));
    const after = all.slice(-8000);
    const reference = decimate(kind, clean).slice(-8000);
    const worst = after.reduce((most, x, i) => Math.max(most, Math.abs(x - (reference[i] ?? 0))), 0);
    expect(worst).toBeLessThanOrEqual(1);
  }
});
