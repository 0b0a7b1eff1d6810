// SPDX-License-Identifier: Apache-2.0
/** A recording as a model hears it: every integer of the stream, reduced to what a picture has room for. */
import { cellOf } from '../../core/program/cells/index.ts';
import { streamTraceLayout } from '../../core/program/stream-trace.ts';
import { listen } from '../../core/sim/listen.ts';
import { Stream } from '../../core/sim/stream.ts';
import { heardRate, hearingOf } from '../../host/audio/heard.ts';
import { readRecording, type SoundProgram } from '../../machines/batch/stream-input.ts';

export interface EventFacts {
  readonly label: string;
  /** Smoothed posterior, Q15. */
  readonly score: number;
  readonly seconds: number;
}

/** Values of units over time. */
export interface ImageFacts {
  readonly name: string;
  /** "features", "states" or "logits". */
  readonly kind: 'features' | 'states' | 'logits';
  readonly columns: number;
  readonly units: number;
  /** Column by column: of the frames of a column the value of largest magnitude. */
  readonly values: Int32Array;
}

export interface KeywordFacts {
  readonly label: string;
  /** Q15. */
  readonly threshold: number;
  /** Smoothed posterior by column, the largest of its frames, Q15. */
  readonly scores: Int32Array;
}

export interface RecordingFacts {
  readonly file: string;
  /** What is shown and played, as the feature extractor gets it; `whole`: of the recording. */
  readonly samples: Int16Array;
  readonly sampleRate: number;
  readonly seconds: number;
  readonly whole: number;
  readonly columns: number;
  /** Least and largest sample of each column, two and two. */
  readonly wave: Int16Array;
  readonly images: readonly ImageFacts[];
  readonly keywords: readonly KeywordFacts[];
  readonly events: readonly EventFacts[];
  /** Share of the frames in which the network slept, because voice activity found silence. */
  readonly gated: number;
}

/** Of a recording that is shown. */
const MOST_SECONDS = 20;
const MOST_COLUMNS = 500;

export async function gatherRecording(program: SoundProgram, file: string): Promise<RecordingFacts> {
  const sampleRate = Math.round(heardRate(hearingOf(program)));
  const recording = await readRecording(program, file);
  const samples = recording.slice(0, MOST_SECONDS * sampleRate);
  const { steps, events, trace } = listen(new Stream(program), program, samples, true);
  if (trace === null) throw new Error('a trace was asked for');
  const { groups, width } = streamTraceLayout(program);
  const columns = Math.max(1, Math.min(MOST_COLUMNS, steps));
  const column = (step: number) => Math.floor((step * columns) / Math.max(1, steps));
  /** Of the frames of each column the values of largest magnitude. */
  const reduce = (offset: number, units: number): Int32Array => {
    const values = new Int32Array(columns * units);
    for (let step = 0; step < steps; step++) {
      for (let unit = 0, to = column(step) * units; unit < units; unit++, to++) {
        const value = trace[step * width + offset + unit] ?? 0;
        if (Math.abs(value) > Math.abs(values[to] ?? 0)) values[to] = value;
      }
    }
    return values;
  };
  const group = (name: string) => groups.findLast((one) => one.name === name)?.offset ?? 0;
  const images = groups
    .filter(({ layer }) => layer < program.layers.length)
    .map(({ name, layer, offset, units }): ImageFacts | null => {
      const own = program.layers[layer];
      const kind = own === undefined ? 'features' : layer === program.layers.length - 1 ? 'logits' : 'states';
      if (kind === 'states' && own !== undefined && !cellOf(own).recurrent) return null;
      return { name, kind, columns, units, values: reduce(offset, units) };
    })
    .filter((image) => image !== null);
  const { detect, labels } = program;
  const sums = reduce(group('sums'), detect.keywords.length);
  let gated = 0;
  for (let step = 0; step < steps; step++) if ((trace[step * width + group('vad') + 1] ?? 0) > 0) gated++;
  return {
    ...{ file, samples, sampleRate, columns, images },
    seconds: samples.length / sampleRate,
    whole: recording.length / sampleRate,
    wave: envelope(samples, columns),
    keywords: detect.keywords.map(({ label, threshold }, k) => ({
      ...{ label: labels[label] ?? '', threshold },
      scores: Int32Array.from({ length: columns }, (_, at) =>
        Math.floor((sums[at * detect.keywords.length + k] ?? 0) / detect.window),
      ),
    })),
    events: events.map(({ label, score, sample }) => ({
      ...{ label: labels[label] ?? '', score, seconds: (sample + 1) / sampleRate },
    })),
    gated: steps === 0 ? 0 : gated / steps,
  };
}

function envelope(samples: Int16Array, columns: number): Int16Array {
  const wave = new Int16Array(2 * columns);
  for (let i = 0; i < columns; i++) {
    const [from, to] = [i, i + 1].map((at) => Math.floor((at * samples.length) / columns));
    for (const value of samples.subarray(from, to)) {
      wave[2 * i] = Math.min(wave[2 * i] ?? 0, value);
      wave[2 * i + 1] = Math.max(wave[2 * i + 1] ?? 0, value);
    }
  }
  return wave;
}
