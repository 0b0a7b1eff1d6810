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
  return sha256(JSON.stringify({ bins, divisor, frame, gain, hop, sampleRate, scale, window }));
}
