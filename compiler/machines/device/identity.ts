// SPDX-License-Identifier: Apache-2.0
/** What a board reports about itself and its model (docs/PROTOCOL.md: info, name, versions, label). */
import { InputError } from '../../core/base/errors.ts';
import { type Link, unexpected } from './link.ts';

/** Every output is a word of the chip's RAM, which has 32 KB. */
const MAX_OUTPUTS = 8192;
const MAX_FRAME = 65535;
const SHA256 = /^[0-9a-f]{64}$/;

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
  if (head === null) throw unexpected(link, 'info', info);
  const [, protocol, board = '', microphone = '', rest = ''] = head;
  if (protocol !== '2') throw new InputError(link.path, `the board speaks protocol ${protocol}, not 2`);
  const defect = /^ defect (.*)$/.exec(rest)?.[1] ?? null;
  if (defect !== null) return { board, microphone, model: null, defect };
  const facts = pairs(rest);
  const number = (key: string, most: number): number => {
    const value = /^\d{1,9}$/.test(facts.get(key) ?? '') ? Number(facts.get(key)) : Number.NaN;
    if (value <= most) return value;
    throw new InputError(
      link.path,
      `the board states ${key} ${facts.get(key) ?? 'nowhere'}, at most ${most} fit`,
    );
  };
  const versions = await link.ask('versions');
  const texts =
    /^ok versions region \d+ bytes (\d+) arena (\d+) crc ([0-9a-f]{8}) kernel (.*?) compiler (.*?) toolchain (.*)$/.exec(
      versions,
    );
  if (texts === null) throw unexpected(link, 'versions', versions);
  const [, bytes, arena, crc = '', kernel = '', compiler = '', toolchain = ''] = texts;
  const digests = await link.ask('digests');
  const sources = pairs(digests.replace(/^ok digests/, ''));
  const [program = '', weights = '', vectors = ''] = [
    facts.get('digest'),
    sources.get('weights'),
    sources.get('vectors'),
  ];
  if (!SHA256.test(program)) throw unexpected(link, 'info', info);
  if (![weights, vectors].every((digest) => SHA256.test(digest))) throw unexpected(link, 'digests', digests);
  const named = await link.ask('name');
  const name = utf8(/^ok name ?(.*)$/.exec(named)?.[1]);
  if (name === null) throw unexpected(link, 'name', named);
  const model = {
    ...{ name, kernel, compiler, toolchain, bytes: Number(bytes), crc: Number.parseInt(crc, 16) },
    ...{ arena: Number(arena), outputs: number('outputs', MAX_OUTPUTS) },
    ...{ frame: number('frame', MAX_FRAME), hop: number('hop', MAX_FRAME) },
    ...{ program, weights, vectors },
  };
  return { board, microphone, model, defect: null };
}

/** What a board does after a reset: it listens, unless it has no model, or one that is fed with features. */
export async function listenAgain(link: Link, model: ModelIdentity | null): Promise<void> {
  if (model !== null && model.frame > 0) await link.ask('listen on');
}

/** The labels of the model's outputs, in UTF-8. */
export async function labelsOf(link: Link, outputs: number): Promise<string[]> {
  const labels: string[] = [];
  for (let i = 0; i < outputs; i++) {
    const answer = await link.ask(`label ${i}`);
    const [, index, text] = /^ok label (\d{1,5}) (.+)$/.exec(answer) ?? [];
    const label = utf8(text);
    if (label === null || Number(index) !== i) throw unexpected(link, `label ${i}`, answer);
    labels.push(label);
  }
  return labels;
}

/** Of a link's line, whose characters are bytes. */
function utf8(text: string | undefined): string | null {
  return text === undefined ? null : Buffer.from(text, 'latin1').toString('utf8');
}

/** " frame 128 hop 128" */
function pairs(text: string): Map<string, string> {
  const words = text.trim().split(' ');
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? '']] : [])));
}
