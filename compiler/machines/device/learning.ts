// SPDX-License-Identifier: Apache-2.0
/** What a board has learnt from examples, and more of them for it (docs/PROTOCOL.md, "Learning"). */
import { InputError } from '../../core/base/errors.ts';
import { feedCommand, PAYLOAD_VALUES } from '../protocol/protocol.ts';
import { type Link, unexpected } from './link.ts';

export interface Learnt {
  readonly examples: number;
  /** Whether its flash holds the same. */
  readonly kept: boolean;
  /** What its flash holds. */
  readonly area: 'empty' | 'whole' | 'other' | 'damaged';
  /** Of RAM that learning takes. */
  readonly bytes: number;
}

/** @param what "", " undo", " forget", " save", " 3". @throws InputError where the board refuses it */
export async function learn(link: Link, what: string): Promise<Learnt> {
  const answer = await link.ask(`learn${what}`);
  const match =
    /^ok learn examples (\d{1,10}) kept ([01]) area (empty|whole|other|damaged) bytes (\d{1,4})$/.exec(
      answer,
    );
  if (match === null) throw unexpected(link, `learn${what}`, answer);
  const [, examples, kept, area, bytes] = match;
  return {
    ...{ examples: Number(examples), kept: kept === '1' },
    ...{ area: area as Learnt['area'], bytes: Number(bytes) },
  };
}

/** Feeds a clip; `learn LABEL` takes it as an example. The microphone is off. */
export async function feedClip(link: Link, samples: Int16Array): Promise<void> {
  await link.ask('output none');
  await link.ask('reset');
  for (let at = 0; at < samples.length; at += PAYLOAD_VALUES) {
    const piece = samples.subarray(at, at + PAYLOAD_VALUES);
    await link.exchange(feedCommand(piece), `feed ${piece.length}`);
  }
}

/** @throws InputError where the board's integers are not its program's, because it has learnt */
export async function requireUntaught(link: Link): Promise<void> {
  let examples = 0;
  try {
    ({ examples } = await learn(link, ''));
  } catch (error) {
    // A model that cannot learn, or a firmware that does not know how to.
    if (!(error instanceof InputError && error.problem.startsWith('the board answers "error'))) throw error;
  }
  if (examples === 0) return;
  const plural = examples === 1 ? '' : 's';
  const problem = `the board has learnt from ${examples} example${plural}, so its integers are not its model's`;
  throw new InputError(link.path, `${problem}: egru adapt --port ${link.path} --forget`);
}
