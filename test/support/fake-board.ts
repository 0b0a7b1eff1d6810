// SPDX-License-Identifier: Apache-2.0
/** A simulated board: it answers as a test demands, rightly or not, in this process or behind a pseudo-terminal. */
import { crc32 } from '../../compiler/core/base/crc32.ts';
import { programDigest } from '../../compiler/core/program/digest.ts';
import { inputsOf, outputsOf, type Program } from '../../compiler/core/program/program.ts';
import { Link, type Wire } from '../../compiler/machines/device/link.ts';
import { openPseudoTerminal, type PseudoTerminal } from '../../compiler/machines/device/pseudo-terminal.ts';

/** To a command, what comes instead of the answer of an honest board; undefined: that one. */
export type Answers = (command: string) => string | undefined;

const HEX = 'a'.repeat(64);

export class FakeBoard {
  /** Every command that came, without payloads and empty lines. */
  readonly commands: string[] = [];
  send: (text: string) => void = () => {};
  readonly #program: Program;
  readonly #answers: Answers;
  #said = '';
  /** Bytes of payload that the command before needs, and the command. */
  #payload = 0;
  #command = '';
  /** Samples since the last reset. */
  #fed = 0;

  constructor(program: Program, answers: Answers = () => undefined) {
    this.#program = program;
    this.#answers = answers;
  }

  push(bytes: Uint8Array): void {
    this.#said += Buffer.from(bytes).toString('latin1');
    for (;;) {
      if (this.#payload > 0) {
        if (this.#said.length < this.#payload) return;
        this.#said = this.#said.slice(this.#payload);
        this.#payload = 0;
        this.#answer(this.#command);
        continue;
      }
      const end = this.#said.indexOf('\n');
      if (end < 0) return;
      const command = this.#said.slice(0, end);
      this.#said = this.#said.slice(end + 1);
      if (command === '') continue;
      this.commands.push(command);
      this.#command = command;
      const [word, what, count] = command.split(' ');
      if (word === 'feed') this.#payload = 2 * Number(what);
      else if (word === 'update' && what === 'page' && count !== undefined) this.#payload = 64;
      else this.#answer(command);
    }
  }

  /** A block of sound. */
  block(number: number): void {
    const samples = Buffer.alloc(64, number & 0x7f);
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(crc32(samples));
    this.send(`pcm ${number}\n${samples.toString('latin1')}${crc.toString('latin1')}`);
  }

  #answer(command: string): void {
    if (command.startsWith('feed ')) this.#fed += Number(command.split(' ')[1]);
    if (command === 'reset') this.#fed = 0;
    this.send(this.#answers(command) ?? this.#honest(command));
  }

  #honest(command: string): string {
    const program = this.#program;
    const [inputs, outputs] = [inputsOf(program), outputsOf(program)];
    const { frame, hop } = program.frontend ?? { frame: 0, hop: 0 };
    const steps =
      hop === 0 ? Math.floor(this.#fed / inputs) : Math.max(0, Math.floor((this.#fed - frame) / hop) + 1);
    const [word = '', index = ''] = command.split(' ');
    switch (word) {
      case 'sync':
        return `ok ${command}\n`;
      case 'info':
        return `ok egru protocol 2 board feather_m0 mic i2s abi 1 frame ${frame} hop ${hop} inputs ${inputs} outputs ${outputs} layers 2 payload 256 digest ${programDigest(program)}\n`;
      case 'versions':
        return 'ok versions region 1 bytes 1000 arena 10 crc 00000000 kernel packed compiler 0.1.0 toolchain gcc\n';
      case 'digests':
        return `ok digests weights ${HEX} vectors ${HEX}\n`;
      case 'name':
        return `ok name ${bytesOf(program.name)}\n`;
      case 'label':
        return `ok label ${index} ${bytesOf(program.labels[Number(index)] ?? '')}\n`;
      case 'feed':
        return `ok ${steps}\n`;
      case 'scores':
        return `ok steps ${steps} crc 00000000 label 0 scores${' 0'.repeat(outputs)}\n`;
      case 'learn':
        return 'ok learn examples 0 kept 0 area empty bytes 100\n';
      case 'stats':
        return 'ok stats frames 7 overruns 0 dropped 0 cycles 1 2 3 stack 1 of 2048 reset power-on\n';
      default:
        return 'ok\n';
    }
  }
}

/** The characters of a line are bytes. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** In this process. */
export function fakeLink(program: Program, answers?: Answers): { board: FakeBoard; link: Link } {
  const board = new FakeBoard(program, answers);
  const wire: Wire = {
    path: 'fake',
    onBytes: () => {},
    write: async (bytes) => board.push(bytes),
    close: async () => {},
  };
  const link = new Link(wire, 300);
  board.send = (text) => wire.onBytes(Buffer.from(text, 'latin1'));
  return { board, link };
}

/** For programs that open a port. */
export async function fakePort(
  program: Program,
  answers?: Answers,
): Promise<{ board: FakeBoard; terminal: PseudoTerminal }> {
  const board = new FakeBoard(program, answers);
  const terminal = await openPseudoTerminal();
  terminal.onBytes = (bytes) => board.push(bytes);
  board.send = (text) => void terminal.write(Buffer.from(text, 'latin1'));
  return { board, terminal };
}
