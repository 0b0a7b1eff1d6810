// SPDX-License-Identifier: Apache-2.0
/**
 * `make fuzz`: every part for its share of FUZZ_SECONDS, or the parts that are named. The same FUZZ_SEED tries the same inputs
 * in the same order, as far as the time goes. Ends with code 1 where anything was found.
 */
import { availableParallelism } from 'node:os';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { Boards } from './boards/run.ts';
import { fuzzC } from './c/run.ts';
import { fuzzReaders } from './harness/readers.ts';
import { Commands } from './processes/commands.ts';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
const FINDINGS = process.env.FUZZ_FINDINGS ?? packagePath('test', 'fuzz', 'findings');
/** Milliseconds from one line of progress to the next. */
const PROGRESS = 5000;
const PATIENCE = Number(process.env.FUZZ_PATIENCE ?? 60_000);

/** What is found, each with a line; `say` shows how it goes on. */
type Part = (seconds: number, say: (text: string) => void) => Promise<readonly string[]>;

const parts: Readonly<Record<string, { readonly share: number; readonly run: Part }>> = {
  readers: { share: 0.4, run: readers },
  c: { share: 0.2, run: (seconds, say) => fuzzC({ seconds, seed: SEED, findings: FINDINGS, say }) },
  boards: {
    share: 0.2,
    run: async (seconds, say) => {
      const boards = await Boards.build();
      // Power as often as noise: a round of it takes longer.
      const round = async (seed: number) => (seed % 4 === 0 ? boards.power(seed) : boards.noise(seed));
      return rounds('boards', seconds, say, round);
    },
  },
  processes: {
    share: 0.2,
    run: async (seconds, say) => {
      const commands = new Commands();
      try {
        return await rounds('processes', seconds, say, (seed) => commands.round(seed));
      } finally {
        commands.remove();
      }
    },
  },
};

async function readers(seconds: number, say: (text: string) => void): Promise<readonly string[]> {
  const workers = availableParallelism();
  const begin = Date.now();
  const { counts, findings } = await fuzzReaders({
    ...{ seconds, seed: SEED, workers, findings: FINDINGS, patience: PATIENCE },
    onProgress: (inputs, found, now) =>
      say(`${inputs} inputs, ${found} found, ${Math.round(now)} of ${seconds} s`),
  });
  let all = 0;
  for (const [name, { accepted, refused }] of counts) {
    all += accepted + refused;
    say(`${name.padEnd(20)} ${String(accepted).padStart(9)} accepted ${String(refused).padStart(9)} refused`);
  }
  say(`${all} inputs, ${Math.round((60_000 * all) / (Date.now() - begin))} a minute`);
  return findings;
}

/** One round after the other, each named by its seed: FUZZ_SEED of a round that found something begins with it. */
async function rounds(
  name: string,
  seconds: number,
  say: (text: string) => void,
  round: (seed: number) => Promise<string[]>,
): Promise<readonly string[]> {
  const found: string[] = [];
  let count = 0;
  let shown = Date.now();
  const end = Date.now() + 1000 * seconds;
  for (let seed = SEED; Date.now() < end; seed++, count++) {
    for (const what of await round(seed)) found.push(`FUZZ_SEED=${seed} PARTS=${name}: ${what}`);
    if (Date.now() - shown < PROGRESS) continue;
    shown = Date.now();
    say(`${count + 1} rounds, ${found.length} found, ${Math.round((end - shown) / 1000)} s left`);
  }
  say(`${count} rounds`);
  return found;
}

async function main(names: readonly string[]): Promise<void> {
  const chosen = Object.entries(parts).filter(([name]) => names.length === 0 || names.includes(name));
  if (chosen.length < Math.max(1, names.length))
    throw new Error(`parts are ${Object.keys(parts).join(', ')}`);
  const total = chosen.reduce((sum, [, { share }]) => sum + share, 0);
  process.stderr.write(`fuzz: FUZZ_SEED=${SEED} FUZZ_SECONDS=${SECONDS}\n`);
  let found = 0;
  for (const [name, { share, run }] of chosen) {
    const say = (text: string) => void process.stderr.write(`${name}: ${text}\n`);
    for (const finding of await run((SECONDS * share) / total, say)) {
      found++;
      say(`FOUND ${finding}`);
    }
  }
  process.stdout.write(`fuzz: ${found} found with seed ${SEED}\n`);
  process.exitCode = found === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
