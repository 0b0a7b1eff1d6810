// SPDX-License-Identifier: Apache-2.0
/** Public recordings, from repositories made here that look like them. About three seconds. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { findDataset } from '../../compiler/training/data/dataset.ts';
import { fetchRecordings, PUBLIC } from '../../compiler/training/data/fetch/fetch.ts';
import { makeWav, pcm16, sine } from '../audio/make-wav.ts';

const root = mkdtempSync(join(tmpdir(), 'egru-fetch-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
const newFolder = () => join(root, `f${folders++}`);

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@t', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, '-C', folder, ...args], { encoding: 'utf8' }).trim();
}

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = newFolder();
  mkdirSync(folder);
  for (const [name, data] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
  }
  return folder;
}

function commit(folder: string): string {
  git(folder, 'init', '--quiet');
  git(folder, 'add', '-A');
  git(folder, 'commit', '--quiet', '-m', 'm');
  return git(folder, 'rev-parse', 'HEAD');
}

const digit = makeWav(pcm16(sine(440, 0.3, 8000)));
/** Two seconds at 16 kHz with a word of half a second from 1.0 s on. */
const word = Int16Array.from({ length: 32000 }, (_, n) => ((n * 7919) % 11) - 5);
word.set(sine(300, 0.5, 16000), 16000);
const keyword = makeWav(pcm16(word), { sampleRate: 16000 });

const DIGITS = {
  'README.md': 'x',
  'recordings/7_theo_0.wav': digit,
  'recordings/0_george_49.wav': digit,
  'recordings/notes.wav': digit,
  'acquire/7_theo_1.wav': digit,
};
const WORDS = {
  'audio/alexa/0.flac': 'fLaC',
  'audio/alexa/1.flac': 'fLaC',
  'audio/computer/a.wav': keyword,
  'audio/smart mirror/b.wav': keyword,
  'audio/smart mirror/broken.wav': 'no sound',
  'engine/c.wav': keyword,
};

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}

describe('spoken-digits', () => {
  it('becomes files that --pattern reads, with origin and licence', async () => {
    const source = folderWith(DIGITS);
    const head = commit(source);
    git(source, 'commit', '--quiet', '--allow-empty', '-m', 'later');
    const latest = git(source, 'rev-parse', 'HEAD');
    expect(latest).not.toBe(head);
    const target = newFolder();
    const done = await fetchRecordings('spoken-digits', target, source);
    expect(done).toMatchObject({ written: 2, unusable: [], commit: latest, source, leftOut: [] });
    expect(filesOf(target)).toEqual(['0_george_49.wav', '7_theo_0.wav', 'SOURCE.txt']);
    const { entries, labels } = findDataset(target, PUBLIC['spoken-digits'].pattern);
    expect(labels).toEqual(['0', '7']);
    expect(entries.map(({ fields }) => fields.get('index'))).toEqual(['49', '0']);
    expect(readWav(join(target, '7_theo_0.wav'))).toEqual({
      sampleRate: 8000,
      samples: sine(440, 0.3, 8000),
      notes: [],
    });
    const note = readFileSync(join(target, 'SOURCE.txt'), 'utf8');
    expect(note).toContain(`Fetched from: ${source}\nCommit: ${latest}\nLicence: CC BY-SA 4.0\n`);
  });
});

describe('wake-words', () => {
  it('becomes a folder per keyword, at 8 kHz, trimmed to the word', async () => {
    const source = folderWith(WORDS);
    commit(source);
    const target = newFolder();
    const counted: string[] = [];
    const done = await fetchRecordings('wake-words', target, source, {
      onDone: (n, total) => counted.push(`${n}/${total}`),
    });
    expect(done.written).toBe(2);
    expect(done.unusable.map(({ name }) => name)).toEqual(['smart_mirror/broken.wav']);
    expect(done.leftOut).toEqual([{ folder: 'audio/alexa', files: 2 }]);
    expect(counted.at(-1)).toBe('3/3');
    expect(findDataset(target, null).labels).toEqual(['computer', 'smart_mirror']);
    const { sampleRate, samples } = readWav(join(target, 'smart_mirror', 'b.wav'));
    expect(sampleRate).toBe(8000);
    // Half a second, a tenth before and after it, to the 10 ms that a word is found to.
    expect(Math.abs(samples.length - 0.7 * 8000)).toBeLessThanOrEqual(160);
    expect([done.before, done.after].map((s) => s.toFixed(1))).toEqual(['4.0', '1.4']);
  });

  it('takes a folder with the files of the repository as it is, and follows no link out of it', async () => {
    const outside = folderWith({ 'secret.wav': keyword });
    const source = folderWith(WORDS);
    symlinkSync(join(outside, 'secret.wav'), join(source, 'audio/computer/link.wav'));
    symlinkSync(outside, join(source, 'audio/linked'));
    const target = newFolder();
    const done = await fetchRecordings('wake-words', target, source);
    expect(done).toMatchObject({ written: 2, commit: null });
    expect(filesOf(target)).not.toContain('computer/link.wav');
    expect(filesOf(target)).not.toContain('linked');

    // In a clone, links are not even made.
    commit(source);
    const cloned = newFolder();
    const again = await fetchRecordings('wake-words', cloned, source);
    expect(again.written).toBe(2);
    expect(again.unusable.map(({ name }) => name)).toEqual(['computer/link.wav', 'smart_mirror/broken.wav']);
  });
});

