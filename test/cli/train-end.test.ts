// SPDX-License-Identifier: Apache-2.0
/** How trainings end, inside this process: no finite loss, full disks, Ctrl-C twice, what is drawn meanwhile. */
import * as fs from 'node:fs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { finish } from '../../compiler/cli/commands/train.ts';
import { interruptible } from '../../compiler/cli/shared/interrupt.ts';
import { Checkpoint, checkpointPath, prepareOutput } from '../../compiler/cli/train/checkpoint.ts';
import { openTraining } from '../../compiler/cli/train/input.ts';
import { duration, TrainingProgress } from '../../compiler/cli/train/progress.ts';
import type { TrainInput } from '../../compiler/cli/train/train-input.ts';
import { loadModel } from '../../compiler/host/load/load.ts';
import { TrainingJob } from '../../compiler/training/train/job.ts';
import type { EpochRecord, RunEnd } from '../../compiler/training/train/run.ts';
import { CHIRPS, writeChirps } from './chirps.ts';
import { inWork, write } from './egru.ts';

/** Calls of node:fs that fail now, as on a full disk. */
const failing = new Set<string>();

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const guarded =
    <A extends unknown[], R>(name: string, call: (...args: A) => R) =>
    (...args: A): R => {
      if (failing.has(name)) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      return call(...args);
    };
  const writeSync = guarded('writeSync', real.writeSync as (...args: unknown[]) => number);
  const renameSync = guarded('renameSync', real.renameSync);
  return { ...real, default: real, writeSync, renameSync };
});

const DATA = inWork('chirps');
let input: TrainInput;
const said: string[] = [];

beforeAll(async () => {
  writeChirps(DATA, 8);
  const phases = [{ epochs: 6, quantize: true, rate: 0.01 }];
  const config = write('c.json', JSON.stringify({ ...CHIRPS, phases, augment: null }));
  input = await openTraining(DATA, { output: inWork('m'), config });
});

afterEach(() => {
  failing.clear();
  said.length = 0;
  vi.restoreAllMocks();
});

/** Keeps what would be written, and the exit code that would be set. */
async function listen(work: () => Promise<void>): Promise<{ stdout: string; code: unknown }> {
  const before = process.exitCode;
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((stdout += String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  try {
    await work();
    return { stdout, code: process.exitCode };
  } finally {
    vi.restoreAllMocks();
    process.exitCode = before;
  }
}

async function ending(
  output: string,
  end: RunEnd,
  job: TrainingJob,
  code = 0,
): Promise<{ stdout: string; code: unknown }> {
  const checkpoint = new Checkpoint(checkpointPath(output));
  checkpoint.begin(job);
  return listen(() => finish(DATA, { output, falseAlarmsPerHour: 0.5 }, input, job, checkpoint, end, code));
}

describe('a loss that is no finite number', () => {
  it('ends it with code 1, names epoch and step, and keeps the best weights', async () => {
    // In float: a level hides what became of the weight behind it.
    const phases = input.config.phases.map((phase) => ({ ...phase, quantize: false }));
    const job = new TrainingJob({ ...input.config, phases }, input.data);
    const end = await job.run(
      {
        onEpoch: ({ epoch }, state) => {
          if (epoch === 2) state.parameters[0] = Number.NaN;
        },
      },
      1,
    );
    expect(end).toMatchObject({ reason: 'diverged', failure: { epoch: 3, step: 0 } });
    const best = job.state.best?.epoch ?? -1;
    const output = inWork('diverged');
    // A checkpoint holds finite numbers only: the one of the last whole epoch is what would be there.
    job.state.parameters[0] = 0;
    const { stdout, code } = await ending(output, end, job);
    expect(code).toBe(1);
    expect(said.join('')).toBe(
      `egru: ${output}: the loss is not a finite number in epoch 4, step 1; the weights of epoch ${best + 1} are kept (try a lower rate)\n`,
    );
    expect(stdout).toContain('ended early: the loss is not a finite number, 3 epochs');
    expect(loadModel(output).labels).toEqual(['down', 'flat', 'up']);
    const record = JSON.parse(fs.readFileSync(`${output}/training.json`, 'utf8'));
    expect(record).toMatchObject({ end: 'diverged', diverged: { epoch: 3, step: 0 }, best: { epoch: best } });
  });
});

it('an interruption before the first epoch is done leaves no model', async () => {
  const job = new TrainingJob(input.config, input.data);
  const output = inWork('early');
  const { stdout, code } = await ending(output, { reason: 'interrupted' }, job, 130);
  expect(code).toBe(130);
  expect(stdout).toContain('No epoch was finished: nothing was written.');
  expect(fs.existsSync(output)).toBe(false);
});

it('Ctrl-C in the first epoch with levels keeps the best weights of the float ones before', async () => {
  const phases = input.config.phases.map((phase) => ({ ...phase, epochs: 3 }));
  const both = [...phases.map((phase) => ({ ...phase, quantize: false })), ...phases];
  const job = new TrainingJob({ ...input.config, phases: both }, input.data);
  const stop = new AbortController();
  const onBatch = (epoch: number) => epoch === 3 && stop.abort();
  expect(await job.run({ onBatch, signal: stop.signal }, 1)).toEqual({ reason: 'interrupted' });
  const { best } = job.state;
  expect(best).toMatchObject({ quantized: false });
  // However low the loss in float was: the chip knows levels only.
  if (best !== null) job.state.best = { ...best, validationLoss: 0 };
  await job.run({}, 1);
  expect(job.state.best).toMatchObject({ quantized: true });
});

describe('the checkpoint', () => {
  it.each(['writeSync', 'renameSync'])('stays whole where %s finds the disk full', async (call) => {
    const job = new TrainingJob(input.config, input.data);
    const file = inWork(`${call}.checkpoint`);
    const checkpoint = new Checkpoint(file);
    checkpoint.begin(job);
    const before = fs.readFileSync(file);
    job.state.parameters[0] = 0.125;
    await listen(async () => {
      failing.add(call);
      checkpoint.save(job);
      checkpoint.save(job);
    });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^egru: .*checkpoint: the disk is full.*; continuing with the previous checkpoint\n$/,
    );
    expect(fs.readFileSync(file).equals(before)).toBe(true);
    expect(fs.readdirSync(inWork()).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    failing.clear();
    checkpoint.save(job);
    expect(new TrainingJob(input.config, input.data, file).state.parameters[0]).toBe(0.125);
  });

  it('that cannot be written ends it before it begins, and leaves no folder', () => {
    const output = inWork('full');
    failing.add('writeSync');
    const begin = () =>
      new Checkpoint(inWork('full.checkpoint')).begin(new TrainingJob(input.config, input.data));
    expect(() => prepareOutput(output, begin)).toThrow('the disk is full');
    expect(fs.readdirSync(inWork()).filter((name) => name.startsWith('full'))).toEqual([]);
  });

  it('lies beside the model', () => {
    expect(checkpointPath('models/mine/')).toBe('models/mine.checkpoint');
    expect(checkpointPath('mine')).toBe('mine.checkpoint');
    expect(checkpointPath('.')).toBe(`${process.cwd()}.checkpoint`);
    expect(checkpointPath('a/..')).toBe(`${process.cwd()}.checkpoint`);
  });
});

it('the first Ctrl-C asks the work to end, the second one ends it', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as () => never);
  const before = vi.fn();
  process.on('SIGINT', before);
  const onSignal = vi.fn();
  const code = await interruptible(async (interruption) => {
    expect([interruption.signal.aborted, interruption.code]).toEqual([false, 0]);
    process.emit('SIGINT');
    expect([interruption.signal.aborted, interruption.code]).toEqual([true, 130]);
    expect(exit).not.toHaveBeenCalled();
    process.emit('SIGINT');
    expect(exit).toHaveBeenCalledWith(130);
    return interruption.code;
  }, onSignal);
  expect([code, onSignal.mock.calls.length, before.mock.calls.length]).toEqual([130, 1, 0]);
  process.emit('SIGINT');
  process.off('SIGINT', before);
  expect(before).toHaveBeenCalledTimes(1);
});

