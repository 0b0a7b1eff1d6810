// SPDX-License-Identifier: Apache-2.0
/** What a board says of itself and of its model (docs/PROTOCOL.md: info, name, versions, label). */
import { InputError } from '../base/errors.ts';
import type { Link } from './link.ts';

export interface BoardIdentity {
  readonly board: string;
  readonly microphone: string;
  /** null: it has no model, for the reason in `defect`. */
  readonly model: ModelIdentity | null;
  readonly defect: string | null;
}

export interface ModelIdentity {
  readonly name: string;
  readonly kernel: string;
  readonly compiler: string;
  readonly toolchain: string;
  /** Bytes of its region, and their CRC-32. */
  readonly bytes: number;
  readonly crc: number;
  /** Bytes of RAM that it takes of the arena. */
  readonly arena: number;
  readonly outputs: number;
  /** Samples; 0 where it is fed with features. */
  readonly frame: number;
  readonly hop: number;
  /** SHA-256, hex: of program.json, of the weights' file, of the golden vectors. */
  readonly program: string;
  readonly weights: string;
  readonly vectors: string;
}

/** @throws InputError where something else than this firmware answers */
export async function identify(link: Link): Promise<BoardIdentity> {
  const info = await link.ask('info');
  const head = /^ok egru protocol (\d+) board (\S+) mic (\S+)(.*)$/.exec(info);
  if (head === null) throw unknown(link, 'info', info);
  const [, protocol, board = '', microphone = '', rest = ''] = head;
  if (protocol !== '2') throw new InputError(link.path, `the board speaks protocol ${protocol}, not 2`);
  const defect = /^ defect (.*)$/.exec(rest)?.[1] ?? null;
  if (defect !== null) return { board, microphone, model: null, defect };
  const facts = pairs(rest);
  const versions = await link.ask('versions');
  const texts =
    /^ok versions region \d+ bytes (\d+) arena (\d+) crc ([0-9a-f]{8}) kernel (.*?) compiler (.*?) toolchain (.*)$/.exec(
      versions,
    );
  if (texts === null) throw unknown(link, 'versions', versions);
  const [, bytes, arena, crc = '', kernel = '', compiler = '', toolchain = ''] = texts;
  const sources = pairs((await link.ask('digests')).replace(/^ok digests/, ''));
  const name = (await link.ask('name')).replace(/^ok name ?/, '');
  const model = {
    ...{ name, kernel, compiler, toolchain, bytes: Number(bytes), crc: Number.parseInt(crc, 16) },
    ...{ arena: Number(arena), outputs: Number(facts.get('outputs') ?? 0) },
    ...{ frame: Number(facts.get('frame') ?? 0), hop: Number(facts.get('hop') ?? 0) },
    ...{ program: facts.get('digest') ?? '', weights: sources.get('weights') ?? '' },
    vectors: sources.get('vectors') ?? '',
  };
  return { board, microphone, model, defect: null };
}

/** The labels of the model's outputs, in UTF-8. */
export async function labelsOf(link: Link, outputs: number): Promise<string[]> {
  const labels: string[] = [];
  for (let i = 0; i < outputs; i++) {
    const answer = await link.ask(`label ${i}`);
    labels.push(Buffer.from(answer.replace(/^ok label \d+ /, ''), 'latin1').toString('utf8'));
  }
  return labels;
}

/** " frame 128 hop 128" */
function pairs(text: string): Map<string, string> {
  const words = text.trim().split(' ');
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? '']] : [])));
}

function unknown(link: Link, what: string, answer: string): InputError {
  return new InputError(link.path, `"${what}" is answered by ${JSON.stringify(answer.slice(0, 60))}`);
}
