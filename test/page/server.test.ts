// SPDX-License-Identifier: Apache-2.0
/** The server of the page: who gets what, and what may be written. */
import { cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveDetect } from '../../compiler/cli/play/save.ts';
import { POLICY, type Serving, serve } from '../../compiler/cli/play/server.ts';
import { openSite } from '../../compiler/cli/play/site.ts';
import { packagePath } from '../../compiler/host/files/paths.ts';
import type { PlayDocument } from '../../compiler/page/session/play-json.ts';
import { egru, inWork, refusal, write, writeNoise } from '../cli/egru.ts';

const TOKEN = 'a token';
const hostile = '<img src=x onerror=alert(1)>.wav';
let model: string;
let serving: Serving;
let port: number;

beforeAll(async () => {
  model = inWork('model');
  cpSync(packagePath('models', 'wake-words'), model, { recursive: true });
  writeNoise(hostile, 1);
  const site = openSite([model], { samples: [inWork(hostile)] }, TOKEN);
  serving = await serve(site, TOKEN, (body) => saveDetect([model], body), 0);
  port = Number(new URL(serving.url).port);
});
afterAll(() => serving.close());

interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Without a browser's care for headers and paths. */
function ask(path: string, headers: Record<string, string> = {}, body?: string): Promise<Asked> {
  return new Promise((done, fail) => {
    const method = body === undefined ? 'GET' : 'POST';
    const options = {
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { host: `127.0.0.1:${port}`, ...headers },
    };
    const sent = request(options, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        done({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(parts).toString(),
        }),
      );
    });
    sent.on('error', fail);
    sent.end(body);
  });
}

describe('the server', () => {
  it('is on the loopback, and gives the page with a policy that permits no script but its own', async () => {
    expect(serving.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const { status, headers, text } = await ask('/');
    expect([status, headers['content-security-policy']]).toEqual([200, POLICY]);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(POLICY).not.toMatch(/unsafe|\*|http/);
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|style=| on[a-z]+=/);
    // The policy of the header, for pages of files alone; frame-ancestors works in a header only.
    const own = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1];
    expect(own).toBe(POLICY.replace(/; frame-ancestors .*/, ''));
  });

  it('sets texts alone: no source of the page makes markup of one', () => {
    const folder = packagePath('compiler', 'page', 'app');
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(10);
    for (const name of sources) {
      const source = readFileSync(join(folder, name), 'utf8');
      expect(source, name).not.toMatch(
        /(?:inner|outer)HTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser/,
      );
    }
  });

  it('answers no other Host', async () => {
    expect((await ask('/', { host: `localhost:${port}` })).status).toBe(200);
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `[::1]:${port}`,
    ])
      expect((await ask('/play.json', { host })).status, host).toBe(403);
  });

  it('has nothing but the page, the model and the samples', async () => {
    symlinkSync('/etc/hostname', inWork('model', 'link'));
    for (const path of [
      '/package.json',
      '/../package.json',
      '/..%2fpackage.json',
      '/models/0/../../package.json',
      '/models/0/link',
      '/models/0/MODEL_CARD.md',
      '/models/1/model.json',
      '/samples/1.wav',
      '/__proto__',
      '//etc/hostname',
    ])
      expect((await ask(path)).status, path).toBe(404);
    const document = JSON.parse((await ask('/play.json')).text) as PlayDocument;
    expect(document.samples).toEqual([{ name: hostile.replace('.wav', ''), path: 'samples/0.wav' }]);
    for (const path of ['models/0/model.json', 'models/0/weights.safetensors', 'samples/0.wav', 'compute.js'])
      expect((await ask(`/${path}?x=1`)).status, path).toBe(200);
  });

  it('writes for the page alone', async () => {
    const before = readFileSync(join(model, 'model.json'), 'utf8');
    const detect = { keywords: { jarvis: { threshold: 10_000 } }, window: 3 };
    const body = JSON.stringify({ model: 0, detect });
    const token = { 'x-egru-token': TOKEN };
    for (const headers of [
      {},
      { 'x-egru-token': 'a tokem' },
      { ...token, origin: 'http://evil.example' },
      { ...token, origin: 'null' },
      { ...token, host: 'evil.example' },
    ])
      expect((await ask('/save', headers, body)).status).toBe(403);
    for (const bad of [
      '',
      '{"model": 1, "detect": {}}',
      '{"model": 0, "detect": null}',
      '{"model": 0, "detect": {"keywords": {"nobody": {}}}}',
      '{"model": 0, "detect": {"keywords": {"jarvis": {"threshold": 40000}}}}',
    ])
      expect((await ask('/save', token, bad)).status, bad).toBe(400);
    expect((await ask('/save', token, 'x'.repeat(100_000))).status).toBe(413);
    expect((await ask('/play.json', token, body)).status).toBe(405);
    expect(readFileSync(join(model, 'model.json'), 'utf8')).toBe(before);

    const saved = await ask('/save', { ...token, origin: `http://127.0.0.1:${port}` }, body);
    expect([saved.status, saved.text]).toEqual([200, `${join(model, 'model.json')} is saved.`]);
    const document = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as object;
    expect(document).toEqual({ ...JSON.parse(before), detect });
    writeFileSync(join(model, 'model.json'), before);
  });
});

describe('egru play', () => {
  it('writes the page as files', async () => {
    const folder = inWork('site');
    const image = write('firmware.bin', readFileSync(packagePath('README.md')));
    const line = await refusal(['play', model, '--build', folder, '--firmware', image]);
    expect(line).toMatch(/^WORK\/firmware\.bin: is not firmware/);
    expect(existsSync(folder)).toBe(false);
    const environment = { PATH: '/nowhere', EGRU_ARM_PREFIX: '' };
    const { stdout, stderr, code } = await egru(['play', model, '--build', folder], environment);
    expect([stderr, code]).toEqual(['', 0]);
    expect(stdout).toContain('any web server can show it');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    expect(files).toEqual([
      ...['app.js', 'board.js', 'capture.js', 'compute.js', 'cost.js', 'index.html', 'models', 'models/0'],
      ...['models/0/model.json', 'models/0/weights.safetensors', 'play.json', 'style.css'],
    ]);
    const document = JSON.parse(readFileSync(join(folder, 'play.json'), 'utf8')) as PlayDocument;
    expect(document).toMatchObject({ samples: [], firmware: null, token: null });
    expect(document.firmwareProblem).toMatch(/arm-none-eabi-gcc/);
  });

  it('is small: the page with its workers below 300 KB, the emulated board apart', () => {
    const size = (name: string) => statSync(packagePath('build', 'dist', 'page', 'static', name)).size;
    const page = ['index.html', 'style.css', 'app.js', 'compute.js', 'cost.js', 'capture.js'];
    expect(page.reduce((sum, name) => sum + size(name), 0)).toBeLessThan(300_000);
    expect(size('board.js')).toBeLessThan(300_000);
  });

  it('refuses what it cannot show in one line', async () => {
    expect(await refusal(['play', 'models/nothing'])).toMatch(/^models\/nothing: /);
    expect(await refusal(['play', model, model, model])).toContain('two models at most');
    expect(await refusal(['play', model, '--port', '70000'])).toContain('65535');
    expect(await refusal(['play', model, '--port', String(port)])).toBe(
      `--port: this port is not free; --port 0 takes any that is (${port})`,
    );
  });
});
