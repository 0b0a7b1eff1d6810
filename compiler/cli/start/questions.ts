// SPDX-License-Identifier: Apache-2.0
/** The questions of `egru new`, in a terminal. @clack/prompts draws them; it is loaded when something is asked. */
import type { Readable, Writable } from 'node:stream';
import { type Board, boards, findBoard, findMicrophone } from '../../boards/boards.ts';
import { InputError } from '../../core/base/errors.ts';
import { type Project, readLanguage, readWords } from './project.ts';

/** What flags have answered already. */
export interface Given {
  readonly words?: string;
  readonly board?: string;
  readonly mic?: string;
  readonly language?: string;
}

export interface Streams {
  readonly input?: Readable;
  readonly output?: Writable;
}

type Answers = Omit<Project, 'name'>;

/** Without questions. @throws InputError where a flag is missing or wrong */
export function answersByFlags(given: Given): Answers {
  const { words, board: name, mic, language = 'en' } = given;
  const missing = [words === undefined ? '--words' : '', name === undefined ? '--board' : ''].filter(Boolean);
  if (words === undefined || name === undefined)
    throw new InputError('new', `needs ${missing.join(' and ')} where there is no terminal to ask in`);
  const board = findBoard(name);
  return {
    words: readWords(words),
    board,
    microphone: findMicrophone(board, mic),
    language: readLanguage(language),
  };
}

/**
 * Asks for what no flag has answered.
 * @returns null where the person left, with Ctrl-C or Escape
 * @throws InputError where a flag is wrong
 */
export async function ask(title: string, given: Given, streams: Streams = {}): Promise<Answers | null> {
  const { cancel, intro, isCancel, select, text } = await import('@clack/prompts');
  // What flags have answered is checked before anything is asked.
  const fixed = { board: given.board === undefined ? null : findBoard(given.board) };
  if (given.words !== undefined) readWords(given.words);
  if (given.language !== undefined) readLanguage(given.language);
  if (fixed.board !== null) findMicrophone(fixed.board, given.mic);
  intro(title, streams);
  const left = () => {
    cancel('nothing was written', streams);
    return null;
  };

  const words =
    given.words ??
    (await text({
      message: 'Which words? Several with commas between them.',
      placeholder: 'hey lamp, lamp off',
      validate: (typed) => problemOf(() => readWords(typed ?? '')),
      ...streams,
    }));
  if (isCancel(words)) return left();
  const language =
    given.language ??
    (await text({
      message: 'In which language? A tag such as en, de or pt-BR.',
      initialValue: 'en',
      validate: (typed) => problemOf(() => readLanguage(typed ?? '')),
      ...streams,
    }));
  if (isCancel(language)) return left();
  const name =
    given.board ??
    (await select({
      message: 'For which board?',
      options: Object.values(boards).map((board) => ({ value: board.name as string, label: board.title })),
      ...streams,
    }));
  if (isCancel(name)) return left();
  const board = findBoard(name);
  const mic: unknown = given.mic ?? (await askMicrophone(board, select, streams));
  if (typeof mic !== 'string') return left();
  return {
    words: readWords(words),
    board,
    microphone: findMicrophone(board, mic),
    language: readLanguage(language),
  };
}

async function askMicrophone(
  board: Board,
  select: typeof import('@clack/prompts').select,
  streams: Streams,
): Promise<string | symbol> {
  const [only, ...others] = board.microphones;
  if (others.length === 0) return only.name;
  return select({
    message: 'With which microphone?',
    options: board.microphones.map(({ name, where }) => ({
      value: name as string,
      label: name,
      hint: where,
    })),
    ...streams,
  });
}

/** What is wrong with an answer, without the flag's name. */
function problemOf(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message.replace(/^--\w+: /, '');
  }
}
