// SPDX-License-Identifier: Apache-2.0
/**
 * `make fuzz`: every part for its share of FUZZ_SECONDS, or the parts that are named. The same FUZZ_SEED tries the same inputs
 * in the same order, as far as the time goes. Ends with code 1 where anything was found.
 */
import { availableParallelism } from 'node:os';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { fuzzC } from './c/run.ts';
import { fuzzReaders } from './harness/readers.ts';

const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
const FINDINGS = process.env.FUZZ_FINDINGS ?? packagePath('test', 'fuzz', 'findings');
const PATIENCE = Number(process.env.FUZZ_PATIENCE ?? 60_000);

/** What is found, each with a line; `say` shows how it goes on. */
type Part = (seconds: number, say: (text: string) => void) => Promise<readonly string[]>;

const parts: Readonly<Record<string, { readonly share: number; readonly run: Part }>> = {
  readers: { share: 0.4, run: readers },
  c: { share: 0.25, run: (seconds, say) => fuzzC({ seconds, seed: SEED, findings: FINDINGS, say }) },
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
