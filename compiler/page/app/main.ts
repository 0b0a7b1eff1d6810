// SPDX-License-Identifier: Apache-2.0
/** The page: sound in at the top, models, recordings and the board below, and the workers behind them. */

import type { ProgramLoad } from '../../report/measure/load.ts';
import type { Answer, ModelBytes, Request } from '../session/messages.ts';
import type { PlayDocument } from '../session/play-json.ts';
import { BoardView } from './board-view.ts';
import { downloadWav } from './clips.ts';
import { button, byId, download, el, fileButton } from './dom.ts';
import { readFiles, takeDrops } from './drop.ts';
import { type OpenMicrophone, openMicrophone, playSound } from './microphone.ts';
import { ModelView } from './model-view.ts';
import { readPalette } from './palette.ts';
import { RecordView } from './record-view.ts';
import { bytesAt, modelAt, readPlay, saveDetect } from './server.ts';
import { tabs } from './tabs.ts';

/** Milliseconds between two pictures, and between two looks at the digest. */
const PICTURE_EVERY = 80;
const DIGEST_EVERY = 1000;
/** Milliseconds until a detection has lost its colour. */
const FADED = 1600;

class Page {
  readonly #play: PlayDocument;
  readonly #compute = new Worker('compute.js');
  readonly #cost = new Worker('cost.js');
  readonly #views = new Map<number, ModelView>();
  /** Models of the server by the slots that hold them: only these can be saved. */
  readonly #served = new Map<number, number>();
  readonly #models = el('div', { class: 'models' });
  readonly #record: RecordView;
  readonly #board: BoardView;
  readonly #listen = button('Listen', () => void this.#toggle(), {
    class: 'main',
    id: 'listen',
    'aria-pressed': 'false',
  });
  readonly #finish = button('To its end', () => this.#ask({ type: 'finish' }), {
    id: 'finish',
    hidden: true,
  });
  readonly #compare: HTMLElement;
  #palette = readPalette();
  #microphone: OpenMicrophone | null = null;
  #stopSpeakers: () => void = () => {};
  /** Where the next model that is given goes. */
  #next = 0;
  #pictureAt = 0;
  #isDue = false;

  constructor(play: PlayDocument) {
    this.#play = play;
    this.#record = new RecordView(this.#palette, (request) => this.#ask(request));
    this.#board = new BoardView(play.firmware, play.firmwareProblem, {
      onPort: (port) => this.#compute.postMessage({ type: 'port', of: 'board' }, [port]),
    });
    this.#compare = fileButton(
      'Compare with…',
      { multiple: true, accept: '.json,.safetensors,.npz,.pt,.pth' },
      (files) => {
        this.#next = 1;
        void this.#files(files);
      },
    );
    this.#compute.onmessage = ({ data }) => this.#receive(data as Answer);
    this.#compute.onerror = ({ message }) =>
      this.#say(`A defect of egru stops this page (${message}). Load it again.`, true);
    this.#cost.onmessage = ({ data }) => {
      const { slot, load } = data as { readonly slot: number; readonly load: ProgramLoad };
      this.#views.get(slot)?.setLoad(load);
    };
  }

  async start(): Promise<void> {
    this.#build();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#colours());
    takeDrops((files) => void this.#files(files));
    setInterval(() => this.#digests(), DIGEST_EVERY);
    for (const [slot, model] of this.#play.models.entries()) {
      this.#served.set(slot, slot);
      this.#load(slot, await modelAt(model));
    }
    this.#say('Press Listen and speak, choose a recording, or drop one here.');
  }

  #build(): void {
    byId('controls').append(
      this.#listen,
      fileButton(
        'Play a file…',
        { accept: '.wav,.wave,.flac,.ogg,.oga' },
        (files) => void this.#files(files),
      ),
      fileButton('Open a model…', { multiple: true, accept: '.json,.safetensors,.npz,.pt,.pth' }, (files) => {
        this.#next = 0;
        void this.#files(files);
      }),
      this.#compare,
      this.#finish,
    );
    const samples = byId('samples');
    samples.hidden = this.#play.samples.length === 0;
    const play = (name: string, path: string) =>
      void bytesAt(path).then((bytes) => this.#ask({ type: 'file', name, bytes }, [bytes.buffer]));
    samples.append(
      el('small', {}, 'Samples'),
      ...this.#play.samples.map(({ name, path }) => button(name, () => play(name, path), { class: 'chip' })),
    );
    const live = el('div', {}, this.#models);
    const list = [
      { id: 'live', title: 'Live', panel: live },
      { id: 'record', title: 'Record', panel: this.#record.element },
      { id: 'board', title: 'Board', panel: this.#board.element },
    ];
    byId('tabs').append(tabs(list, () => this.#draw()));
    byId('views').append(...list.map(({ panel }) => panel));
  }

  #ask(request: Request, handed: readonly ArrayBufferLike[] = []): void {
    this.#compute.postMessage(request, handed as Transferable[]);
  }

  #say(text: string, isBad = false): void {
    const status = byId('status');
    status.textContent = text;
    status.classList.toggle('bad', isBad);
  }

  #load(slot: number, files: ModelBytes): void {
    this.#ask({ type: 'load', slot, files });
  }

  async #files(files: readonly File[]): Promise<void> {
    const { models, recordings, images, problem } = await readFiles(files);
    if (problem !== null) return this.#say(problem, true);
    for (const model of models.slice(0, 2)) {
      this.#served.delete(this.#next);
      this.#load(this.#next, model);
      this.#next = 1;
    }
    this.#next = 0;
    const [recording] = recordings;
    if (recording !== undefined) this.#ask({ type: 'file', ...recording });
    const [image] = images;
    if (image !== undefined) this.#board.open(image.name, image.bytes);
    if (image !== undefined) byId('tab-board').click();
  }

  #receive(answer: Answer): void {
    switch (answer.type) {
      case 'loaded':
        this.#loaded(answer);
        break;
      case 'frames':
        this.#frames(answer);
        break;
      case 'playing':
        this.#playing(answer);
        break;
      case 'ended':
        this.#finish.hidden = true;
        this.#digests();
        this.#say('The recording is over.');
        break;
      case 'digest':
        this.#views.get(answer.slot)?.digest(answer.digest, answer.steps);
        break;
      case 'recording':
        downloadWav('run.wav', answer.recording.samples, answer.recording.sampleRate);
        break;
      case 'save':
        this.#save(answer);
        break;
      case 'clip':
        this.#record.add(answer.clip);
        break;
      case 'level':
        this.#record.level(answer.level, answer.open);
        break;
      case 'failed':
        this.#say(answer.message, true);
        break;
    }
  }

  #loaded({ slot, info }: Extract<Answer, { type: 'loaded' }>): void {
    const canSave = this.#play.token !== null && this.#served.has(slot) && info.file === 'model.json';
    const view = new ModelView(info, this.#palette, {
      onChange: () => this.#draw(),
      onDetect: (detect) => this.#ask({ type: 'detect', slot, detect }),
      onDownload: () => this.#ask({ type: 'save', slot, how: 'download' }),
      onSave: canSave ? () => this.#ask({ type: 'save', slot, how: 'folder' }) : null,
      onRecording: () => this.#ask({ type: 'recording', slot }),
      onClose: slot === 0 ? null : () => this.#close(slot),
    });
    this.#views.set(slot, view);
    const ordered = [...this.#views].sort(([a], [b]) => a - b).map(([, { element }]) => element);
    this.#models.replaceChildren(...ordered);
    this.#compare.hidden = this.#views.has(1);
    if (slot === 0) {
      document.title = `${info.name} – egru play`;
      this.#record.suggest(info.program.labels);
    }
    this.#cost.postMessage({ slot, program: info.program });
  }

  #close(slot: number): void {
    this.#ask({ type: 'unload', slot });
    this.#views.get(slot)?.element.remove();
    this.#views.delete(slot);
    this.#served.delete(slot);
    this.#compare.hidden = false;
  }

  #save({ slot, how, text, detect }: Extract<Answer, { type: 'save' }>): void {
    const view = this.#views.get(slot);
    const model = this.#served.get(slot);
    if (view === undefined) return;
    const { file } = view.info;
    if (how === 'download') {
      download(file, text, 'application/json');
      view.saved(`${file} is downloaded, with these settings.`);
    } else if (model !== undefined && this.#play.token !== null) {
      void saveDetect(model, this.#play.token, detect).then((said) => view.saved(said));
    }
  }

  #playing({ name, sound, notes }: Extract<Answer, { type: 'playing' }>): void {
    this.#silence();
    this.#stopSpeakers = playSound(sound);
    this.#finish.hidden = false;
    const seconds = (sound.samples.length / sound.sampleRate).toFixed(1);
    this.#say(`Playing ${name}, ${seconds} s.${notes.map((note) => ` It ${note}.`).join('')}`);
  }

  async #toggle(): Promise<void> {
    if (this.#microphone !== null) {
      this.#ask({ type: 'stop' });
      this.#silence();
      this.#digests();
      return this.#say('The microphone is off. The run can be downloaded.');
    }
    this.#stopSpeakers();
    this.#finish.hidden = true;
    try {
      const begin = (sampleRate: number, port: MessagePort) => {
        this.#ask({ type: 'microphone', sampleRate });
        this.#compute.postMessage({ type: 'port', of: 'microphone' }, [port]);
      };
      this.#microphone = await openMicrophone(begin, () => {
        this.#silence();
        this.#say('The microphone is gone. Connect it and press Listen again.', true);
      });
    } catch (error) {
      return this.#say(error instanceof Error ? error.message : String(error), true);
    }
    const { name, sampleRate } = this.#microphone;
    this.#listen.textContent = 'Stop';
    this.#listen.classList.add('on');
    this.#listen.setAttribute('aria-pressed', 'true');
    this.#record.microphone(true);
    this.#say(`Listening: ${name}, ${sampleRate / 1000} kHz. Nothing leaves this machine.`);
  }

  /** Neither microphone nor speakers. */
  #silence(): void {
    this.#stopSpeakers();
    this.#stopSpeakers = () => {};
    this.#finish.hidden = true;
    this.#microphone?.close();
    this.#microphone = null;
    this.#listen.textContent = 'Listen';
    this.#listen.classList.remove('on');
    this.#listen.setAttribute('aria-pressed', 'false');
    this.#record.microphone(false);
  }

  #digests(): void {
    for (const slot of this.#views.keys()) this.#ask({ type: 'digest', slot });
  }

  #colours(): void {
    this.#palette = readPalette();
    for (const view of this.#views.values()) view.use(this.#palette);
    this.#record.use(this.#palette);
  }

  #frames({ slot, frames }: Extract<Answer, { type: 'frames' }>): void {
    this.#views.get(slot)?.frames(frames, performance.now());
    this.#draw();
    // The colour of what has just been detected fades.
    if (frames.events.length > 0) setTimeout(() => this.#draw(), FADED);
  }

  /** Soon, and once however often it is called until then; not while nobody can see it. */
  #draw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    const wait = Math.max(0, this.#pictureAt + PICTURE_EVERY - performance.now());
    setTimeout(() => requestAnimationFrame(() => this.#drawNow()), wait);
  }

  #drawNow(): void {
    this.#isDue = false;
    this.#pictureAt = performance.now();
    if (this.#models.offsetParent === null) return;
    for (const view of this.#views.values()) view.draw(this.#pictureAt);
  }
}

try {
  await new Page(await readPlay()).start();
} catch (error) {
  byId('status').textContent = error instanceof Error ? error.message : String(error);
  byId('status').classList.add('bad');
}
