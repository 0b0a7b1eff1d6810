// SPDX-License-Identifier: Apache-2.0
/** The detection part of program.json. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { detectWords } from '../../compiler/core/program/detect-program.ts';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { programFromJson, programToJson } from '../../compiler/core/program/program-json.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { refusal } from '../model/folder.ts';
import { programOf, specs } from '../support/random-program.ts';
import { listener, withDetect } from '../support/stream-program.ts';

const schema = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(packagePath('docs', 'program.schema.json'), 'utf8')),
);
const SOUND = listener({ frame: 128, hop: 128, seed: 114, last: 'dense' });
const RANDOM = specs(30, 12, { maxWidth: 12 }).map((spec) => withDetect(programOf(spec), spec.seed));

describe('detection in program.json', () => {
  it.each([SOUND, ...RANDOM].map((program) => [program.name, program] as const))(
    '%s: fits the schema; reading it gives the same program and the same bytes',
    (_, program) => {
      const text = programToJson(program);
      expect(schema(JSON.parse(text)), JSON.stringify(schema.errors)).toBe(true);
      const again = programFromJson(text, 'program.json');
      expect(again).toEqual(program);
      expect(programToJson(again)).toBe(text);
    },
  );

  it('is the last key, counts in the digest, and is not there by default', () => {
    const { detect, ...plain } = SOUND;
    expect(SOUND.detect.vad).not.toBeNull();
    expect(Object.keys(JSON.parse(programToJson(SOUND))).at(-1)).toBe('detect');
    const text = programToJson(plain);
    expect(Object.keys(JSON.parse(text)).at(-1)).toBe('readout');
    expect(programToJson(SOUND).startsWith(text.slice(0, -3))).toBe(true);
    const other = { ...SOUND, detect: { ...detect, refractory: detect.refractory + 1 } };
    expect(new Set([plain, SOUND, other].map(programDigest)).size).toBe(3);
  });

  it('states the words of the C state', () => {
    const keywords = Array.from({ length: 3 }, (_, label) => ({ label, threshold: 2, release: 1 }));
    expect(detectWords({ ...SOUND.detect, keywords, window: 5 })).toBe(4 + 6 + 8);
  });
});

type Edit = (detect: ReturnType<typeof JSON.parse>) => void;

describe('hostile detection', () => {
  const cases: [string, Edit, string][] = [
    [
      'an unknown key',
      (d) => {
        d.windw = 1;
      },
      'unknown key "windw"; the nearest known one is "window" (at detect)',
    ],
    [
      'no keyword',
      (d) => {
        d.keywords = [];
      },
      'must be a list of 1 to 4 values, found 0 (at detect.keywords)',
    ],
    [
      'a keyword twice',
      (d) => {
        d.keywords = [d.keywords[0], d.keywords[0]];
      },
      (() => {
        const label = SOUND.detect.keywords[0]?.label ?? 0;
        return `must be an integer from ${label + 1} to 3, found ${label} (at detect.keywords[1].label)`;
      })(),
    ],
    [
      'a multiplier that overflows',
      (d) => {
        d.multiplier = 32768;
      },
      'must be an integer from 16384 to 32767, found 32768 (at detect.multiplier)',
    ],
    [
      'a shift by too much',
      (d) => {
        d.preShift = 16;
      },
      'must be an integer from 0 to 15, found 16 (at detect.preShift)',
    ],
    [
      'a release above its threshold',
      (d) => {
        d.keywords[0].release = d.keywords[0].threshold + 1;
      },
      `must be an integer from 1 to ${SOUND.detect.keywords[0]?.threshold}, found ${(SOUND.detect.keywords[0]?.threshold ?? 0) + 1} (at detect.keywords[0].release)`,
    ],
    [
      'a window beyond memory',
      (d) => {
        d.window = 1025;
      },
      'must be an integer from 1 to 1024, found 1025 (at detect.window)',
    ],
    [
      'a gate that never resets',
      (d) => {
        d.vad.reset = 0;
      },
      'must be an integer from 1 to 65535 frames, found 0 (at detect.vad.reset)',
    ],
  ];
  it.each(cases)('%s', (_, edit, expected) => {
    const plain = JSON.parse(programToJson(SOUND));
    edit(plain.detect);
    expect(refusal('', () => programFromJson(JSON.stringify(plain), 'p.json'))).toBe(`p.json: ${expected}`);
  });

  it('voice activity without a feature extractor', () => {
    const plain = JSON.parse(programToJson(withDetect(programOf(specs(1, 3)[0] ?? never()), 1)));
    plain.detect.vad = { level: 1, hangover: 1, reset: 1 };
    expect(refusal('', () => programFromJson(JSON.stringify(plain), 'p.json'))).toBe(
      'p.json: needs sound: a model without "frontend" has no frame energy for voice activity (at detect.vad)',
    );
  });
});

function never(): never {
  throw new Error('there is one');
}
