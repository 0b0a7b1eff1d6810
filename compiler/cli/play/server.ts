// SPDX-License-Identifier: Apache-2.0
/**
 * The page on this machine's loopback, for this machine's browser. Whatever else can reach the port gets nothing: the Host
 * header must be one of ours (DNS rebinding), writing needs a token that only the page knows, and pages of others may
 * neither read nor embed anything.
 */
import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../../core/base/errors.ts';
import type { Site } from './site.ts';

const ADDRESS = '127.0.0.1';
/** Of a request that writes. */
const MAX_BODY = 64 * 1024;

export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
  'cache-control': 'no-store',
};

export interface Serving {
  /** Where the page is. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param token of the site: the page sends it when it writes
 * @param save writes what the body asks for; @returns a sentence, @throws InputError
 * @param port 0: any that is free
 * @throws InputError where the port is taken
 */
export async function serve(
  site: Site,
  token: string,
  save: (body: Uint8Array) => string,
  port: number,
): Promise<Serving> {
  const server = createServer((request, response) => {
    answer(server, site, token, save, request, response).catch((error: unknown) => {
      const text = error instanceof InputError ? error.message : 'this cannot be sent';
      if (response.headersSent) response.destroy();
      else send(response, error instanceof InputError ? 400 : 500, text);
    });
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const problem = 'this port is not free; --port 0 takes any that is';
      fail(isTaken ? new InputError('--port', problem, String(port)) : error);
    });
    server.listen(port, ADDRESS, done);
  });
  return {
    url: `http://${ADDRESS}:${portOf(server)}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function answer(
  server: Server,
  site: Site,
  token: string,
  save: (body: Uint8Array) => string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const port = portOf(server);
  const hosts = [`${ADDRESS}:${port}`, `localhost:${port}`];
  const { host = '', origin } = request.headers;
  if (!hosts.includes(host)) return send(response, 403, `This page is at http://${ADDRESS}:${port}/ only.`);
  const [path = ''] = (request.url ?? '').split('?');
  if (request.method === 'POST' && path === '/save') {
    const given = request.headers['x-egru-token'];
    const isOurs = origin === undefined || hosts.some((one) => origin === `http://${one}`);
    if (!isOurs || typeof given !== 'string' || !isSame(given, token)) {
      return send(response, 403, 'Only the page itself may write.');
    }
    const body = await bodyOf(request);
    return body === null ? send(response, 413, 'This is too much.') : send(response, 200, save(body));
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return send(response, 405, 'Only GET is answered.');
  const file = site.files.get(path === '/' ? 'index.html' : path.slice(1));
  if (file === undefined) return send(response, 404, 'There is no such file.');
  const bytes = await file.bytes();
  response.writeHead(200, { ...HEADERS, 'content-type': file.type, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** null: larger than anything that the page sends. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    size += (part as Buffer).length;
    if (size > MAX_BODY) return null;
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}
