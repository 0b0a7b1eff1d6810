// SPDX-License-Identifier: Apache-2.0
/** Every way in which a program.json can be wrong is refused in one line. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import type { Program } from '../../compiler/core/program/program.ts';
import { programFromJson, programToJson } from '../../compiler/core/program/program-json.ts';
import { refusal } from '../model/folder.ts';
import { Random } from '../support/random.ts';
import { TOY } from './toy-frontend.ts';

type Edit = (program: Record<string, never> & ReturnType<typeof JSON.parse>) => void;

function problem(edit: Edit, program: Program = TOY): string {
  const plain = JSON.parse(programToJson(program));
  edit(plain);
  return refusal('', () => programFromJson(JSON.stringify(plain), 'p.json'));
}

describe('a hostile program.json', () => {
  const cases: [string, Edit, string][] = [
    [
      'a newer version',
      (p) => {
        p.version = 2;
      },
      'version 2 was written by a newer compiler; this one reads version 1 (at version)',
    ],
    [
      'no version',
      (p) => {
        delete p.version;
      },
      '"version" is missing (at the top level)',
    ],
    [
      'an older version',
      (p) => {
        p.version = 0;
      },
      'must be 1, found 0 (at version)',
    ],
    [
      'an unknown key',
      (p) => {
        p.reedout = null;
      },
      'unknown key "reedout"; the nearest known one is "readout" (at the top level)',
    ],
    [
      'a missing key',
      (p) => {
        delete p.readout;
      },
      '"readout" is missing (at the top level)',
    ],
    [
      'a wrong digest',
      (p) => {
        p.source.sha256 = 'AB'.repeat(32);
      },
      'must be 64 hexadecimal digits in lower case (at source.sha256)',
    ],
    [
      'a label too few',
      (p) => {
        p.labels.pop();
      },
      'must be a list of 2 values, found 1 (at labels)',
    ],
    [
      'a name that is too long',
      (p) => {
        p.name = 'n'.repeat(101);
      },
      'must have at most 100 bytes in UTF-8, found 101 (at name)',
    ],
    [
      'a label that is too long',
      (p) => {
        p.labels[1] = 'ü'.repeat(51);
      },
      'must have at most 100 bytes in UTF-8, found 102 (at labels[1])',
    ],
    [
      'a label twice',
      (p) => {
        p.labels[1] = p.labels[0];
      },
      'two labels are the same (at labels)',
    ],
    [
      'no layers',
      (p) => {
        p.layers = [];
      },
      'must be a list of 1 to 16 values, found 0 (at layers)',
    ],
    [
      'a layer of no type',
      (p) => {
        delete p.layers[0].type;
      },
      '"type" is missing (at layers[0])',
    ],
    [
      'a key of the other type',
      (p) => {
        p.layers[0].activation = 'relu';
      },
      'unknown key "activation"; the nearest known one is "units" (at layers[0])',
    ],
    [
      'a name that leaves a comment',
      (p) => {
        p.layers[0].name = '*/';
      },
      'a layer name has 1 to 64 letters, digits, "_", "." or "-", and no "." or "-" first (at layers[0].name)',
    ],
    [
      'two layers of a name',
      (p) => {
        p.layers[1].name = 'gru';
      },
      'has the name of another layer (at layers[1])',
    ],
    [
      'too many columns',
      (p) => {
        p.layers[0].units = 65534;
      },
      'must be an integer from 1 to 65533, found 65534 (at layers[0].units)',
    ],
    [
      'too many weights',
      (p) => {
        p.layers[0].units = 1000;
      },
      'the program has over 1048576 weights (at layers[0])',
    ],
    [
      'a unit without a row',
      (p) => {
        p.layers[0].units = 4;
      },
      'must be a list of 4 integers, found 3 (at layers[0].initialState)',
    ],
    [
      'layers that do not meet',
      (p) => {
        p.layers[1].inputs = 2;
        for (const row of p.layers[1].matrix.codes) row.pop();
      },
      'has 2 inputs, but the layer before it has 3 units (at layers[1])',
    ],
    [
      'a short row',
      (p) => {
        p.layers[0].g.codes[2].pop();
      },
      'must be a list of 5 integers, found 4 (at layers[0].g.codes[2])',
    ],
    [
      'a code of 3',
      (p) => {
        p.layers[0].g.codes[2][4] = 3;
      },
      'code 3, which means nothing, in row 2, column 4 (at layers[0].g)',
    ],
    [
      'a code of 8',
      (p) => {
        p.layers[0].g.codes[2][4] = 8;
      },
      'must be an integer from 0 to 7, found 8 (at layers[0].g.codes[2][4])',
    ],
    [
      'a code that is text',
      (p) => {
        p.layers[0].g.codes[2][4] = '1';
      },
      'must be an integer from 0 to 7, found "1" (at layers[0].g.codes[2][4])',
    ],
    [
      'a fraction',
      (p) => {
        p.layers[0].z.bias[0] = 0.5;
      },
      'must be an integer from -2147483647 to 2147483647, found 0.5 (at layers[0].z.bias[0])',
    ],
    [
      'the least int32',
      (p) => {
        p.layers[0].z.bias[0] = -(2 ** 31);
      },
      'must be an integer from -2147483647 to 2147483647, found -2147483648 (at layers[0].z.bias[0])',
    ],
    [
      'a bias of no level',
      (p) => {
        p.layers[0].z.bias[0] = 5;
      },
      '5 is not a septenary bias: 0, ±8192, ±16384 or ±32768 (at layers[0].z.bias)',
    ],
    [
      'a state beyond Q15',
      (p) => {
        p.layers[0].initialState[1] = -32769;
      },
      'must be an integer from -32768 to 32767, found -32769 (at layers[0].initialState[1])',
    ],
    [
      'no activation in the middle',
      (p) => {
        p.layers.push({
          ...p.layers[1],
          name: 'x',
          inputs: 2,
          matrix: {
            ...p.layers[1].matrix,
            codes: [
              [7, 7],
              [7, 7],
            ],
          },
        });
      },
      'follows a layer without activation, which can only be the last one (at layers[2])',
    ],
    [
      'a range that is too narrow',
      (p) => {
        p.layers[1].matrix.max[1] = 5;
      },
      'layer out, unit 1 can reach -64780 .. 32012, but the stated range is -114688 .. 5 (at the top level)',
    ],
    [
      'an accumulator that overflows',
      (p) => {
        p.bias = 'q15';
        p.layers[0].g.bias[1] = 2147483647;
      },
      'layer gru, gate g, unit 1 could reach 2147548678, beyond ±2147483647 (at the top level)',
    ],
    [
      'a sum of logits that overflows',
      (p) => {
        p.readout.steps = 65535;
      },
      'logit 0 could sum to -4749190380 over the readout, beyond ±2147483647 (at the top level)',
    ],
    [
      'no steps',
      (p) => {
        p.readout.steps = 0;
      },
      'must be an integer from 1 to 65535, found 0 (at readout.steps)',
    ],
    [
      'an odd frame',
      (p) => {
        p.frontend.frame = 96;
      },
      'must be 64, 128 or 256 (at frontend.frame)',
    ],
    [
      'a hop beyond the frame',
      (p) => {
        p.frontend.hop = 65;
      },
      'must be an integer from 1 to 64, found 65 (at frontend.hop)',
    ],
    [
      'bins that do not meet',
      (p) => {
        p.frontend.bins = 3;
      },
      '3 bins for the 2 inputs of the first layer (at frontend)',
    ],
    [
      'a curve that is too short',
      (p) => {
        p.frontend.curve.pop();
      },
      'must be a list of 544 integers, found 543 (at frontend.curve)',
    ],
    [
      'a curve that leaves Q15',
      (p) => {
        p.frontend.curve[7] = 32768 * 65536;
      },
      'word 7 of the curve leaves Q15 or rises beyond 65535 (at frontend.curve)',
    ],
    [
      'a curve that rises too far',
      (p) => {
        p.frontend.curve[7] = 32767 * 65536 + 32769;
      },
      'word 7 of the curve leaves Q15 or rises beyond 65535 (at frontend.curve)',
    ],
    [
      'a shift beyond the curve',
      (p) => {
        p.frontend.minShift = 17;
      },
      'must be an integer from 0 to 16, found 17 (at frontend.minShift)',
    ],
    [
      'a gain of two texts',
      (p) => {
        p.frontend.gain = '0.031250';
      },
      'must be the shortest decimal text of a positive number (at frontend.gain)',
    ],
  ];
  it.each(cases)('%s', (_, edit, expected) => {
    expect(problem(edit)).toBe(`p.json: ${expected}`);
  });

  it('is refused or read, whatever characters are changed', () => {
    const text = programToJson(TOY);
    const random = new Random(11);
    let read = 0;
    for (let i = 0; i < 600; i++) {
      const at = random.between(0, text.length - 1);
      const changed = random.chance(0.2)
        ? text.slice(0, at)
        : text.slice(0, at) + random.pick([...'0123456789-.,:[]{}"e']) + text.slice(at + 1);
      try {
        programFromJson(changed, 'p.json');
        read++;
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }
    expect(read).toBeLessThan(300);
  });
});
