// SPDX-License-Identifier: Apache-2.0
/** One input to one reader: what may come of it is an answer or an InputError of one line, in bounded time and memory. */
import { InputError } from '../../../compiler/core/base/errors.ts';
import type { Target } from './target.ts';

export interface Limits {
  /** Milliseconds of CPU time. */
  readonly cpu: number;
  /** By how many bytes an input may raise the most memory that the process ever had. */
  readonly memory: number;
}

/** Two seconds and 300 MB, as for every file that comes from somewhere else. */
export const LIMITS: Limits = { cpu: 2000, memory: 300 * 2 ** 20 };
const MAX_MESSAGE = 200;

export type Verdict =
  | { readonly outcome: 'accepted' | 'refused' }
  | { readonly outcome: 'defect'; readonly what: string };

export async function judge(target: Target, bytes: Uint8Array, limits = LIMITS): Promise<Verdict> {
  const before = process.cpuUsage();
  const most = process.resourceUsage().maxRSS;
  let verdict: Verdict = { outcome: 'accepted' };
  const printed: unknown[] = [];
  const { error: print } = console;
  console.error = (...words) => printed.push(...words);
  try {
    await target.read(bytes);
  } catch (error) {
    verdict = verdictOf(error);
  } finally {
    console.error = print;
  }
  if (printed.length > 0) return defect(`prints ${String(printed[0])}`);
  if (verdict.outcome === 'defect') return verdict;
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1000;
  if (cpu > limits.cpu) return defect(`took ${Math.round(cpu)} ms of CPU time, at most ${limits.cpu}`);
  const grown = 1024 * (process.resourceUsage().maxRSS - most);
  if (grown > limits.memory) return defect(`took ${grown} more bytes of memory, at most ${limits.memory}`);
  return verdict;
}

/** Whether a message is one line of at most 200 characters. */
export function isPlain(message: string): boolean {
  return message.length <= MAX_MESSAGE && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(message);
}

function verdictOf(error: unknown): Verdict {
  if (!(error instanceof InputError)) {
    return defect(error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}`);
  }
  const { message } = error;
  if (!isPlain(message))
    return defect(`a message of several lines or ${message.length} characters: ${message}`);
  return { outcome: 'refused' };
}

function defect(what: string): Verdict {
  return { outcome: 'defect', what };
}
