// SPDX-License-Identifier: Apache-2.0
/** run, eval and verify --stream as a user calls them; about 15 s. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { egru, inWork, json, MODEL, refusal, write } from './egru.ts';

interface Events {
  readonly events: readonly { file: string; label: string; sample: number; score: number }[];
}

/** Bundled clips of known digits, half a second of silence around each. */
const spoken = ['0_enusm7_0', '7_engb_0', '5_engb_0', '6_enusf2_0'];
mkdirSync(inWork('digits'));
const parts = spoken.map((name) => {
  const bytes = readFileSync(packagePath(MODEL, 'samples', `${name}.wav`));
  write(`digits/${name}.wav`, bytes);
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + (bytes.length & ~1)));
});
const pause = new Int16Array(8000);
const long = Int16Array.from(parts.flatMap((part) => [...pause, ...part]).concat([...pause]));
const recording = write('long.wav', makeWav(pcm16(long)));

/** A model with detection that classifies no clips. */
function listener(): string {
  cpSync(packagePath(MODEL), inWork('listener'), { recursive: true });
  const model = JSON.parse(readFileSync(inWork('listener/model.json'), 'utf8'));
  delete model.readout;
  model.detect = {
    window: 24,
    refractory: 40,
    keywords: { seven: { threshold: 15000 }, six: { threshold: 15000 } },
    vad: { level: 40, hangover: 20, reset: 12 },
  };
  write('listener/model.json', JSON.stringify(model));
  return inWork('listener');
}
const model = listener();

describe('run --stream', () => {
  it('gives label, sample and score of every keyword, in order', async () => {
    const { events } = (await json(['run', MODEL, recording, '--stream'])) as unknown as Events;
    expect(events.length).toBeGreaterThanOrEqual(3);
    for (const { file, sample, score } of events) {
      expect(file).toBe(recording);
      expect((sample + 1) % 128).toBe(0);
      expect(score).toBeGreaterThanOrEqual(16384);
    }
    expect(events.map(({ sample }) => sample)).toEqual(
      events.map(({ sample }) => sample).sort((a, b) => a - b),
    );
    expect(events.map(({ label }) => label)).toEqual(expect.arrayContaining(['seven', 'six']));
  });

  it('detects the same on the host, and only keywords of the model', async () => {
    const reference = (await json(['run', model, recording, '--stream'])) as unknown as Events;
    expect(reference.events.map(({ label }) => label)).toEqual(['seven', 'six']);
    expect(await json(['run', model, recording, '--stream', '--on', 'host'])).toEqual(reference);
  });

  it('prints keywords and times, and the defaults where the model has no detection', async () => {
    const { stdout, code } = await egru(['run', MODEL, recording, '--stream']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/seven +[\d,]+\n/);
    expect(stdout).toMatch(/\d keywords in 1 recording\n/);
    expect(stdout).toContain('no "detect" in model.json: every label is a keyword, threshold 16,384');
    expect((await egru(['run', model, recording, '--stream'])).stdout).not.toContain('no "detect"');
  });

  it('is what a model without readout needs', async () => {
    expect(await refusal(['run', model, recording])).toBe(
      'WORK/listener: has no "readout": it works on streams only; use --stream (model.json)',
    );
  });

  it('refuses sounds that are none and models with a mistake', async () => {
    const text = write('text.wav', 'no sound');
    expect(await refusal(['run', model, text, '--stream'])).toContain('WORK/text.wav: ');
    cpSync(model, inWork('broken'), { recursive: true });
    const json5 = JSON.parse(readFileSync(inWork('broken/model.json'), 'utf8'));
    json5.detect.keywords.sevn = {};
    write('broken/model.json', JSON.stringify(json5));
    expect(await refusal(['run', inWork('broken'), recording, '--stream'])).toBe(
      'WORK/broken/model.json: "sevn" is not a label; the nearest one is "seven" (at detect.keywords)',
    );
  });
});

