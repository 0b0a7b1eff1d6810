// SPDX-License-Identifier: Apache-2.0
/** The worker that emulates a board. The message with a port brings the sound. */
import { BoardEngine } from '../board/board-engine.ts';
import type { BoardRequest } from '../session/messages.ts';
import { scope } from './scope.ts';

const engine = new BoardEngine((answer) => scope.postMessage(answer));

scope.onmessage = ({ data, ports: [port] }) => {
  const message = data as BoardRequest | { readonly type: 'port' };
  if (message.type !== 'port') return engine.receive(message);
  if (port !== undefined) port.onmessage = ({ data }) => engine.receive(data as BoardRequest);
};
