// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { InputError } from '../../core/base/errors.ts';
import { writeFolder } from '../../host/files/files.ts';
import { saveDetect } from '../play/save.ts';
import { serve } from '../play/server.ts';
import { openSite, type Site, type SiteOptions } from '../play/site.ts';
import { newCommand, wholeNumber } from '../shared/command.ts';
import { interruptible } from '../shared/interrupt.ts';
import { count, fileList, print } from '../shared/output.ts';

interface PlayOptions extends SiteOptions {
  readonly port: number;
  readonly build?: string;
}

const MAX_PORT = 65_535;
/** Any that is rarely taken. */
const PORT = 8484;
/** Side by side on the page. */
const MAX_MODELS = 2;

export function playCommand(): Command {
  return newCommand('play', 'Serve a page that runs a model on your microphone, in your browser.', [
    { command: 'egru play models/spoken-digits', does: 'prints the address of the page; Ctrl-C ends it' },
    { command: 'egru play my-model models/wake-words', does: 'two models side by side' },
    {
      command: 'egru play my-model --build site',
      does: 'the same page as files, for a web server; it cannot save there',
    },
  ])
    .argument('<model...>', 'one or two model folders or program.json files')
    .option('--port <n>', 'port on 127.0.0.1; 0: any that is free', wholeNumber, PORT)
    .option('--samples <path...>', "recordings and folders to offer (default: the model's samples)")
    .option('--firmware <file>', 'image for the emulated board (default: built from the first model)')
    .option('--build <folder>', 'write the page as files, and end')
    .action(run);
}

async function run(models: readonly string[], options: PlayOptions): Promise<void> {
  if (models.length > MAX_MODELS)
    throw new InputError(models[MAX_MODELS] ?? '', 'the page shows two models at most');
  if (options.port > MAX_PORT) throw new InputError('--port', `must be a number from 0 to ${MAX_PORT}`);
  if (options.build !== undefined) return build(options.build, openSite(models, options, null));
  const token = randomBytes(24).toString('hex');
  const site = openSite(models, options, token);
  await interruptible(async ({ signal }) => {
    const serving = await serve(site, token, (body) => saveDetect(models, body), options.port);
    print(`${serving.url} (Ctrl-C ends it)`);
    await new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    await serving.close();
  });
}

async function build(folder: string, site: Site): Promise<void> {
  const files: { path: string; data: Uint8Array }[] = [];
  for (const [path, { bytes }] of site.files) files.push({ path, data: await bytes() });
  writeFolder(folder, files);
  print(
    fileList(
      folder,
      files.map(({ path }) => path),
    ),
  );
  print(
    `${count(
      files.reduce((sum, { data }) => sum + data.length, 0),
      'byte',
    )}; any web server can show it, over https`,
  );
}