describe('progress', () => {
  const record = (epoch: number): EpochRecord => ({
    ...{ epoch, phase: 0, quantized: epoch > 0, loss: 1.2345, accuracy: 0.5, validationLoss: 1 },
    ...{ validationAccuracy: 0.567, rate: 0.003, gradientNorm: 1, zeroShare: 0.5, seconds: 30 },
  });
  const phases = phasesOf();

  function phasesOf() {
    const schedule = { kind: 'constant', peak: 0.003 } as const;
    return [60, 200].map((epochs, i) => ({ epochs, quantize: i > 0, schedule }));
  }

  function terminal(isTTY: boolean) {
    const written: string[] = [];
    return { written, isTTY, columns: 80, write: (text: string) => written.push(text) };
  }

  it('is one line on a terminal, with what is known and what is left', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const screen = terminal(true);
    const progress = new TrainingProgress(phases, null, screen, { NO_COLOR: '1' });
    progress.batch(0, 3, 19);
    progress.epoch(record(0), null);
    progress.epoch(record(1), null);
    vi.advanceTimersByTime(1000);
    progress.batch(2, 19, 19);
    progress.batch(2, 19, 19); // too soon
    progress.stopping();
    vi.advanceTimersByTime(1000);
    progress.batch(3, 1, 19);
    progress.finish();
    vi.useRealTimers();
    expect(screen.written.map((text) => text.replaceAll('\r', '').trim())).toEqual([
      'epoch 1/260 batch 3/19',
      'epoch 3/260 QAT loss 1.234 validation 56.7 % rate 0.0030, 2 h 9 min left',
      'epoch 4/260 QAT loss 1.234 validation 56.7 % rate 0.0030, stopping',
      '',
    ]);
    expect(screen.written.join('')).not.toContain('\x1b');
    expect(Math.max(...screen.written.map((text) => text.length))).toBeLessThanOrEqual(80);
  });

  it('is nothing elsewhere, but for the lines that are asked for', () => {
    const log = terminal(false);
    const progress = new TrainingProgress(phases, 100, log);
    for (let epoch = 0; epoch < 260; epoch++) {
      progress.batch(epoch, 1, 1);
      progress.epoch(record(epoch), null);
    }
    progress.finish();
    expect(log.written.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'epoch 100/260',
      'epoch 200/260',
      'epoch 260/260',
    ]);
  });

  it('durations', () => {
    expect([0.2, 59.4, 59.6, 3590, 5400].map(duration)).toEqual([
      ...['0 s', '59 s', '1 min', '1 h 0 min', '1 h 30 min'],
    ]);
  });
});
