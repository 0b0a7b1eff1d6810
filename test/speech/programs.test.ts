// SPDX-License-Identifier: Apache-2.0
/** Synthesizers that are programs: stand-ins that note how they are called, fail or hang. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineName } from '../../compiler/training/speech/engines/engine.ts';
import { findEngines } from '../../compiler/training/speech/engines/find.ts';
import { runProgram } from '../../compiler/training/speech/engines/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'egru-programs-'));
const path = process.env.PATH;
beforeAll(() => {
  process.env.PATH = `${folder}:/usr/bin:/bin`;
});
afterAll(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** A shell script; its calls are noted in NAME.calls. */
function program(name: string, lines: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${file}.calls\n${lines}\n`);
  chmodSync(file, 0o755);
}

const LISTS: Partial<Record<EngineName, [command: string, script: string]>> = {
  'espeak-ng': ['espeak-ng', 'echo " 5  en-us  --/M  x  gmw/en-US"; echo "5 variant --/F x !v/f1"; cat'],
  festival: ['festival', 'echo "(kal_diphone cmu_us_slt_arctic_hts el_diphone)"'],
  pico2wave: ['pico2wave', ''],
  say: ['say', 'echo "Alex                en_US    # Hello"; echo "Anna    de_DE    # Hallo"'],
  piper: ['piper', ''],
};

describe('engines', () => {
  it.each([
    ['espeak-ng', ['en-us+f1']],
    ['festival', ['kal_diphone', 'cmu_us_slt_arctic_hts']],
    ['pico2wave', ['en-US', 'en-GB']],
    ['say', ['Alex']],
  ] as const)('%s is found with its English voices', (name, voices) => {
    const [command, script] = LISTS[name] ?? ['', ''];
    program(command, script);
    program('text2wave', '');
    expect(findEngines([name], undefined).map(({ voices: own }) => own.map((voice) => voice.name))).toEqual([
      [...voices],
    ]);
  });

  it('piper is found with a voice and its speakers', () => {
    program('piper', '');
    const voice = join(folder, 'voice.onnx');
    writeFileSync(`${voice}.json`, '{"num_speakers": 3}');
    expect(findEngines(['piper'], voice)[0]?.voices).toHaveLength(3);
    expect(() => findEngines(['piper'], undefined)).toThrow('piper: needs the file of a voice');
    expect(() => findEngines(['piper'], join(folder, 'none.onnx'))).toThrow('none.onnx.json: no such file');
  });

  it('are refused by name where they are missing, fail to list their voices or have none', () => {
    const alone = process.env.PATH;
    process.env.PATH = mkdtempSync(join(folder, 'empty-'));
    expect(() => findEngines(['say'], undefined)).toThrow(
      'say: say is not on the PATH (it is part of macOS)',
    );
    expect(findEngines([], undefined).map(({ name }) => name)).toEqual(['flite']);
    process.env.PATH = alone;
    program('say', 'exit 3');
    expect(() => findEngines(['say'], undefined)).toThrow('say: cannot list its voices: exit code 3');
    program('say', 'echo "Anna    de_DE    # Hallo"');
    expect(() => findEngines(['say'], undefined)).toThrow('say: has no English voice');
  });
});

describe('a call', () => {
  const utterance = (name: EngineName, voice: string) => ({
    ...{ text: "don't stop.", rate: 1.2, pitch: 1.1 },
    voice: { engine: name, name: voice, pitch: true },
  });
  const call = (name: EngineName, seconds = 20) => {
    const found = findEngines([name], undefined)[0];
    if (found?.program == null) throw new Error(name);
    return runProgram(
      found.program,
      utterance(name, found.voices[0]?.name ?? ''),
      join(folder, 'out.wav'),
      seconds,
    );
  };

  it('gives the text on the input, or as one argument behind --, and no shell sees it', async () => {
    const seen = join(folder, 'seen');
    program('espeak-ng', `${LISTS['espeak-ng']?.[1]} > ${seen}; cat ${seen}`);
    await call('espeak-ng');
    expect(readFileSync(seen, 'utf8')).toContain("don't stop.");
    const calls = readFileSync(join(folder, 'espeak-ng.calls'), 'utf8').trim().split('\n');
    expect(calls.at(-1)).toMatch(/^-v en-us\+f1 -s 210 -p 57 -w \S+out\.wav --stdin$/);
    program('pico2wave', `printf '%s\\n' "$#" > ${seen}`);
    await call('pico2wave');
    expect(readFileSync(seen, 'utf8')).toBe('6\n');
  });

  it('ends what hangs, by name', async () => {
    program('pico2wave', 'sleep 60');
    const began = performance.now();
    await expect(call('pico2wave', 0.3)).rejects.toThrow(
      `pico2wave: has not spoken "don't stop." (voice en-US) in 0.3 s; leave it out with --engine`,
    );
    expect(performance.now() - began).toBeLessThan(50_000);
  });

  it('names what fails, with its own reason', async () => {
    program('pico2wave', 'echo "no voice data" >&2; exit 1');
    await expect(call('pico2wave')).rejects.toThrow(
      `pico2wave: cannot speak "don't stop." (voice en-US): no voice data`,
    );
    rmSync(join(folder, 'pico2wave'));
    expect(existsSync(join(folder, 'out.wav'))).toBe(false);
  });
});
