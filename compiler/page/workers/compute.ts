// SPDX-License-Identifier: Apache-2.0
/** The worker that computes. A message with a port is the microphone's or the board's end of the sound. */
import { Engine } from '../session/engine.ts';
import type { Request } from '../session/messages.ts';
import { scope } from './scope.ts';

const engine = new Engine((answer, handed) => scope.postMessage(answer, handed));

scope.onmessage = ({ data, ports: [port] }) => {
  const message = data as Request | { readonly type: 'port'; readonly of: 'microphone' | 'board' };
  if (message.type !== 'port') return engine.receive(message);
  if (port === undefined) return;
  if (message.of === 'board') {
    engine.connectBoard((sound, handed) => port.postMessage(sound, handed));
    return;
  }
  port.onmessage = ({ data }) => engine.receive({ type: 'sound', samples: data as Float32Array });
};