describe('eval --stream', () => {
  it('counts keywords by label and everything else as background, over all thresholds', async () => {
    const report = await json(['eval', model, inWork('digits'), '--stream']);
    expect(report).toMatchObject({ misses: 0, keywords: 2, falseAlarms: 0, confusions: 0 });
    const [zero, , five] = parts.map(({ length }) => length);
    expect(report.hours).toBeCloseTo(((zero ?? 0) + (five ?? 0)) / 8000 / 3600, 4);
    const det = report.det as { threshold: number; missRate: number; falseAlarmsPerHour: number }[];
    expect(det.length).toBe(64); // multiples of 512, and 15000
    expect(det.map(({ threshold }) => threshold)).toContain(15000);
    expect(det.at(-1)?.falseAlarmsPerHour).toBe(0);
    expect(det.every(({ missRate }) => missRate >= 0 && missRate <= 1)).toBe(true);
  });

  it('states figures in text', async () => {
    const { stdout } = await egru(['eval', model, inWork('digits'), '--stream']);
    expect(stdout).toContain('0 of 2 keywords missed: false reject rate 0.0 %');
    expect(stdout).toMatch(/0 false accepts in 0\.0 minutes of background: at most [\d.]+ per hour/);
    expect(stdout).toMatch(/0\.00 hours in [\d.]+ s: [\d,]+ times faster than the sound/);
  });

  it('counts by the folder that a file lies in, or by a column of a table', async () => {
    mkdirSync(inWork('places/street'), { recursive: true });
    mkdirSync(inWork('places/kitchen'));
    for (const [place, i] of [
      ['street', 0],
      ['kitchen', 1],
    ] as const)
      cpSync(inWork(`digits/${spoken[i]}.wav`), inWork(`places/${place}/${spoken[i]}.wav`));
    const names = (report: object) => (report as { sources: { source: string }[] }).sources;
    const folders = await json(['eval', model, inWork('places'), '--stream']);
    expect(names(folders)).toMatchObject([
      { source: 'kitchen', keywords: 1, misses: 0 },
      { source: 'street', keywords: 0 },
    ]);
    const rows = [`far\tstreet/${spoken[0]}.wav\tzero`, `near\tkitchen/${spoken[1]}.wav\tseven`];
    const path = write('places/list.tsv', `${rows.join('\n')}\n`);
    const columns = ['--file-column', '2', '--label-column', '3', '--source-column', '1'];
    const report = await json(['eval', model, path, '--stream', ...columns]);
    expect(names(report)).toMatchObject([
      { source: 'far', keywords: 0 },
      { source: 'near', keywords: 1 },
    ]);
    expect(
      await refusal(['eval', model, path, '--stream', '--file-column', '2', '--source-column', '9']),
    ).toBe('WORK/places/list.tsv: has no column "9"; it has "1", "2", "3" (--source-column)');
    expect(await refusal(['eval', model, inWork('places'), '--stream', '--source-column', '1'])).toBe(
      '--source-column: names a column of a table; give a .csv or .tsv file',
    );
  });

  it('keeps mistakes as recordings, whole or not at all', async () => {
    const wrong = inWork('wrong');
    // Everything is background here, so every word that is detected is a mistake.
    const command = ['eval', model, inWork('long'), '--stream', '--keep-mistakes', wrong];
    mkdirSync(inWork('long'));
    cpSync(recording, inWork('long/a:b c.wav'));
    const { mistakes, falseAlarms } = await json(command);
    expect(falseAlarms).toBe(2);
    const clips = (mistakes as { clip: string; label: string }[]).map(({ clip }) => clip);
    expect(clips.map((clip) => clip.replace(/[\d.]+s/, 'T'))).toEqual([
      expect.stringMatching(/^01_(seven|six)_a-b-c_T\.wav$/),
      expect.stringMatching(/^02_(seven|six)_a-b-c_T\.wav$/),
    ]);
    expect(readdirSync(wrong).sort()).toEqual([...clips, 'mistakes.tsv'].sort());
    // What was kept is detected again.
    const { events } = (await json(['run', model, `${wrong}/${clips[0]}`, '--stream'])) as unknown as Events;
    expect(events.map(({ label }) => label)).toEqual([clips[0]?.split('_')[1]]);
    expect(await refusal(command)).toBe(
      'WORK/wrong: is in the way; name a folder that does not exist, or an empty one',
    );
    expect(await refusal(['eval', model, inWork('digits'), '--keep-mistakes', inWork('other')])).toBe(
      '--keep-mistakes: evaluates streams and also needs --stream',
    );
    expect(readdirSync(inWork())).not.toContain('other');
    // Files of at most 30 KB stand for a disk that is full: a clip has 40.
    const full = [
      '-c',
      'ulimit -f 30; exec "$0" "$@"',
      process.execPath,
      packagePath('compiler/bin/egru.js'),
    ];
    const { status, stderr } = spawnSync('bash', [...full, ...command.slice(0, -1), inWork('full')], {
      cwd: packagePath(),
      encoding: 'utf8',
    });
    expect(status).toBe(2);
    expect(stderr.replace(inWork(), 'WORK')).toMatch(
      /^egru: WORK\/full\/01_\w+_a-b-c_[\d.]+s\.wav: the file would be too large \(while writing\)\n$/,
    );
    expect(readdirSync(inWork()).filter((name) => /full|tmp/.test(name))).toEqual([]);
  });

  it('brings files to a level and adds recorded noise', async () => {
    const noisy = ['eval', model, inWork('digits'), '--stream', '--snr', '60', '--noise', recording];
    expect(await json([...noisy, '--level', '-20'])).toMatchObject({ keywords: 2, misses: 0 });
    // Far below the level at which voice activity begins.
    const soft = await json(['eval', model, inWork('digits'), '--stream', '--peak', '-75']);
    expect(soft).toMatchObject({ keywords: 2, misses: 2 });
    expect(await refusal(['eval', model, inWork('digits'), '--stream', '--noise', recording])).toBe(
      '--noise: also needs --snr, the decibels from each file down to the noise',
    );
    expect(await refusal(['eval', model, inWork('digits'), '--stream', '--snr', '5', '--voices', '3'])).toBe(
      '--voices: mixes recordings; name their folder with --noise',
    );
  });
});

it('verify --stream compares every frame of reference and host', async () => {
  const report = await json(['verify', model, recording, '--stream', '--on', 'host']);
  expect(report).toMatchObject({ executors: ['reference', 'host'], clips: 1, differences: 0, first: null });
  expect(report.steps).toBe(Math.floor((long.length - 128) / 128) + 1);
});
