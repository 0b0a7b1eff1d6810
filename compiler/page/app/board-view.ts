// SPDX-License-Identifier: Apache-2.0
/** The emulated board: its LED, its serial terminal, and how it keeps up with the time outside. */
import type { BoardAnswer, BoardRequest } from '../session/messages.ts';
import { button, el, fileButton } from './dom.ts';
import { bytesAt } from './server.ts';

const LINES = 400;

export interface BoardActions {
  /** Connects the board's microphone to the sound. */
  readonly onPort: (port: MessagePort) => void;
}

export interface BoardFile {
  readonly name: string;
  readonly path: string;
}

export class BoardView {
  readonly element: HTMLElement;
  readonly #actions: BoardActions;
  readonly #led = el('div', { class: 'led', role: 'img', 'aria-label': 'LED off' });
  readonly #title = el('h2', {}, 'No firmware yet');
  readonly #note = el('small', {}, 'Choose or drop an image: UF2, ELF or BIN.');
  readonly #state = el('p', { class: 'num' }, '');
  readonly #word = el('p', { class: 'big' }, '');
  readonly #log = el('pre', {
    class: 'terminal mono',
    role: 'log',
    'aria-label': 'Serial terminal',
    tabindex: '0',
  });
  readonly #input = el('input', {
    type: 'text',
    'aria-label': 'Command for the firmware',
    placeholder: 'a command, e.g. info',
    autocomplete: 'off',
    spellcheck: 'false',
    disabled: true,
  });
  #worker: Worker | null = null;

  /** @param firmware image beside the page; @param problem why there is none */
  constructor(firmware: BoardFile | null, problem: string | null, actions: BoardActions) {
    this.#actions = actions;
    const own: HTMLButtonElement[] = [];
    if (firmware !== null) {
      const on = button('Switch on', () => void this.#fetch(firmware, on), { class: 'main', id: 'board-on' });
      own.push(on);
    }
    if (firmware !== null) this.#note.textContent = 'Switch it on, then press Listen or play a sample.';
    else if (problem !== null)
      this.#note.textContent = `${problem} Choose or drop an image: UF2, ELF or BIN.`;
    const choose = fileButton('Choose firmware…', { accept: '.uf2,.elf,.bin' }, ([file]) => {
      if (file !== undefined)
        void file.arrayBuffer().then((bytes) => this.open(file.name, new Uint8Array(bytes)));
    });
    const form = el('form', { class: 'row' }, this.#input);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.element = el(
      'div',
      { class: 'board' },
      el(
        'section',
        { class: 'stack', 'aria-label': 'Board' },
        el(
          'div',
          { class: 'pcb' },
          el('div', { class: 'row spread' }, this.#title, this.#led),
          this.#note,
          this.#word,
          this.#state,
        ),
        el('div', { class: 'row' }, ...own, choose),
        el(
          'p',
          { class: 'empty' },
          'The real image on an emulated ATSAMD21, instruction by instruction, with this page’s sound at its microphone.',
        ),
      ),
      el('section', { class: 'stack', 'aria-label': 'Terminal' }, this.#log, form),
    );
  }

  async #fetch({ name, path }: BoardFile, on: HTMLButtonElement): Promise<void> {
    this.#note.textContent = 'Building the firmware: some seconds …';
    on.disabled = true;
    try {
      this.open(name, await bytesAt(path));
      on.textContent = 'Start again';
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
    on.disabled = false;
  }

  open(name: string, bytes: Uint8Array): void {
    if (this.#worker === null) {
      this.#worker = new Worker('board.js');
      this.#worker.onmessage = ({ data }) => this.#receive(data as BoardAnswer);
      const channel = new MessageChannel();
      this.#worker.postMessage({ type: 'port' }, [channel.port2]);
      this.#actions.onPort(channel.port1);
    }
    this.#log.replaceChildren();
    this.#word.textContent = '';
    this.#post({ type: 'image', name, bytes });
  }

  #post(request: BoardRequest): void {
    this.#worker?.postMessage(request);
  }

  #receive(answer: BoardAnswer): void {
    switch (answer.type) {
      case 'board':
        this.#title.textContent = answer.title;
        this.#note.textContent = `${answer.microphone.toUpperCase()} microphone, image ${answer.digest.slice(0, 12)}`;
        this.#input.disabled = false;
        return;
      case 'lines':
        this.#lines(answer.lines);
        break;
      case 'keyword':
        this.#word.textContent = answer.text;
        return;
      case 'state': {
        const { led, seconds, behind, load } = answer;
        this.#led.classList.toggle('on', led);
        this.#led.setAttribute('aria-label', led ? 'LED on' : 'LED off');
        const late = behind > 0.5 ? `, ${behind.toFixed(1)} s behind: this computer is too slow or busy` : '';
        this.#state.textContent = `${seconds.toFixed(1)} s, CPU awake ${(100 * load).toFixed(1)} %${late}`;
        return;
      }
      case 'failed':
        this.#fail(answer.message);
    }
  }

  #fail(message: string): void {
    this.#note.textContent = message;
  }

  #lines(lines: readonly string[]): void {
    const isAtEnd = this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < 40;
    for (const line of lines) {
      const kind = line.startsWith('event ') ? 'event' : 'line';
      this.#log.append(el('span', { class: kind }, `${line}\n`));
    }
    while (this.#log.childElementCount > LINES) this.#log.firstElementChild?.remove();
    if (isAtEnd) this.#log.scrollTop = this.#log.scrollHeight;
  }

  #send(): void {
    const text = this.#input.value;
    this.#log.append(el('span', { class: 'dim' }, `> ${text}\n`));
    this.#post({ type: 'send', text });
    this.#input.value = '';
  }
}
