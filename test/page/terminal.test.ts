// SPDX-License-Identifier: Apache-2.0
/** listen and record with --pc: a program that records stands in for the computer's microphone. */
import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Block, meterLines } from '../../compiler/cli/pc/meter.ts';
import { findRecorder, recorders } from '../../compiler/cli/pc/recorders.ts';
import { resample } from '../../compiler/core/audio/resample.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { runStream } from '../../compiler/index.ts';
import { soundProgram } from '../../compiler/machines/batch/stream-input.ts';
import { egru, inWork, MODEL, refusal, write } from '../cli/egru.ts';

const program = soundProgram(loadProgram(packagePath(MODEL)), MODEL);
const wav = readWav(packagePath(MODEL, 'samples', '7_engb_0.wav'));
const sound = Int16Array.from(resample(Float64Array.from(wav.samples), wav.sampleRate, 48_000), Math.round);
const raw = write('sound.raw', new Uint8Array(sound.buffer));

/** A PATH whose first arecord is this script. */
function recorder(name: string, script: string): NodeJS.ProcessEnv {
  mkdirSync(inWork(name));
  chmodSync(write(`${name}/arecord`, `#!/bin/sh\n${script}\n`), 0o755);
  return { PATH: `${inWork(name)}:${process.env.PATH}` };
}

const plays = recorder('plays', `cat ${raw}`);

describe('listen --pc', () => {
  it('detects what the reference detects in the same sound', async () => {
    const { stdout, stderr, code } = await egru(['listen', '--pc', MODEL, '--json'], plays);
    expect([stderr, code]).toEqual(['', 0]);
    // The last samples still need their neighbours: no frame that they complete is missing here.
    const settled = resample(Float64Array.from(sound), 48_000, 8000);
    const pcm = Int16Array.from(settled, (value) => Math.floor(value + 0.5));
    const { events } = runStream(program, pcm);
    const expected = events.map(({ label, sample, score }) => ({
      label: program.labels[label],
      sample,
      score,
    }));
    expect(JSON.parse(stdout)).toMatchObject({ events: expected });
    expect(expected).toHaveLength(1);
    const text = await egru(['listen', '--pc', MODEL], plays);
    expect(text.stdout).toMatch(
      /^spoken-digits on this computer's microphone, through arecord\nseven, 0\.\d\d, at /,
    );
  });

  it('gives the recorder’s reason where there is no sound', async () => {
    const fails = recorder('fails', "echo 'arecord: main:850: audio open error: No such file' >&2; exit 1");
    expect(await refusal(['listen', '--pc', MODEL, '--json'], fails)).toBe(
      'arecord: gives no sound: arecord: main:850: audio open error: No such file',
    );
    expect(await refusal(['listen', '--pc', 'nothing'], plays)).toMatch(/^nothing: /);
    expect(() => findRecorder(undefined, '/nowhere')).toThrow(
      'none of arecord, parecord, sox, ffmpeg is on the PATH',
    );
    expect(() => findRecorder('sox', '/nowhere')).toThrow('--recorder: sox is not on the PATH');
  });

  it('asks every recorder for the same sound', () => {
    for (const { args } of recorders) {
      expect(args(undefined).join(' ')).toContain('48000');
      expect(args('hw:1').join(' ')).toContain('hw:1');
    }
  });
});

describe('record --pc', () => {
  it('writes recordings at the computer’s own rate', async () => {
    const args = [
      'record',
      '--pc',
      '-o',
      inWork('data'),
      '--label',
      'seven',
      '--seconds',
      '0.01',
      '--count',
      '2',
    ];
    const twice = recorder('twice', `for i in 1 2 3 4 5 6; do cat ${raw}; done`);
    const { stdout, stderr, code } = await egru(args, twice);
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toContain("this computer's microphone, through arecord: 2 recordings of 0.01 s");
    expect(readdirSync(inWork('data', 'seven'))).toEqual(['seven_0001.wav', 'seven_0002.wav']);
    const { samples, sampleRate } = readWav(inWork('data', 'seven', 'seven_0001.wav'));
    expect([samples.length, sampleRate]).toEqual([480, 48_000]);
    const endless = [...sound, ...sound];
    expect([...samples]).toEqual(endless.slice(24_000, 24_480));
  });

  it('refuses a sound that ends too early, and keeps nothing of it', async () => {
    const args = ['record', '--pc', '-o', inWork('less'), '--label', 'x', '--seconds', '60', '--json'];
    expect(await refusal(args, plays)).toBe('arecord: ends before the recording is complete');
    expect(readdirSync(inWork()).includes('less')).toBe(false);
  });
});

describe('the bars', () => {
  it('show level, posteriors and thresholds in the width of the terminal', () => {
    const scores = program.detect.keywords.map((_, k) => 3276.8 * k);
    const lines = meterLines(program, { level: 3276.8, asleep: false, scores }, 60);
    expect(lines).toHaveLength(11);
    expect(lines[0]).toBe(`microphone       ${'#'.repeat(25)}${' '.repeat(10)} -20 dB`);
    expect(lines[4]).toBe(`three            ${'#'.repeat(11)}${' '.repeat(6)}|${' '.repeat(17)} 0.30`);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('are drawn again in their place, below other lines', () => {
    let text = '';
    const block = new Block((more) => {
      text += more;
    });
    block.draw(['a', 'b']);
    block.draw(['c', 'd'], ['seven']);
    block.clear();
    expect(text).toBe('\x1b[Ja\nb\n\x1b[2A\r\x1b[Jseven\nc\nd\n\x1b[2A\r\x1b[J');
  });
});
