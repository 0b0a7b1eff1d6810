// SPDX-License-Identifier: Apache-2.0
/** A training from recordings to a model folder: features, engine, run, files. */

import { InputError } from '../../core/base/errors.ts';
import { sha256 } from '../../core/base/sha256.ts';
import { frontendDigest } from '../../core/program/digest.ts';
import type { FrontendProgram } from '../../core/program/frontend-program.ts';
import { quantizeFrontend } from '../../core/quant/frontend.ts';
import type { StoredTensor } from '../../core/weights/tensors.ts';
import { type FolderFile, writeFolder } from '../../host/files/files.ts';
import { type Suspect, steadyPlaces, suspectsOf } from '../background/steady.ts';
import { renewFeatures, shareRecordings } from './augment/features.ts';
import type { FeaturesInit, StepLabels } from './augment/features-task.ts';
import { BackgroundFeed } from './background/feed.ts';
import { listenerOf } from './background/listener.ts';
import { trainedCell } from './cells/index.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { shapesOf, type TrainingConfig, WEIGHTS } from './config.ts';
import { Engine, newClips } from './engine/engine.ts';
import { activityOf } from './events.ts';
import type { LossRules } from './loss.ts';
import { modelJson, recordText } from './model-files.ts';
import { type Network, networkOf } from './network.ts';
import { newRunState, phaseAt, type RunEnd, type RunHooks, type RunState, run } from './run.ts';
import { digestOf, type TrainingClip, type TrainingData } from './training-data.ts';
import { parametersFrom, weightsFile } from './weights.ts';

/** Windows of background that validate, at least. */
const LEAST_WINDOWS = 64;

/** Tensors of a weights file with the names and shapes of the network. */
export interface StartWeights {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

export class TrainingJob {
  readonly network: Network;
  readonly state: RunState;
  readonly #config: TrainingConfig;
  readonly #data: TrainingData;
  readonly #frontend: FrontendProgram;
  readonly #digest: string;
  /** SHA-256 of the parameters that it began with, and whether all were given; null: random ones. */
  readonly #start: { readonly digest: string; readonly isWhole: boolean } | null;

  /**
   * @param checkpoint a file to go on from; null: from the start
   * @param start weights to begin with; null: random ones
   * @throws InputError where there is nothing to train on or to validate with, or where the checkpoint belongs to
   * another configuration or other recordings
   */
  constructor(
    config: TrainingConfig,
    data: TrainingData,
    checkpoint: string | null = null,
    start: StartWeights | null = null,
  ) {
    for (const part of ['training', 'validation'] as const) {
      if (data[part].length === 0) {
        throw new InputError(
          'dataset',
          `no recording is left for ${part}; change "split" of the configuration`,
        );
      }
    }
    if (data.computed === true && config.augment !== null) throw new Error('features cannot be augmented');
    this.#config = config;
    this.#data = data;
    this.#frontend = quantizeFrontend(config.frontend);
    this.#digest = digestOf(data);
    this.network = networkOf(shapesOf(config, config.frontend.bins, data.labels.length));
    const first = start && parametersFrom(start.file, this.network, start.tensors, config.seed);
    this.#start = first && {
      digest: sha256(new Uint8Array(first.parameters.buffer)),
      isWhole: first.isWhole,
    };
    this.state =
      checkpoint === null
        ? newRunState(this.network, config.seed, first?.parameters)
        : readCheckpoint(checkpoint, this.#identity(), this.network);
  }

  /** What a checkpoint must agree with. */
  #identity(): object {
    return {
      ...this.#config,
      dataset: this.#digest,
      ...(this.#start && { start: this.#start.digest }),
    };
  }