describe('a repository is not trusted', () => {
  afterEach(() => {
    delete process.env.GIT_CONFIG_GLOBAL;
    delete process.env.GIT_WORK_TREE;
  });

  it('runs no hook, whatever the configuration of the machine', async () => {
    const hooks = newFolder();
    const trace = join(root, 'hook-ran');
    mkdirSync(join(hooks, 'template', 'hooks'), { recursive: true });
    for (const place of [hooks, join(hooks, 'template', 'hooks')]) {
      writeFileSync(join(place, 'post-checkout'), `#!/bin/sh\ntouch ${trace}\n`);
      chmodSync(join(place, 'post-checkout'), 0o755);
    }
    const source = folderWith(DIGITS);
    commit(source);
    const settings = [`[core]\n\thooksPath = ${hooks}\n`, `[init]\n\ttemplateDir = ${hooks}/template\n`];
    for (const text of settings) {
      process.env.GIT_CONFIG_GLOBAL = join(folderWith({ config: text }), 'config');
      git(root, 'clone', '--quiet', source, newFolder());
      expect(existsSync(trace), 'the hook works').toBe(true);
      rmSync(trace);
      await fetchRecordings('spoken-digits', newFolder(), source);
      expect(existsSync(trace)).toBe(false);
    }
  });

  it('an address is neither an option nor a command', async () => {
    const trace = join(root, 'ran');
    for (const address of [`--upload-pack=touch ${trace};`, `ext::sh -c touch% ${trace}`, '-c']) {
      const target = newFolder();
      const fetched = fetchRecordings('spoken-digits', target, address);
      // git's own words are about the address as a whole, and not about the folder that follows it.
      await expect(fetched).rejects.toThrow(
        /cannot be cloned: (repository '(--upload-pack=|-c')|transport 'ext')/,
      );
      expect(existsSync(trace), address).toBe(false);
      expect(existsSync(target)).toBe(false);
    }
  });

  it('clones the repository that was named, even within the hook of another', async () => {
    const source = folderWith(DIGITS);
    const head = commit(source);
    const other = folderWith(WORDS);
    commit(other);
    process.env.GIT_WORK_TREE = other;
    expect(await fetchRecordings('spoken-digits', newFolder(), source)).toMatchObject({ commit: head });
    expect(filesOf(other)).not.toContain('recordings');
  });
});

describe('what goes wrong leaves nothing behind', () => {
  it.each<[string, () => string, string]>([
    ['no such repository', () => join(root, 'nowhere'), 'cannot be cloned: repository'],
    ['other files', () => folderWith({ 'a.wav': digit }), 'holds no recordings of spoken-digits'],
    [
      'nothing that can be used',
      () => folderWith({ 'recordings/7_theo_0.wav': 'x' }),
      '7_theo_0.wav: not a recording',
    ],
  ])('%s', async (_, from, message) => {
    const parent = newFolder();
    mkdirSync(parent);
    await expect(fetchRecordings('spoken-digits', join(parent, 'x'), from())).rejects.toThrow(message);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('a folder that is in the way stays as it is', async () => {
    const target = folderWith({ mine: 'x' });
    const source = folderWith(DIGITS);
    await expect(fetchRecordings('spoken-digits', target, source)).rejects.toThrow('is in the way');
    expect(filesOf(target)).toEqual(['mine']);
  });

  it('two names that become one are refused', async () => {
    const source = folderWith({ 'audio/view glass/a.wav': keyword, 'audio/view_glass/a.wav': keyword });
    await expect(fetchRecordings('wake-words', newFolder(), source)).rejects.toThrow(
      'view_glass/a.wav: two recordings would be written under this name',
    );
  });
});
