// SPDX-License-Identifier: Apache-2.0
/** Any bytes and pauses at both ports of a board: it answers afterwards, and computes what it did before. */
import {
  feedCommand,
  PAYLOAD_VALUES,
  parseScores,
  resynchronise,
} from '../../../compiler/machines/protocol/protocol.ts';
import type { Desk } from '../../support/desk.ts';
import { noise } from '../../support/hostile/noise.ts';
import type { Random } from '../../support/random.ts';
import { bursts } from '../../support/stream-program.ts';

const clip = bursts(3 * PAYLOAD_VALUES, 8);
type Port = 'uart' | 'usb';

/** A round. @param before the checksum that the clip has. @returns what was wrong */
export function noiseRound(random: Random, desk: Desk, before: number): string[] {
  const { board } = desk;
  board.send(noise(random));
  if (random.chance(0.8)) board.usb?.write(noise(random));
  board.run(random.pick([1, 5, 30, 100, 1000]));
  // A host that stops reading, is pulled out, or comes back with more.
  const leaves = random.pick(['unplugs', 'closes', 'stays', 'stays', 'stays']);
  if (leaves === 'unplugs') board.usb?.unplug();
  if (leaves === 'closes') board.usb?.close();
  board.run(random.pick([1, 10, 200]));
  if (random.chance(0.3)) board.send(noise(random));
  board.usb?.plug();
  board.usb?.open();
  for (let i = 0; i < 400 && board.usb?.idle !== true; i++) board.run(1);
  const ports: Port[] = random.chance(0.5) ? ['uart', 'usb'] : ['usb', 'uart'];
  const number = random.between(0, 60_000);
  for (const port of ports) {
    const answer = send(desk, port, resynchronise(number), 60);
    if (!answer.includes(`ok sync ${number}\n`))
      return [`${port} is out of step: ${JSON.stringify(answer.slice(-80))}`];
  }
  const checksum = checksumOf(desk, ports[1] ?? 'uart');
  return checksum === before ? [] : [`computes ${checksum} instead of ${before}`];
}

function send(desk: Desk, port: Port, bytes: string | Uint8Array, milliseconds = 30): string {
  return port === 'uart' ? desk.ask(bytes, milliseconds) : desk.askUsb(bytes, milliseconds);
}

/** Over everything that a clip makes the network compute; or what the board answered instead. */
export function checksumOf(desk: Desk, port: Port): number | string {
  send(desk, port, 'listen off\n');
  for (const command of ['stream on', 'trace 0', 'output hash', 'reset']) {
    const answer = send(desk, port, `${command}\n`);
    if (answer !== 'ok\n') return `${command}: ${answer}`;
  }
  for (let at = 0; at < clip.length; at += PAYLOAD_VALUES) {
    send(desk, port, feedCommand(clip.subarray(at, at + PAYLOAD_VALUES)));
  }
  const scores = send(desk, port, 'scores\n').trimEnd();
  return scores.startsWith('ok steps') ? parseScores(scores).crc : scores;
}
