// SPDX-License-Identifier: Apache-2.0
/** What lies beside the page: models, samples, firmware; and, where a program serves it, a way into model.json. */
import type { ModelBytes } from '../session/messages.ts';
import type { PlayDocument } from '../session/play-json.ts';

export async function readPlay(): Promise<PlayDocument> {
  const response = await fetch('play.json');
  if (!response.ok) throw new Error(`play.json: ${response.status}`);
  return (await response.json()) as PlayDocument;
}

/** @throws Error with the server's sentence, or with what was not found */
export async function bytesAt(path: string): Promise<Uint8Array> {
  const response = await fetch(path);
  if (!response.ok) {
    const isSentence = response.headers.get('content-type')?.startsWith('text/plain') === true;
    throw new Error(isSentence ? await response.text() : `${path} cannot be loaded (${response.status}).`);
  }
  return new Uint8Array(await response.arrayBuffer());
}

export async function modelAt({
  name,
  json,
  weights,
  tuning,
  program,
}: PlayDocument['models'][number]): Promise<ModelBytes> {
  if (program !== undefined) return { name, program: await bytesAt(program) };
  const [document, bytes, curves] = await Promise.all([
    bytesAt(json ?? ''),
    bytesAt(weights ?? ''),
    tuning === undefined ? null : bytesAt(tuning).catch(({ message }: Error) => message),
  ]);
  return { name, json: document, weights: bytes, ...(curves === null ? {} : { tuning: curves }) };
}

/** Writes `detect` into the model's folder. @returns a sentence for the user */
export async function saveDetect(model: number, token: string, detect: object): Promise<string> {
  try {
    const response = await fetch('save', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-egru-token': token },
      body: JSON.stringify({ model, detect }),
    });
    return await response.text();
  } catch {
    return 'egru play has ended: start it again, or download the file.';
  }
}
