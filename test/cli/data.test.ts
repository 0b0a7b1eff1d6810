// SPDX-License-Identifier: Apache-2.0
/** egru data ... as a user calls it. About ten seconds. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cutClip } from '../../compiler/core/audio/crop.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { augment } from '../../compiler/training/train/augment/augment.ts';
import { NOTHING, RECIPE } from '../../compiler/training/train/augment/rules.ts';
import { Random } from '../../compiler/training/train/random.ts';
import { makeWav, pcm16, sine } from '../audio/make-wav.ts';
import { DIGITS, lackingRecordings } from '../support/shared.ts';
import { egru, inWork, json, noise, refusal, write, writeNoise } from './egru.ts';

for (const label of ['yes', 'no']) mkdirSync(inWork('set', label), { recursive: true });
for (let i = 0; i < 6; i++) writeNoise(`set/${i < 4 ? 'yes' : 'no'}/${i}.wav`, i + 1);
write('set/no/silent.wav', makeWav(pcm16(new Int16Array(800))));
write('set/no/same.wav', readFileSync(inWork('set/yes/0.wav')));
write('set/yes/broken.wav', 'no sound');

async function lines(args: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await egru(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.split('\n');
}

describe.concurrent('data stats', () => {
  it('lists labels and faults', async () => {
    const document = await json(['data', 'stats', inWork('set')]);
    expect(document).toMatchObject({
      recordings: 8,
      sampleRates: { 8000: 8 },
      silent: ['no/silent.wav'],
      clipped: [],
      duplicates: [['no/same.wav', 'yes/0.wav']],
      unusable: [{ name: 'yes/broken.wav' }],
    });
    expect(
      (document.labels as { label: string; recordings: number }[]).map((l) => [l.label, l.recordings]),
    ).toEqual([
      ['no', 4],
      ['yes', 4],
    ]);
    const shown = await lines(['data', 'stats', inWork('set')]);
    expect(shown[0]).toBe('8 recordings, 2 labels, 0.0 minutes');
    expect(shown).toContain(`no   ${'#'.repeat(40)}  4`);
    expect(shown).toContain('  no/same.wav = yes/0.wav');
    expect(shown.join('\n')).toContain('cannot be used: 1\n  yes/broken.wav: not a recording');
    expect(shown.filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows how a rule splits, and writes a page', async () => {
    const config = write(
      'split.json',
      '{"dataset": {"split": {"by": "rank", "validation": 0.25, "test": 0.25}}, "seed": 3}',
    );
    const args = ['data', 'stats', inWork('set'), '--config', config, '--html', inWork('page.html')];
    const document = await json(args);
    // Names are split before files are opened: the one that cannot be used counts.
    expect(document.splits).toEqual({
      total: { train: 4, validation: 3, test: 2 },
      labels: [
        { label: 'no', train: 2, validation: 1, test: 1 },
        { label: 'yes', train: 2, validation: 2, test: 1 },
      ],
    });
    expect(readFileSync(inWork('page.html'), 'utf8')).toMatch(
      /<th scope="row">all<\/th><td[^>]*>4<\/td><td[^>]*>3<\/td><td[^>]*>2<\/td>/,
    );
    expect((await lines(args)).some((line) => /^all +4 +3 +2$/.test(line))).toBe(true);
  });

  it('reads a pattern and a manifest', async () => {
    mkdirSync(inWork('flat'));
    writeNoise('flat/7_ann_1.wav', 1);
    writeNoise('flat/3_bob_2.wav', 2);
    write('flat/m.csv', 'file,label\n7_ann_1.wav,"a, b"\n');
    const pattern = ['--pattern', '{label}_{speaker}_{index}.wav'];
    expect((await json(['data', 'stats', inWork('flat'), ...pattern])).recordings).toBe(2);
    const { labels } = await json(['data', 'stats', inWork('flat/m.csv')]);
    expect(labels).toMatchObject([{ label: 'a, b', recordings: 1 }]);
  });

  it('refuses, and writes no page', async () => {
    mkdirSync(inWork('bad', 'x'), { recursive: true });
    write('bad/x/a.wav', '');
    const page = ['--html', inWork('none.html')];
    expect(await refusal(['data', 'stats', inWork('bad'), ...page])).toBe(
      'WORK/bad/x/a.wav: not a recording: it is empty (byte 0)',
    );
    expect(existsSync(inWork('none.html'))).toBe(false);
    expect(await refusal(['data', 'stats', inWork('set'), '--html', inWork('no/where.html')])).toContain(
      'its folder does not exist',
    );
    const strict = write('strict.json', '{"dataset": {"strict": true}}');
    expect(await refusal(['data', 'stats', inWork('set'), '--config', strict])).toContain(
      'set/yes/broken.wav',
    );
    const wrong = write('wrong.json', '{"dataset": {"splitt": 1}}');
    expect(await refusal(['data', 'stats', inWork('set'), '--config', wrong])).toContain(
      'WORK/wrong.json: unknown key "splitt"',
    );
  });

  it.skipIf(lackingRecordings())(
    'finds nothing wrong with spoken-digits (needs ../shared/data)',
    async () => {
      const pattern = '{label}_{speaker}_{index}.wav';
      const document = await json(['data', 'stats', DIGITS, '--pattern', pattern]);
      expect(document).toMatchObject({ recordings: 3000, silent: [], unusable: [] });
      expect(document.labels).toHaveLength(10);
    },
  );
});

describe.concurrent('data preview', () => {
  const WINDOW = { frame: 128, hop: 128, steps: 64 };

  it('writes what training would use, and prints what was drawn', async () => {
    const source = inWork('set/yes/0.wav');
    const document = await json([
      'data',
      'preview',
      source,
      '-o',
      inWork('p1'),
      '--count',
      '3',
      '--seed',
      '9',
    ]);
    expect(readdirSync(inWork('p1')).sort()).toEqual(['0.0.wav', '0.1.wav', '0.2.wav', '0.3.wav']);
    const { samples } = readWav(source);
    expect(readWav(inWork('p1/0.0.wav')).samples).toEqual(cutClip(samples, 128, 128, 64));
    const files = document.files as { file: string; source: string; drawn: Record<string, number> }[];
    for (const [round, { file, source: from, drawn }] of files.entries()) {
      const random = new Random(9, 3, round, 0); // as in training: seed, purpose, round, clip
      expect(readWav(inWork('p1', file)).samples).toEqual(
        augment(samples, 8000, WINDOW, RECIPE, [], random).pcm,
      );
      expect(from).toBe(source);
      expect(Object.keys(drawn)).toEqual(['speed', 'gain', 'shift', 'colour', 'noise']);
    }
    const shown = await lines(['data', 'preview', source, '-o', inWork('p1'), '--count', '3', '--seed', '9']);
    expect(shown[0]).toMatch(
      /^0\.1\.wav: speed \d\.\d{3}, gain [+-]\d+\.\d dB, shift [+-]\d+ ms, white noise at -\d/,
    );
    expect(shown.filter((line) => line.length > 80)).toEqual([]);
  });

  it('takes the rules of a configuration, and of a dataset as many recordings as are asked for', async () => {
    const config = write(
      'augment.json',
      '{"seed": 4, "augment": {"gain": [0.1, 0.1]}, "readout": {"steps": 10, "rule": "sum"}, "batch": 7}',
    );
    mkdirSync(inWork('good', 'a'), { recursive: true });
    for (let i = 0; i < 4; i++) writeNoise(`good/a/${i}.wav`, i);
    const args = ['data', 'preview', inWork('good'), '-o', inWork('p2'), '--config', config, '--count', '2'];
    const document = await json(args);
    expect((document.files as { file: string }[]).map(({ file }) => file)).toEqual([
      'a/0.1.wav',
      'a/2.1.wav',
    ]);
    const { samples } = readWav(inWork('p2/a/2.1.wav'));
    const rules = { ...NOTHING, gain: { low: 0.1, high: 0.1 } };
    const window = { ...WINDOW, steps: 10 };
    const original = readWav(inWork('good/a/2.wav')).samples;
    expect(samples).toEqual(augment(original, 8000, window, rules, [], new Random(1)).pcm);
  });

  it('switches parts on alone', async () => {
    const source = inWork('set/yes/1.wav');
    const only = (parts: string, ...more: string[]) =>
      json(['data', 'preview', source, '-o', inWork('p3'), '--count', '1', '--only', parts, ...more]);
    const drawn = async (document: Promise<Record<string, unknown>>) =>
      Object.keys(((await document).files as { drawn: object }[])[0]?.drawn ?? {});
    expect(await drawn(only('noise,speed'))).toEqual(['speed', 'colour', 'noise']);
    expect(await drawn(only('clipping'))).toEqual(['clipping']);
    expect(await drawn(only('background', '--background', inWork('set/no/4.wav')))).toEqual([
      'background',
      'snr',
    ]);
  });

  it('refuses', async () => {
    const source = inWork('set/yes/1.wav');
    const preview = (...args: string[]) => refusal(['data', 'preview', source, '-o', inWork('p4'), ...args]);
    expect(await preview('--only', 'nois')).toContain('--only: "nois" is not a part of the augmentation');
    expect(await preview('--only', 'background')).toContain('--background');
    expect(await preview('--count', '201')).toContain('from 1 to 200');
    expect(await preview('--seed', '-1')).toContain('It must be a whole number below 2^31.');
    const wrong = write('gain.json', '{"augment": {"gain": [2, 1]}}');
    expect(await preview('--config', wrong)).toBe(
      'WORK/gain.json: the interval 2 to 1 runs backwards (at augment.gain)',
    );
    expect(await refusal(['data', 'preview', inWork('set'), '-o', inWork('p4'), '--count', '9'])).toContain(
      'set/yes/broken.wav: not a recording',
    );
    expect(existsSync(inWork('p4'))).toBe(false);
  });
});

describe.concurrent('data trim', () => {
  const long = Int16Array.from({ length: 32000 }, (_, n) => ((n * 7919) % 11) - 5);
  long.set(sine(300, 0.5, 16000), 16000);
  mkdirSync(inWork('long', 'a'), { recursive: true });
  write('long/a/word.wav', makeWav(pcm16(long), { sampleRate: 16000 }));
  write('long/a/none.wav', makeWav(pcm16(new Int16Array(1600)), { sampleRate: 16000 }));
  write('long/a/broken.wav', 'x');
  write('long/m.csv', 'file,label\na/word.wav,word\n');

  it('keeps the word and the margin', async () => {
    const document = await json(['data', 'trim', inWork('long'), '-o', inWork('t1'), '--margin', '0.25']);
    expect(document).toMatchObject({
      written: 2,
      whole: ['a/none.wav'],
      unusable: [
        { name: 'a/broken.wav', problem: 'not a recording: neither WAV, FLAC, Ogg Vorbis, Opus nor MP3' },
      ],
    });
    expect(readdirSync(inWork('t1/a')).sort()).toEqual(['none.wav', 'word.wav']);
    const { samples, sampleRate } = readWav(inWork('t1/a/word.wav'));
    expect(sampleRate).toBe(16000);
    expect(Math.abs(samples.length - 16000)).toBeLessThanOrEqual(320);
    expect(samples).toEqual(long.subarray(12000, 12000 + samples.length));
  });

  it('changes the rate, and takes a manifest along', async () => {
    const shown = await lines(['data', 'trim', inWork('long/m.csv'), '-o', inWork('t2'), '--rate', '8000']);
    expect(shown[0]).toMatch(/^1 recording in \S+, 0\.0 of 0\.0 minutes$/);
    expect(readWav(inWork('t2/a/word.wav')).sampleRate).toBe(8000);
    expect((await json(['data', 'stats', inWork('t2/m.csv')])).recordings).toBe(1);
  });

  it('refuses', async () => {
    const trim = (...args: string[]) => refusal(['data', 'trim', inWork('long'), ...args]);
    mkdirSync(inWork('mine'));
    write('mine/x', '');
    expect(await trim('-o', inWork('mine'))).toContain('WORK/mine: is in the way');
    expect(await trim('-o', inWork('t3'), '--margin', '-1')).toContain('It must be a number from 0 to 60.');
    expect(await trim('-o', inWork('t3'), '--rate', '7')).toContain('from 1000 to 384000');
    expect(readdirSync(inWork('mine'))).toEqual(['x']);
    expect(existsSync(inWork('t3'))).toBe(false);
  });
});

describe.concurrent('data fetch', () => {
  it('clones, converts and prints what to do next', async () => {
    const source = inWork('repository');
    mkdirSync(inWork('repository/audio/view glass'), { recursive: true });
    mkdirSync(inWork('repository/audio/alexa'));
    writeFileSync(
      `${source}/audio/view glass/a.wav`,
      makeWav(pcm16(noise(1, 1, 16000)), { sampleRate: 16000 }),
    );
    writeFileSync(`${source}/audio/alexa/a.flac`, 'fLaC');
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', source, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args]);
    git('init', '--quiet');
    git('add', '-A');
    git('commit', '--quiet', '-m', 'm');
    const shown = await lines(['data', 'fetch', 'wake-words', '-o', inWork('words'), '--from', source]);
    expect(shown[0]).toMatch(/^1 recording in \S+words, 0\.0 of 0\.0 minutes$/);
    expect(shown).toContain('left out: 1 file in audio/alexa, no WAV (ffmpeg or sox convert them)');
    expect(shown).toContain(`  egru data stats ${inWork('words')}`);
    expect(readWav(inWork('words/view_glass/a.wav')).sampleRate).toBe(8000);
    const again = ['data', 'fetch', 'wake-words', '-o', inWork('words'), '--from', source];
    expect(await refusal(again)).toContain('WORK/words: is in the way');
    const document = await json(['data', 'fetch', 'wake-words', '-o', inWork('words2'), '--from', source]);
    expect(document).toMatchObject({
      name: 'wake-words',
      written: 1,
      leftOut: [{ folder: 'audio/alexa', files: 1 }],
    });
  });

  it('refuses in one line', async () => {
    mkdirSync(inWork('refused'));
    expect(await refusal(['data', 'fetch', 'birds', '-o', inWork('refused', 'b')])).toContain(
      'Allowed choices are spoken-digits, wake-words.',
    );
    const from = ['--from', 'https://localhost:1/x.git'];
    const line = await refusal(['data', 'fetch', 'spoken-digits', '-o', inWork('refused', 'b'), ...from]);
    expect(line).toMatch(
      /^https:\/\/localhost:1\/x\.git: cannot be cloned: .+ \(try again with a network, or /,
    );
    expect(
      await refusal(['data', 'fetch', 'spoken-digits', '-o', inWork('refused', 'b')], { PATH: '' }),
    ).toBe('git: is not installed (install it, or unpack the repository and name that folder with --from)');
    expect(readdirSync(inWork('refused'))).toEqual([]);
  });
});
