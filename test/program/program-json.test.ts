// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { matricesOf } from '../../compiler/core/program/cells/index.ts';
import { frontendDigest, programDigest } from '../../compiler/core/program/digest.ts';
import { programFromJson, programToJson } from '../../compiler/core/program/program-json.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { programOf, specs } from '../support/random-program.ts';
import { toyProgram } from '../support/toy.ts';
import { FRONTEND, NORMALIZING, TOY } from './toy-frontend.ts';

const RANDOM = specs(40, 7, { maxWidth: 20 }).map(programOf);

const schema = new Ajv2020({ strict: true }).compile(
  JSON.parse(readFileSync(packagePath('docs', 'program.schema.json'), 'utf8')),
);

describe('program.json', () => {
  it.each([TOY, NORMALIZING, ...RANDOM].map((program) => [program.name, program] as const))(
    '%s: what is written fits the schema, and reading it gives the same program and the same bytes',
    (_, program) => {
      const text = programToJson(program);
      expect(schema(JSON.parse(text)), JSON.stringify(schema.errors)).toBe(true);
      const again = programFromJson(text, 'program.json');
      expect(again).toEqual(program);
      expect(programToJson(again)).toBe(text);
    },
  );

  it('holds integers only', () => {
    const numbers: unknown[] = [];
    JSON.parse(programToJson(TOY), (_, value) => {
      if (typeof value === 'number') numbers.push(value);
      return value;
    });
    expect(numbers.length).toBeGreaterThan(500);
    expect(numbers.every(Number.isInteger)).toBe(true);
  });

  it('has the layout that it states: keys in order, one row per line', () => {
    const lines = programToJson(toyProgram()).split('\n');
    expect(lines.slice(0, 12)).toEqual([
      '{',
      ' "version": 1,',
      ' "name": "toy",',
      ' "labels": [',
      '  "left",',
      '  "right"',
      ' ],',
      ' "source": {',
      '  "file": "toy.json",',
      `  "sha256": "${'0'.repeat(64)}"`,
      ' },',
      ' "quantizer": "code",',
    ]);
    expect(lines).toContain('     [7,2,6,5,1],');
    expect(lines.at(-1)).toBe('');
  });

  it('never holds a negative zero or a fraction', () => {
    expect(programToJson(toyProgram({ readout: { steps: -0, rule: 'sum' } }))).toContain('"steps": 0,');
    expect(() => programToJson(toyProgram({ readout: { steps: 0.5, rule: 'sum' } }))).toThrow(
      '0.5 is not an integer',
    );
  });
});

describe('digests', () => {
  it('of a program is the SHA-256 of its file, and changes with one code', () => {
    const digest = programDigest(TOY);
    expect(digest).toBe(createHash('sha256').update(programToJson(TOY)).digest('hex'));
    const other = programFromJson(programToJson(TOY), 'p');
    const [layer] = other.layers.flatMap(matricesOf);
    expect(programDigest(other)).toBe(digest);
    layer?.matrix.codes.fill(0, 3, 4);
    expect(programDigest(other)).not.toBe(digest);
  });

  it('of a feature extractor is that of its sorted keys, in whatever order they stand', () => {
    const sorted =
      '{"bins":2,"divisor":1,"frame":64,"gain":0.03125,"hop":32,"sampleRate":8000,"scale":"linear","window":"rect"}';
    const expected = createHash('sha256').update(sorted).digest('hex');
    const { definition } = FRONTEND;
    expect(frontendDigest(definition)).toBe(expected);
    const { bins, ...rest } = definition;
    expect(frontendDigest({ ...rest, bins })).toBe(expected);
    expect(frontendDigest({ ...definition, hop: 64 })).not.toBe(expected);
  });
});
