// SPDX-License-Identifier: Apache-2.0
/** The computer's microphone, to the worker that computes; and sound to the speakers. */
import type { Clip } from '../session/messages.ts';

export interface OpenMicrophone {
  /** Hz */
  readonly sampleRate: number;
  /** What the computer calls it. */
  readonly name: string;
  close(): void;
}

/** No processing: a board has none, and what the browser does to speech is made for people. */
const CONSTRAINTS: MediaStreamConstraints = {
  audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
};

/**
 * Asks for the microphone and sends its samples.
 * @param to the worker's end of the sound; @param onLost called where the microphone goes away
 * @throws Error with a sentence for the user
 */
export async function openMicrophone(
  begin: (sampleRate: number, port: MessagePort) => void,
  onLost: () => void,
): Promise<OpenMicrophone> {
  // Absent on pages that are neither local nor encrypted.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new Error(PROBLEMS.InsecureContext);
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia(CONSTRAINTS);
  } catch (error) {
    throw new Error(problem(error));
  }
  const context = new AudioContext();
  await context.audioWorklet.addModule('capture.js');
  const node = new AudioWorkletNode(context, 'capture', { numberOfOutputs: 0 });
  const channel = new MessageChannel();
  begin(context.sampleRate, channel.port2);
  node.port.postMessage('port', [channel.port1]);
  const source = context.createMediaStreamSource(stream);
  source.connect(node);
  const [track] = stream.getAudioTracks();
  track?.addEventListener('ended', onLost);
  await context.resume();
  return {
    sampleRate: context.sampleRate,
    name: track?.label ?? 'microphone',
    close() {
      track?.removeEventListener('ended', onLost);
      source.disconnect();
      for (const one of stream.getTracks()) one.stop();
      void context.close();
    },
  };
}

const PROBLEMS = {
  NotAllowedError:
    'The microphone was refused. Allow it for this page, in the address bar or the settings of the browser, and press Listen again; files work without it.',
  NotFoundError:
    'This computer has no microphone. Connect one and press Listen again; files work without it.',
  NotReadableError: 'Another program uses the microphone, or the system refuses it. Files work without it.',
  InsecureContext:
    'Browsers give the microphone to pages on this machine (http://127.0.0.1) or over https only. Files work without it.',
} as const;

function problem(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name in PROBLEMS) return PROBLEMS[name as keyof typeof PROBLEMS];
  return `The microphone cannot be opened (${error instanceof Error ? error.message : String(error)}). Files work without it.`;
}

let speakers: AudioContext | null = null;

/** Rates that every browser plays. */
const PLAYABLE = { min: 8000, max: 96_000 };

/** Plays a sound from its beginning; one of an unusual rate stays silent. @returns what stops it */
export function playSound({ samples, sampleRate }: Clip): () => void {
  if (sampleRate < PLAYABLE.min || sampleRate > PLAYABLE.max || samples.length === 0) return () => {};
  speakers ??= new AudioContext();
  void speakers.resume();
  const buffer = speakers.createBuffer(1, samples.length, sampleRate);
  buffer.copyToChannel(
    Float32Array.from(samples, (value) => value / 32768),
    0,
  );
  const source = new AudioBufferSourceNode(speakers, { buffer });
  source.connect(speakers.destination);
  source.start();
  return () => source.stop();
}
