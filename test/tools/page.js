// SPDX-License-Identifier: Apache-2.0
// What the page of `egru play` costs the computer: its size, how long it takes to start with an empty cache, the CPU time of
// all of the browser's processes while it listens, and how fast the emulated board runs. Needs chromium.
// node test/tools/page.js [seconds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { chromium } from 'playwright-core';

const SECONDS = Number(process.argv[2] ?? 10);
const MODEL = 'models/spoken-digits';
/** Of /proc/PID/stat: ticks in a second. */
const TICKS = 100;

/** Every process below one, itself included, with its CPU time in seconds. */
function cpuSeconds(root) {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        return [
          { pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) },
        ];
      } catch {
        return []; // it has ended meanwhile
      }
    });
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  return processes.reduce((sum, { pid, ticks }) => sum + (tree.has(pid) ? ticks / TICKS : 0), 0);
}

const page = 'build/dist/page/static';
const size = (...names) => names.reduce((sum, name) => sum + statSync(`${page}/${name}`).size, 0);
const loaded = size('index.html', 'style.css', 'app.js', 'compute.js', 'cost.js', 'capture.js');
console.log(`page ${loaded} bytes, emulated board ${size('board.js')} bytes`);

const server = spawn('node', ['compiler/bin/egru.js', 'play', MODEL, '--port', '0']);
const [line] = await once(server.stdout, 'data');
const url = String(line).split(' ')[0] ?? '';
const browserServer = await chromium.launchServer({
  executablePath: '/usr/bin/chromium',
  args: [
    ...['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream'],
    ...[
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${process.cwd()}/${MODEL}/samples/7_engb_0.wav`,
    ],
  ],
});
const browser = await chromium.connect(browserServer.wsEndpoint());
const root = browserServer.process().pid;
const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
const begin = performance.now();
await tab.goto(url);
await tab.locator('.model').waitFor();
console.log(`started in ${((performance.now() - begin) / 1000).toFixed(2)} s`);
await tab.getByText(/unrolled \d/).waitFor({ timeout: 120_000 });

/** Share of one core over the time. */
async function share() {
  const [cpu, time] = [cpuSeconds(root), performance.now()];
  await tab.waitForTimeout(1000 * SECONDS);
  return (1000 * (cpuSeconds(root) - cpu)) / (performance.now() - time);
}
const percent = (value) => `${(100 * value).toFixed(1)} %`;
console.log(`at rest ${percent(await share())} of one core`);
await tab.locator('#listen').click();
await tab.waitForTimeout(1000);
console.log(`listening ${percent(await share())} of one core`);
await tab.getByRole('tab', { name: 'Board' }).click();
await tab.locator('#board-on').click();
await tab.getByRole('heading', { name: 'Arduino Zero' }).waitFor({ timeout: 120_000 });
await tab.waitForTimeout(3000);
console.log(`with the emulated board ${percent(await share())} of one core`);
console.log(`the board: ${await tab.locator('.pcb .num').innerText()}`);
await browser.close();
await browserServer.close();
server.kill('SIGINT');
