// SPDX-License-Identifier: Apache-2.0
/** The feature extractor's part of program.json. Gain and divisor are text: nothing computes with them any more. */
import type { JsonValue } from '../base/json.ts';
import {
  BAND_ONE,
  type BandsDefinition,
  type BandsProgram,
  curveWords,
  type FrameSize,
  type FrontendProgram,
  MAX_BAND_WEIGHT,
  MAX_FOLLOW,
  MAX_SHIFT,
  type NormalizeDefinition,
  normalizerOf,
} from './frontend-program.ts';
import { SAMPLE_RATES } from './limits.ts';

/** What defines a feature extractor: all of `frontend` in model.json, and in program.json beside what was made of it. */
export const DEFINITION_KEYS = [
  'sampleRate',
  'frame',
  'hop',
  'window',
  'bins',
  'scale',
  'gain',
  'divisor',
  'bands',
  'normalize',
];

interface FrontendJson {
  readonly [key: string]: string | number | readonly number[] | FrontendJson;
}

export function frontendToJson(frontend: FrontendProgram): FrontendJson {
  const { definition, sampleRate, frame, hop, window, bins, minShift, curve } = frontend;
  const { scale, gain, divisor } = definition;
  const shared = { sampleRate, frame, hop, window, bins };
  const { bands, normalize } = definition;
  return {
    ...{ ...shared, scale, gain: String(gain), divisor: String(divisor), minShift, curve: [...curve] },
    ...(bands === undefined || frontend.bands === null ? {} : { bands: bandsToJson(bands, frontend.bands) }),
    ...(normalize === undefined ? {} : { normalize: { ...normalize } }),
  };
}

/** @param inputs of the first layer; @throws InputError with the place in the document */
export function frontendFromJson(value: JsonValue, inputs: number): FrontendProgram {
  const frontend = value.object([...DEFINITION_KEYS, 'minShift', 'curve']);
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
  const [bandsJson, normalizeJson] = [frontend.optional('bands'), frontend.optional('normalize')];
  const bands = bandsJson === null ? null : bandsFromJson(bandsJson, bins, frame);
  const normalize = normalizeJson === null ? null : readNormalize(normalizeJson);
  const definition = {
    ...{ sampleRate, frame, hop, window, bins, scale, gain, divisor },
    ...(bands === null ? {} : { bands: bands.definition }),
    ...(normalize === null ? {} : { normalize }),
  };
  const normalizer = normalize === null ? null : normalizerOf(normalize, bins);
  const rest = { minShift, curve, bands: bands?.program ?? null, normalizer };
  return { definition, sampleRate, frame, hop, bins, window, ...rest };
}

function bandsToJson({ scale, from, to }: BandsDefinition, program: BandsProgram): FrontendJson {
  const { first, count, weights } = program;
  const integers = { first: [...first], count: [...count], weights: [...weights] };
  return { scale, from: String(from), to: String(to), ...integers };
}

function bandsFromJson(value: JsonValue, bins: number, frame: FrameSize) {
  const bands = value.object(['scale', 'from', 'to', 'first', 'count', 'weights']);
  const scale = bands.get('scale').choice(['mel']);
  const [from, to] = [decimal(bands.get('from'), 0), decimal(bands.get('to'))];
  const [first, count] = [new Uint8Array(bins), new Uint8Array(bins)];
  bands.get('first').integersInto(first, 0, bins, 0, frame / 2 - 1);
  bands.get('count').integersInto(count, 0, bins, 1, frame / 2);
  const weights = new Uint8Array(count.reduce((sum, one) => sum + one, 0));
  bands.get('weights').integersInto(weights, 0, weights.length, 0, BAND_ONE);
  let at = 0;
  count.forEach((length, i) => {
    if ((first[i] ?? 0) + length > frame / 2) value.fail(`band ${i} ends beyond bin ${frame / 2 - 1}`);
    const sum = weights.subarray(at, at + length).reduce((total, weight) => total + weight, 0);
    if (sum > MAX_BAND_WEIGHT) value.fail(`the weights of band ${i} are ${sum}, at most ${MAX_BAND_WEIGHT}`);
    at += length;
  });
  return { definition: { scale, from, to }, program: { first, count, weights } };
}

/** `normalize` of model.json and of program.json. @throws InputError with the place in the document */
export function readNormalize(value: JsonValue): NormalizeDefinition {
  const normalize = value.object(['over', 'rise', 'fall', 'floor', 'center', 'gain']);
  const gain = normalize.get('gain');
  if (![1, 2, 4, 8].includes(gain.integer(1, 8))) gain.fail('must be 1, 2, 4 or 8');
  return {
    over: normalize.get('over').choice(['band', 'frame']),
    rise: normalize.get('rise').integer(0, MAX_FOLLOW),
    fall: normalize.get('fall').integer(0, MAX_FOLLOW),
    floor: normalize.get('floor').integer(0, 32767),
    center: normalize.get('center').integer(0, 32767),
    gain: gain.integer(1, 8),
  };
}

export function frameSize(value: JsonValue): FrameSize {
  const size = ([64, 128, 256] as const).find((one) => one === value.value);
  return size ?? value.fail('must be 64, 128 or 256');
}

/** A positive number as JavaScript prints it: one text per number, so that equal programs have equal bytes. */
function decimal(value: JsonValue, least = Number.MIN_VALUE): number {
  const number = Number(value.text());
  if (!Number.isFinite(number) || number < least || String(number) !== value.text()) {
    value.fail(`must be the shortest decimal text of a ${least === 0 ? 'number from 0' : 'positive number'}`);
  }
  return number;
}
