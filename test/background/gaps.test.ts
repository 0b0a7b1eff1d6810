// SPDX-License-Identifier: Apache-2.0
/** Single words of a background are heard out of silence and into it, as the same samples with zeros between them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Stream } from '../../compiler/core/sim/stream.ts';
import { buildStore } from '../../compiler/training/background/build.ts';
import { Frames } from '../../compiler/training/background/frames.ts';
import { Gaps } from '../../compiler/training/background/gaps.ts';
import { listenTo } from '../../compiler/training/background/listen.ts';
import { FeatureStore } from '../../compiler/training/background/store.ts';
import { makeWav, pcm16 } from '../audio/make-wav.ts';
import { bursts, listener } from '../support/stream-program.ts';

const HOP = 128;
/** 0.75 seconds at 8 kHz. */
const GAP = 47;

const folder = mkdtempSync(join(tmpdir(), 'egru-gaps-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('puts silence around recordings of less than 2.5 seconds, and nowhere else', async () => {
  const program = listener({ frame: HOP, hop: HOP, seed: 21, last: 'dense', over: 'frame' });
  const frontend = program.frontend ?? expect.fail();
  const sounds = [300, 100, 200, 160].map((frames, i) => bursts(HOP * frames, i)); // 4.8, 1.6, 3.2, 2.56 s
  const files = sounds.map((samples, i) => {
    const file = join(folder, `${i}.wav`);
    writeFileSync(file, makeWav(pcm16(samples)));
    return file;
  });
  const key = { frontend: frontend.definition, list: 'four' };
  await buildStore(join(folder, 'features'), key, files);
  const store = new FeatureStore(join(folder, 'features'), key);

  const wanted: number[][] = [];
  const stream = new Stream(program);
  const push = (samples: Int16Array) => stream.push(samples, () => wanted.push([...stream.network.logits]));
  const silence = new Int16Array(GAP * HOP);
  const [long, short, ...rest] = sounds;
  for (const samples of [long, silence, short, silence, ...rest]) push(samples ?? expect.fail());

  const heard: number[][] = [];
  const all = { start: 0, end: store.frames };
  const gaps = new Gaps({ ...program, frontend }, store.starts);
  listenTo(program, new Frames(store, [all]), all, ({ network }) => heard.push([...network.logits]), gaps);
  expect(heard).toEqual(wanted);
  store.close();
});
