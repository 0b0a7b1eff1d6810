// SPDX-License-Identifier: Apache-2.0
/** Wrong answers of a board: one line that names its port, never a defect of ours. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../compiler/core/base/errors.ts';
import { BoardExecutor } from '../../compiler/machines/device/device-executor.ts';
import { identify, labelsOf } from '../../compiler/machines/device/identity.ts';
import type { Link } from '../../compiler/machines/device/link.ts';
import { take } from '../../compiler/machines/device/recording.ts';
import { ReferenceExecutor } from '../../compiler/machines/execute/reference.ts';
import { AnswerReader } from '../../compiler/machines/protocol/protocol.ts';
import { verify } from '../../compiler/machines/verify/verify.ts';
import { verifyStreams } from '../../compiler/machines/verify/verify-streams.ts';
import { type Answers, fakeLink } from '../support/fake-board.ts';
import { bursts, listener } from '../support/stream-program.ts';

const program = {
  ...listener({ frame: 128, hop: 128, seed: 114, last: 'dense' }),
  readout: { steps: 20, rule: 'sum' } as const,
};
const clip = { file: 'clip', samples: bursts(2000, 1) };

/** The one line that a user would see. */
async function line(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

const to =
  (word: string, answer: string): Answers =>
  (command) =>
    command.split(' ')[0] === word ? answer : undefined;

async function compared(answers: Answers, stream: boolean): Promise<string> {
  const { link } = fakeLink(program, answers);
  const machine = await BoardExecutor.open(link, [program]);
  const reference = new ReferenceExecutor(program);
  const judged = stream
    ? verifyStreams(program, [clip], reference, [machine])
    : verify(program, [clip], reference, [machine]);
  const said = await line(judged);
  await machine.close();
  return said;
}

describe('verify', () => {
  const record = (bytes: Buffer, crc: string) => `trace\n${bytes.toString('latin1')}${crc}ok 1\n`;
  const zeros = ' 0'.repeat(program.labels.length);
  it.each([
    ['steps without end', 'feed', 'ok 999999999\n', /^fake: "feed 256" is answered by "ok 999999999"$/],
    ['steps that are no number', 'feed', 'ok many\n', /^fake: "feed 256" is answered by "ok many"$/],
    [
      'scores that are none',
      'scores',
      'ok nothing\n',
      /^fake: the firmware answers "ok nothing" to "scores"$/,
    ],
    [
      'too few scores',
      'scores',
      'ok steps 15 crc 00000000 label 0 scores 1\n',
      /^fake: "scores" is answered by/,
    ],
    [
      'a label out of range',
      'scores',
      `ok steps 15 crc 00000000 label 99 scores${zeros}\n`,
      /^fake: "scores" is answered by/,
    ],
    [
      'a score beyond int32',
      'scores',
      `ok steps 15 crc 00000000 label 0 scores${zeros.replace('0', '4294967296')}\n`,
      /^fake: the firmware answers .* to "scores"$/,
    ],
    [
      'scores of other steps',
      'scores',
      `ok steps 14 crc 00000000 label 0 scores${zeros}\n`,
      /^fake: "scores" is answered by/,
    ],
    [
      'a damaged record',
      'feed',
      record(Buffer.alloc(400), '1234'),
      /^fake: a record of the firmware arrived damaged/,
    ],
    ['a word that nothing knows', 'feed', 'nonsense\n', /^fake: the firmware answers "nonsense"$/],
    [
      'a line without an end',
      'feed',
      'x'.repeat(5000),
      /^fake: the firmware sends 4096 bytes without a line end$/,
    ],
    ['events without an end', 'feed', 'event 1 2 3\n'.repeat(300), /^fake: .* over 256 records or events/],
  ])('gets %s', async (_, word, answer, message) => {
    expect(await compared(to(word, answer), false)).toMatch(message);
  });

  it.each([
    [
      'an event of a label that there is not',
      `event 999 127 20000\nok 1\n`,
      /^fake: an event of label 999, where there are \d+$/,
    ],
    [
      'an event of a time that has not come',
      'event 0 4000000000 20000\nok 1\n',
      /^fake: an event of frame \d+, where there are/,
    ],
    [
      'an event whose label no number holds',
      `event ${'9'.repeat(300)} 127 2\nok 1\n`,
      /^fake: the firmware answers "event 999/,
    ],
  ])('--stream gets %s', async (_, answer, message) => {
    let first = true;
    const answers: Answers = (command) => {
      if (!command.startsWith('feed ') || !first) return undefined;
      first = false;
      return answer;
    };
    expect(await compared(answers, true)).toMatch(message);
  });

  it.each([false, true])(
    'is sent a trace that contradicts itself, or is of the wrong kind (stream: %s)',
    async (stream) => {
      const { crc32 } = await import('../../compiler/core/base/crc32.ts');
      const { clipRecordSizes, streamRecordSizes } = await import(
        '../../compiler/machines/protocol/records.ts'
      );
      const sizes = stream ? streamRecordSizes(egru) : clipRecordSizes(egru);
      for (const [word, length, message] of [
        ['trace', sizes.trace, 'fake: step 0: logits and outputs of the last layer differ'],
        ['logits', sizes.logits, `fake: step 0: its record has ${sizes.logits} bytes`],
      ] as const) {
        const content = Buffer.alloc(length);
        content[clipRecordSizes(egru).trace - 4] = 1; // a logit, where its layer has 0
        const crc = Buffer.alloc(4);
        crc.writeUInt32LE(crc32(content));
        let tracing = false;
        const { link } = fakeLink(egru, (command) => {
          if (command.startsWith('trace ')) tracing = command !== 'trace 0';
          if (command.startsWith('scores'))
            return `ok steps 15 crc 00000000 label 0 scores${' 0'.repeat(egru.labels.length)}\n`;
          if (!tracing || !command.startsWith('feed ')) return undefined;
          tracing = false;
          return `${word}\n${content.toString('latin1')}${crc.toString('latin1')}ok 1\n`;
        });
        const machine = await BoardExecutor.open(link, [egru]);
        const running = stream ? machine.listen([clip.samples], true) : machine.run([clip.samples], true);
        expect(await line(running)).toBe(message);
        await machine.close();
      }
    },
  );
  const egru = {
    ...program,
    ...listener({ frame: 128, hop: 128, seed: 67, last: 'egru' }),
    readout: program.readout,
  };

  it('switches the microphone on again after an error, though the two ends were out of step', async () => {
    const { board, link } = fakeLink(program, to('feed', 'x'.repeat(5000)));
    const machine = await BoardExecutor.open(link, [program]);
    await line(machine.run([clip.samples], true));
    board.commands.length = 0;
    await machine.close();
    expect(board.commands).toEqual([
      expect.stringMatching(/sync \d+$/),
      'output none',
      'trace 0',
      'listen on',
    ]);
  });

  it('closes while it runs, too', async () => {
    const { board, link } = fakeLink(program);
    const machine = await BoardExecutor.open(link, [program]);
    const running = machine.run([clip.samples], true).catch((error: Error) => error.name);
    await machine.close();
    expect(await running).toBe('AbortError');
    expect(board.commands.at(-1)).toBe('listen on');
  });

  it('leaves a board with another program as it is', async () => {
    const { board, link } = fakeLink(program);
    expect(await line(BoardExecutor.open(link, []))).toMatch(/^fake: the board holds another program/);
    expect(board.commands).not.toContain('listen off');
  });
});

describe('a board that introduces itself', () => {
  const info = (facts: string) =>
    `ok egru protocol 2 board b mic m abi 1 ${facts} inputs 1 layers 1 payload 256 digest ${'a'.repeat(64)}\n`;
  it.each([
    [
      'outputs without end',
      'info',
      info('frame 1 hop 1 outputs 1000000000'),
      /states outputs 1000000000, at most 8192 fit$/,
    ],
    ['no outputs', 'info', info('frame 1 hop 1'), /states outputs nowhere/],
    ['a frame that is no number', 'info', info('frame x hop 1 outputs 1'), /states frame x/],
    ['no digest', 'info', info('frame 1 hop 1 outputs 1').replace('aa', 'xx'), /"info" is answered by/],
    ['no versions', 'versions', 'ok 1\n', /"versions" is answered by "ok 1"$/],
    ['no digests', 'digests', 'ok\n', /"digests" is answered by "ok"$/],
    ['another label', 'label', 'ok label 7 seven\n', /"label 0" is answered by "ok label 7 seven"$/],
    ['no label', 'label', 'ok\n', /"label 0" is answered by "ok"$/],
  ])('with %s', async (_, word, answer, message) => {
    const { link } = fakeLink(program, to(word, answer));
    await link.sync();
    const said = await line(identify(link).then(({ model }) => labelsOf(link, model?.outputs ?? 0)));
    expect(said).toMatch(/^fake: /);
    expect(said).toMatch(message);
  });

  it('in any language', async () => {
    const { link } = fakeLink({ ...program, name: 'zürich 一' });
    await link.sync();
    expect((await identify(link)).model?.name).toBe('zürich 一');
  });
});

describe('events', () => {
  const bytes = (text: string) => [...Buffer.from(text, 'latin1')];

  it('that belong to no answer are passed on and not kept', () => {
    const reader = new AnswerReader({ trace: 0, logits: 0 });
    const passed: string[] = [];
    reader.onLine = (text) => passed.push(text);
    reader.waiting = false;
    for (const byte of bytes('event 1 2 3\n'.repeat(1000))) reader.push(byte);
    reader.waiting = true;
    const [answer] = bytes('event 4 5 6\nok 1\n').flatMap((byte) => reader.push(byte) ?? []);
    expect(answer?.events).toEqual([{ label: 4, sample: 5, score: 6, after: 0 }]);
    expect(passed).toHaveLength(1001);
  });

  it('of a link between two answers are in neither', async () => {
    const { board, link } = fakeLink(program, (command) =>
      command.startsWith('feed') ? 'event 4 5 6\nok 1\n' : undefined,
    );
    await link.sync();
    board.send('event 1 2 3\n'.repeat(300));
    const answer = await link.exchange(Buffer.from('feed 1 00000000\n..'), 'feed');
    expect(answer.events).toHaveLength(1);
  });
});

describe('a take', () => {
  it('that fails is not announced once more', async () => {
    const { board, link } = fakeLink(program);
    await link.sync();
    let begins = 0;
    const taking = record(link, () => begins++);
    for (let i = 0; i < 40; i++) board.block(2 * i);
    expect(await line(taking)).toBe('fake: blocks of sound are missing: use the USB port');
    expect(begins).toBe(3);
  });

  it('that is whole is not touched by what comes behind it', async () => {
    const { board, link } = fakeLink(program);
    await link.sync();
    let begins = 0;
    const taking = take(link, {
      length: 64,
      skip: 0,
      onBegin: () => begins++,
      signal: new AbortController().signal,
    });
    for (const number of [0, 1, 7, 9]) board.block(number);
    expect(new Set(await taking)).toEqual(new Set([0, 0x0101]));
    expect(begins).toBe(1);
  });

  function record(link: Link, onBegin: () => void) {
    return take(link, { length: 3200, skip: 2, onBegin, signal: new AbortController().signal });
  }
});
