// SPDX-License-Identifier: Apache-2.0
/** The page's workers as they are asked and answer: models, recordings, what is saved, and the emulated board. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../compiler/core/base/json.ts';
import { readModelJson } from '../../compiler/core/model/model-json.ts';
import { programToJson } from '../../compiler/core/program/program-json.ts';
import { traceDigest } from '../../compiler/core/program/trace-digest.ts';
import { streamProgram } from '../../compiler/core/quant/detect.ts';
import { readWav } from '../../compiler/host/audio/wav.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { loadProgram } from '../../compiler/host/load/load-program.ts';
import { buildFirmware, runStream } from '../../compiler/index.ts';
import { playTo } from '../../compiler/machines/emulated/play.ts';
import { readBoardImage } from '../../compiler/machines/image/board-image.ts';
import { BoardEngine } from '../../compiler/page/board/board-engine.ts';
import { clipsZip, labelProblem } from '../../compiler/page/session/dataset.ts';
import { Engine } from '../../compiler/page/session/engine.ts';
import type { Answer, BoardAnswer, ModelBytes, Request } from '../../compiler/page/session/messages.ts';
import { readDatasetConfig } from '../../compiler/training/data/config.ts';
import { openDataset } from '../../compiler/training/data/open.ts';
import { inWork } from '../cli/egru.ts';
import { lacking } from '../support/needs.ts';

const folder = (model: string, ...names: string[]) => packagePath('models', model, ...names);
const sample = folder('spoken-digits', 'samples', '7_engb_0.wav');

function modelBytes(name: string): ModelBytes {
  return {
    name,
    json: readFileSync(folder(name, 'model.json')),
    weights: readFileSync(folder(name, 'weights.safetensors')),
  };
}

/** An engine, and the answers of a kind. */
function engine(...requests: readonly Request[]) {
  const answers: Answer[] = [];
  const made = new Engine((answer) => answers.push(answer));
  for (const request of requests) made.receive(request);
  const of = <T extends Answer['type']>(type: T) =>
    answers.filter((answer): answer is Extract<Answer, { type: T }> => answer.type === type);
  return { engine: made, of };
}

const play: Request = { type: 'file', name: 'seven.wav', bytes: readFileSync(sample) };

describe('the computing worker', () => {
  it('plays a recording to two models: each has the digest and the events of the reference', () => {
    const { of } = engine(
      { type: 'load', slot: 0, files: modelBytes('spoken-digits') },
      { type: 'load', slot: 1, files: modelBytes('wake-words') },
      play,
      { type: 'finish' },
      { type: 'digest', slot: 0 },
      { type: 'digest', slot: 1 },
    );
    const { samples } = readWav(sample, 8000);
    for (const [slot, name] of ['spoken-digits', 'wake-words'].entries()) {
      const { trace, events } = runStream(loadProgram(folder(name)), samples, { trace: true });
      expect(of('digest')[slot]?.digest).toBe(traceDigest(trace ?? new Int32Array(0)));
      const frames = of('frames').filter((answer) => answer.slot === slot);
      expect(frames.flatMap((answer) => answer.frames.events)).toEqual(events);
    }
    expect(of('ended')).toHaveLength(1);
    expect(of('failed')).toEqual([]);
  });

  it('takes a program.json, and gives one back with other detection', () => {
    const program = streamProgram(loadProgram(folder('wake-words')), 'wake-words');
    const files = { name: 'p.json', program: new TextEncoder().encode(programToJson(program)) };
    const detect = { ...program.detect, window: 7 };
    const { of } = engine(
      { type: 'load', slot: 0, files },
      { type: 'detect', slot: 0, detect },
      { type: 'save', slot: 0, how: 'download' },
    );
    expect(of('save')[0]?.text).toBe(programToJson({ ...program, detect }));
  });

  it('gives model.json with detection as it is now, and nothing else of it changed', () => {
    const { detect } = streamProgram(loadProgram(folder('wake-words')), 'wake-words');
    const [first, ...others] = detect.keywords;
    const keywords = [
      { ...first, threshold: 12_000, release: 9000 } as (typeof detect.keywords)[0],
      ...others,
    ];
    const { of } = engine(
      { type: 'load', slot: 0, files: modelBytes('wake-words') },
      { type: 'detect', slot: 0, detect: { ...detect, keywords, refractory: 11, vad: null } },
      { type: 'save', slot: 0, how: 'download' },
    );
    const text = of('save')[0]?.text ?? '';
    const head = readModelJson(parseJson('model.json', text));
    const before = readModelJson(parseJson('model.json', readFileSync(folder('wake-words', 'model.json'))));
    expect(head.detect).toEqual({ ...before.detect, refractory: 11, keywords, vad: null });
    expect({ ...head, detect: null }).toEqual({ ...before, detect: null });
  });

  it('answers what is no model and no recording with one line', () => {
    const { of } = engine(
      { type: 'load', slot: 1, files: { name: '<b>x</b>', program: new Uint8Array([1, 2]) } },
      { type: 'file', name: 'y.wav', bytes: new Uint8Array(50) },
    );
    expect(of('failed').map(({ slot, message }) => [slot, message])).toEqual([
      [1, expect.stringMatching(/^<b>x<\/b>: .*$/)],
      [null, expect.stringMatching(/^y\.wav: not a recording: .*$/)],
    ]);
  });

  it('cuts clips out of the microphone, at its rate', () => {
    const { engine: made, of } = engine(
      { type: 'load', slot: 0, files: modelBytes('spoken-digits') },
      { type: 'microphone', sampleRate: 16_000 },
      { type: 'record', how: 'hold', level: 0 },
    );
    made.receive({ type: 'sound', samples: new Float32Array(8000).fill(0.5) });
    made.receive({ type: 'record', how: 'off', level: 0 });
    made.receive({ type: 'stop' });
    expect(of('clip').map(({ clip }) => [clip.sampleRate, clip.samples.length])).toEqual([[16_000, 8000]]);
    expect(of('clip')[0]?.clip.samples[0]).toBe(16_384);
    made.receive({ type: 'recording', slot: 0 });
    expect(of('recording')[0]?.recording.samples).toHaveLength(4000);
  });
});

