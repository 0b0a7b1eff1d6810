// SPDX-License-Identifier: Apache-2.0
/** `frontend` of model.json. */
import type { JsonValue } from '../base/json.ts';
import { DEFINITION_KEYS, frameSize, readNormalize } from '../program/frontend-json.ts';
import type { BandsDefinition } from '../program/frontend-program.ts';
import { SAMPLE_RATES } from '../program/limits.ts';
import type { FrontendModel } from './model.ts';

/** @param inputs of the first layer; @throws InputError with the place in the document */
export function readFrontend(value: JsonValue, inputs: number): FrontendModel {
  const frontend = value.object(DEFINITION_KEYS);
  const frame = frameSize(frontend.get('frame'));
  const bins = frontend.get('bins');
  const count = bins.integer(1, frame / 2 + 1);
  if (count !== inputs) bins.fail(`${count} bins for the ${inputs} inputs of the first layer`);
  const scale = frontend.get('scale').choice(['log2', 'linear']);
  // A linear scale has no divisor: one in the file is ignored and not kept.
  const divisor = scale === 'log2' ? frontend.get('divisor').positive() : 1;
  frontend.optional('divisor')?.positive();
  const sampleRate = frontend.get('sampleRate').integer(SAMPLE_RATES.min, SAMPLE_RATES.max);
  const bands = frontend.optional('bands');
  const normalize = frontend.optional('normalize');
  if (normalize !== null && scale !== 'log2')
    normalize.fail('needs the scale log2, where loudness is a constant that is added');
  return {
    sampleRate,
    frame,
    hop: frontend.get('hop').integer(1, frame),
    window: frontend.get('window').choice(['hann', 'rect']),
    bins: count,
    scale,
    gain: frontend.get('gain').positive(),
    divisor,
    ...(bands === null ? {} : { bands: readBands(bands, sampleRate / 2, count) }),
    ...(normalize === null ? {} : { normalize: readNormalize(normalize) }),
  };
}

function readBands(value: JsonValue, half: number, count: number): BandsDefinition {
  const bands = value.object(['scale', 'from', 'to']);
  const scale = bands.get('scale').choice(['mel']);
  const from = bands.get('from').number(0, half);
  const to = bands.get('to');
  const end = to.number(0, half);
  if (end <= from) to.fail(`must be above "from", ${from} Hz`);
  if (count < 8 || count > 40) value.fail(`${count} bands; 8 to 40 are possible, and "bins" counts them`);
  return { scale, from, to: end };
}
