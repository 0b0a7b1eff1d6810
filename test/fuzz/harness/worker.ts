// SPDX-License-Identifier: Apache-2.0
/**
 * A process that tries inputs until it is ended: `worker.js FIRST STEP NOW` takes seeds FIRST, FIRST + STEP...; the file NOW
 * always holds which input is under way, for whoever finds that this process is stuck or gone.
 */
import { openSync, writeSync } from 'node:fs';
import { targets } from '../readers/index.ts';
import { judge } from './judge.ts';
import { planted } from './planted.ts';
import { inputOf } from './target.ts';

/** What a worker reports: numbers of inputs since the last report, or a finding. */
export type Report =
  | { readonly target: string; readonly accepted: number; readonly refused: number }
  | { readonly target: string; readonly seed: number; readonly what: string };

/** Milliseconds that one target gets before the next. */
const TURN = 200;
const LINE = 80;

async function work(first: number, step: number, nowFile: string): Promise<never> {
  const now = openSync(nowFile, 'w');
  const list = planted(process.env.FUZZ_PLANT) ?? targets;
  report({ target: list[0]?.name ?? '', accepted: 0, refused: 0 });
  const seeds = list.map(() => first);
  for (;;) {
    for (const [i, target] of list.entries()) {
      const counts = { accepted: 0, refused: 0 };
      for (const begin = Date.now(); Date.now() - begin < TURN; seeds[i] = (seeds[i] ?? 0) + step) {
        const seed = seeds[i] ?? 0;
        writeSync(now, `${target.name} ${seed}`.padEnd(LINE), 0);
        const verdict = await judge(target, inputOf(target, seed));
        if (verdict.outcome === 'defect') report({ target: target.name, seed, what: verdict.what });
        else counts[verdict.outcome]++;
      }
      report({ target: target.name, ...counts });
    }
  }
}

function report(message: Report): void {
  process.send?.(message);
}

// Without its parent a worker has no purpose.
process.on('disconnect', () => process.exit());
await work(Number(process.argv[2]), Number(process.argv[3]), process.argv[4] ?? '');
