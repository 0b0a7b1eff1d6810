// SPDX-License-Identifier: Apache-2.0
/** The feature extractor's part of program.json. Gain and divisor are text: nothing computes with them any more. */
import type { JsonValue } from '../base/json.ts';
import { curveWords, type FrameSize, type FrontendProgram, MAX_SHIFT } from './frontend-program.ts';
import { SAMPLE_RATES } from './limits.ts';

interface FrontendJson {
  readonly [key: string]: string | number | readonly number[];
}

export function frontendToJson(frontend: FrontendProgram): FrontendJson {
  const { definition, sampleRate, frame, hop, window, bins, minShift, curve } = frontend;
  const { scale, gain, divisor } = definition;
  const shared = { sampleRate, frame, hop, window, bins };
  return { ...shared, scale, gain: String(gain), divisor: String(divisor), minShift, curve: [...curve] };
}

/** @param inputs of the first layer; @throws InputError with the place in the document */
export function frontendFromJson(value: JsonValue, inputs: number): FrontendProgram {
  const frontend = value.object([
    'sampleRate',
    'frame',
    'hop',
    'window',
    'bins',
    'scale',
    'gain',
    'divisor',
    'minShift',
    'curve',
  ]);
  const sampleRate = frontend.get('sampleRate').integer(SAMPLE_RATES.min, SAMPLE_RATES.max);
  const frame = frameSize(frontend.get('frame'));
  const hop = frontend.get('hop').integer(1, frame);
  const window = frontend.get('window').choice(['hann', 'rect']);
  const bins = frontend.get('bins').integer(1, frame / 2 + 1);
  if (bins !== inputs) value.fail(`${bins} bins for the ${inputs} inputs of the first layer`);
  const minShift = frontend.get('minShift').integer(0, MAX_SHIFT);
  const curve = new Uint32Array(curveWords(minShift, frame));
  frontend.get('curve').integersInto(curve, 0, curve.length, 0, 0xffffffff);
  // A feature is clipped to 32767, but what is clipped, value + rise * fraction, must not leave 16 bits.
  const beyond = curve.findIndex((word) => word >>> 31 !== 0 || (word >>> 16) + (word & 0xffff) > 65535);
  if (beyond >= 0) frontend.get('curve').fail(`word ${beyond} of the curve leaves Q15 or rises beyond 65535`);
  const scale = frontend.get('scale').choice(['log2', 'linear']);
  const [gain, divisor] = [decimal(frontend.get('gain')), decimal(frontend.get('divisor'))];
  const definition = { sampleRate, frame, hop, window, bins, scale, gain, divisor };
  return { definition, sampleRate, frame, hop, bins, window, minShift, curve };
}

export function frameSize(value: JsonValue): FrameSize {
  const size = ([64, 128, 256] as const).find((one) => one === value.value);
  return size ?? value.fail('must be 64, 128 or 256');
}

/** A positive number as JavaScript prints it: one text per number, so that equal programs have equal bytes. */
function decimal(value: JsonValue): number {
  const number = Number(value.text());
  if (!Number.isFinite(number) || number <= 0 || String(number) !== value.text()) {
    value.fail('must be the shortest decimal text of a positive number');
  }
  return number;
}