describe('clips as an archive', () => {
  it('are a dataset that train opens', () => {
    const clip = { samples: Int16Array.from([1, -2, 3]), sampleRate: 48_000 };
    const files = unzipSync(
      clipsZip([
        { ...clip, label: 'yes' },
        { ...clip, label: 'no' },
        { ...clip, label: 'yes' },
      ]),
    );
    expect(Object.keys(files)).toEqual([
      'clips/yes/yes-001.wav',
      'clips/no/no-001.wav',
      'clips/yes/yes-002.wav',
    ]);
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(inWork(path, '..'), { recursive: true });
      writeFileSync(inWork(path), bytes);
    }
    const dataset = openDataset(inWork('clips'), readDatasetConfig(null));
    expect(dataset.labels).toEqual(['no', 'yes']);
    expect(readWav(join(inWork('clips'), 'yes', 'yes-002.wav'))).toMatchObject(clip);
  });

  it('refuse labels that are no folder', () => {
    expect(['yes', 'smart_mirror', 'où', 'left right'].map(labelProblem)).toEqual([null, null, null, null]);
    for (const label of ['', '..', 'a/b', 'a\\b', '<img>', 'x\n', '.hidden', 'é'.repeat(51)])
      expect(labelProblem(label), label).not.toBeNull();
  });
});

describe.skipIf(lacking('arm'))('the emulated board', () => {
  it('reports the keywords of a recording that comes in pieces', async () => {
    const program = loadProgram(folder('spoken-digits'));
    const { bin } = await buildFirmware(program, { board: 'arduino_zero', kernel: 'packed' });
    const sound = readWav(sample);
    const expected: string[] = [];
    playTo(readBoardImage(bin, 'firmware.bin'), sound, { onLine: (line) => expected.push(line) });
    const answers: BoardAnswer[] = [];
    const board = new BoardEngine((answer) => answers.push(answer));
    board.receive({ type: 'begin', sampleRate: sound.sampleRate });
    board.receive({ type: 'image', name: 'firmware.bin', bytes: bin });
    for (let at = 0; at < sound.samples.length; at += 1000)
      board.receive({ type: 'samples', samples: sound.samples.slice(at, at + 1000) });
    board.receive({ type: 'end' });
    const seconds = sound.samples.length / sound.sampleRate + 1;
    await expect
      .poll(() => answers.findLast(({ type }) => type === 'state'), { timeout: 60_000 })
      .toMatchObject({ behind: 0, seconds: expect.closeTo(seconds, 1) });
    const lines = answers.flatMap((answer) => (answer.type === 'lines' ? answer.lines : []));
    expect(lines.map((line) => line.replace(/ {4}.*/, ''))).toEqual(expected);
    const keywords = answers.flatMap((answer) => (answer.type === 'keyword' ? [answer.label] : []));
    expect(keywords).toEqual(['seven']);
    // The LED shows it.
    expect(answers.some((answer) => answer.type === 'state' && answer.led)).toBe(true);
  });

  it('answers what is no firmware with one line', () => {
    const answers: BoardAnswer[] = [];
    new BoardEngine((answer) => answers.push(answer)).receive({
      ...{ type: 'image', name: 'x.bin', bytes: new Uint8Array(100) },
    });
    expect(answers).toEqual([{ type: 'failed', message: expect.stringMatching(/^x\.bin: is not firmware/) }]);
  });
});
