// SPDX-License-Identifier: Apache-2.0
import { sha256 } from '../base/sha256.ts';
import type { FrontendDefinition } from './frontend-program.ts';
import type { Program } from './program.ts';
import { programToJson } from './program-json.ts';

/** SHA-256 in hex of the bytes of program.json: what `sha256sum program.json` prints. */
export function programDigest(program: Program): string {
  return sha256(programToJson(program));
}

/**
 * SHA-256 in hex of the feature extractor's definition as JSON without spaces, keys in alphabetical order: in Python
 * sha256(json.dumps(frontend, sort_keys=True, separators=(',', ':'))). Ties features and weights to a feature
 * extractor.
 */
export function frontendDigest(frontend: FrontendDefinition): string {
  const { bins, divisor, frame, gain, hop, sampleRate, scale, window } = frontend;
  const bands = frontend.bands && sorted(frontend.bands);
  const normalize = frontend.normalize && sorted(frontend.normalize);
  return sha256(
    JSON.stringify({ bands, bins, divisor, frame, gain, hop, normalize, sampleRate, scale, window }),
  );
}

function sorted(keys: object): object {
  return Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)));
}