  saveCheckpoint(path: string): void {
    writeCheckpoint(path, this.#identity(), this.state);
  }

  /**
   * Trains until the end; the parameters are in `state`.
   * @param threads null: as many as the machine has
   */
  async run(hooks: RunHooks = {}, threads: number | null = null): Promise<RunEnd> {
    const { labels, batch, augment, renew, steps } = this.#config;
    const all = [...this.#data.training, ...this.#data.validation];
    const labelsPerClip = labels === 'clip' ? 1 : steps;
    const windows = this.#windows();
    const total = all.length + windows.validation + windows.training;
    const clips = newClips(total, steps, this.network.inputs, labelsPerClip);
    if (total > all.length) clips.labels.fill(this.#backgroundLabel, all.length * labelsPerClip);
    all.forEach(({ label }, i) => {
      clips.labels.fill(label, i * labelsPerClip, (i + 1) * labelsPerClip);
    });
    const computed = this.#data.computed === true;
    const features: FeaturesInit = {
      frontend: this.#frontend,
      steps,
      clips: shareRecordings(computed ? [] : all.map(({ samples }) => samples)),
      backgrounds: shareRecordings(this.#data.backgrounds),
      rules: null,
      seed: this.#config.seed,
      round: 0,
      features: clips.features,
      others: this.#data.training.map((_, i) => i),
      labels: this.#stepLabels(clips.labels),
    };
    const count = this.#data.training.length;
    const training = Int32Array.from({ length: count }, (_, i) => i);
    const validation = Int32Array.from({ length: all.length - count }, (_, i) => count + i);
    const feed = this.#feed();
    const place = (index: number) => index * steps * this.network.inputs;
    feed?.fillValidation(clips.features.subarray(place(all.length), place(total - windows.training)));
    const slots = clips.features.subarray(place(total - windows.training));
    if (computed) {
      const size = steps * this.network.inputs;
      for (const [i, { samples }] of all.entries()) clips.features.set(samples, i * size);
    } else {
      await renewFeatures(features, validation);
      if (augment === null) await renewFeatures(features, training);
    }
    let round = -1;
    const prepare = async (epoch: number): Promise<void> => {
      await hooks.prepare?.(epoch);
      if (feed !== null) {
        await this.#mine(feed, epoch, hooks);
        feed.fill(slots, epoch, this.state.mining?.places ?? null);
      }
      const due = Math.floor(epoch / renew);
      if (augment === null || due === round) return;
      round = due;
      await renewFeatures({ ...features, rules: augment, round, absolute: feed !== null }, training);
      feed?.mixInto(clips.features.subarray(0, place(count)), round);
    };

    const rules = this.#lossRules();
    const engine = new Engine(this.network, rules, steps, clips, batch, threads ?? undefined);
    try {
      await engine.ready();
      const keep = this.#config.keep ?? ('best' as const);
      const activity = activityOf(this.#config, this.network);
      const runRules = { ...this.#config, keep, quantization: this.#config, activity };
      // Clips and windows of background: those that train lie at the end, those that validate before them.
      const trained = Int32Array.from([...training, ...range(total - windows.training, total)]);
      const validated = Int32Array.from([...validation, ...range(all.length, total - windows.training)]);
      return await run(engine, this.network, runRules, trained, validated, this.state, {
        ...hooks,
        prepare,
      });
    } finally {
      await engine.close();
    }
  }

  /** What a trainer elsewhere goes on from (export.ts), with hard places where this one starts from weights. */
  async described() {
    const feed = this.#feed();
    if (feed !== null) await this.#mine(feed, 0, {});
    return {
      ...{ config: this.#config, data: this.#data, frontend: this.#frontend, digest: this.#digest, feed },
      model: modelJson(this.#config, this.#data, this.network),
      mining: this.state.mining,
      stepLabels: (steps: Int32Array) => this.#stepLabels(steps),
    };
  }

  /** Windows of background of an epoch, and those that validate: as many as there are keywords, and a few at least. */
  #windows(): { training: number; validation: number } {
    const { training, validation, background } = this.#data;
    if (background == null) return { training: 0, validation: 0 };
    const label = this.#backgroundLabel;
    const keywords = (clips: readonly TrainingClip[]) => clips.filter((clip) => clip.label !== label).length;
    return {
      training: Math.ceil(background.config.windows * keywords(training)),
      validation: Math.max(LEAST_WINDOWS, keywords(validation)),
    };
  }

  /** Of a model that listens to a stream; -1: it does not. */
  get #backgroundLabel(): number {
    const { labels } = this.#config;
    return typeof labels === 'string' ? -1 : this.#data.labels.indexOf(labels.background);
  }

  #feed(): BackgroundFeed | null {
    const { background } = this.#data;
    if (background == null) return null;
    const { steps, augment, seed } = this.#config;
    return new BackgroundFeed(background, this.#frontend, steps, augment, seed);
  }

  /** Weights that listen have to mean something: quantized ones, or those that the training started from. */
  async #mine(feed: BackgroundFeed, epoch: number, hooks: RunHooks): Promise<void> {
    const { phases, cell, loss } = this.#config;
    const phase = phases[phaseAt(phases, epoch)?.index ?? 0];
    const isUsable = epoch === 0 ? this.#start?.isWhole === true : phase?.quantize === true;
    if (!feed.isDue(epoch) || !isUsable || !trainedCell({ type: cell }).compiled) return;
    const keywords = this.#data.labels.filter((_, label) => label !== this.#backgroundLabel);
    const model = modelJson(this.#config, this.#data, this.network);
    const weights = weightsFile(this.network, this.state.parameters, this.#metadata());
    const listener = listenerOf(model, weights, keywords, loss.scale / 2);
    const { places, record } = await feed.mine(listener, this.#data.validation, epoch);
    const before = this.state.mining;
    const steady = steadyPlaces(before?.steady ?? null, places);
    this.state.mining = { places, steady, rounds: [...(before?.rounds ?? []), record] };
    hooks.onMining?.(record);
  }

  /** Places of the background that fired in every round of mining, as if it held a keyword there. */
  suspects(): Suspect[] {
    const { background } = this.#data;
    const { mining } = this.state;
    if (background == null || mining === null) return [];
    const seconds = this.#frontend.hop / this.#frontend.sampleRate;
    return suspectsOf(mining.steady, mining.rounds.length, background.train, background.names, seconds);
  }

  #metadata(): Record<string, string> {
    return { frontendDigest: frontendDigest(this.#config.frontend) };
  }

  /** Labels that follow the words; null where every clip, or every step of it, has the clip's. */
  #stepLabels(steps: Int32Array): StepLabels | null {
    const { labels } = this.#config;
    if (typeof labels === 'string') return null;
    const { training, validation } = this.#data;
    const { background: name, from, hold, hardNegatives } = labels;
    const background = this.#data.labels.indexOf(name);
    const truths = Int32Array.from([...training, ...validation], ({ label }) => label);
    return { rules: { background, from, hold, hardNegatives }, truths, steps };
  }

  #lossRules(): LossRules {
    const { loss, labels, readout } = this.#config;
    const { scale, smoothing, classWeights } = loss;
    const stream = typeof labels === 'string' ? null : labels;
    const background = stream === null ? -1 : this.#data.labels.indexOf(stream.background);
    const clip = stream === null || stream.clip === 0 ? null : { weight: stream.clip, background };
    const adjust = this.#data.labels.map((_, k) => (k === background ? (stream?.adjust ?? 0) : 0));
    const rules = {
      readout: labels === 'clip' ? readout.rule : ('steps' as const),
      scale,
      smoothing,
      clip,
      adjust,
    };
    if (classWeights === 'equal') return { ...rules, classWeights: [] };
    if (classWeights !== 'balanced') return { ...rules, classWeights };
    const counts = this.#data.labels.map(
      (_, label) => this.#data.training.filter((clip) => clip.label === label).length,
    );
    const mean = this.#data.training.length / counts.length;
    return { ...rules, classWeights: counts.map((count) => mean / Math.max(1, count)) };
  }

  /**
   * Writes the model folder: model.json (of an eGRU), the best weights and training.json with configuration and curves.
   * @throws InputError where it cannot be written
   */
  writeModel(folder: string, end: RunEnd): string[] {
    return writeFolder(folder, this.#modelFiles(end));
  }

  #modelFiles(end: RunEnd): FolderFile[] {
    const { best, parameters, records } = this.state;
    const weights = weightsFile(this.network, best?.parameters ?? parameters, this.#metadata());
    const files: FolderFile[] = [
      { path: WEIGHTS, data: weights },
      { path: 'training.json', data: recordText(this.#record(end), records) },
    ];
    if (!trainedCell({ type: this.#config.cell }).compiled) return files;
    const model = modelJson(this.#config, this.#data, this.network);
    return [{ path: 'model.json', data: `${JSON.stringify(model, null, 2)}\n` }, ...files];
  }

  /** training.json */
  #record(end: RunEnd): object {
    const { best } = this.state;
    const { labels, training, validation } = this.#data;
    const diverged = end.reason === 'diverged' ? { epoch: end.failure.epoch, step: end.failure.step } : null;
    return {
      format: 1,
      configuration: this.#config,
      ...(this.#start && { start: this.#start.digest }),
      dataset: {
        ...{ labels, training: training.length, validation: validation.length, sha256: this.#digest },
        ...this.#data.about,
      },
      end: end.reason,
      ...(diverged === null ? {} : { diverged }),
      ...(this.state.mining === null ? {} : { mining: this.state.mining.rounds, suspects: this.suspects() }),
      best: best === null ? null : { ...best, parameters: undefined },
    };
  }
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
