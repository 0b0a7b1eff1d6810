// SPDX-License-Identifier: Apache-2.0
/** The package is packed, installed in an empty folder, and used from there: its command, its types, docs/LIBRARY.md. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../compiler/host/files/paths.ts';
import { type Installed, installPackage } from '../support/installed.ts';
import { lacking } from '../support/needs.ts';

let app: Installed;
beforeAll(async () => {
  app = await installPackage();
  // What a web server would show.
  symlinkSync('node_modules/egru/models', join(app.folder, 'models'));
  writeFileSync(join(app.folder, 'fetch.js'), FETCH);
});
afterAll(() => app?.remove());

/** A page's fetch, for programs that run here: relative addresses are files. */
const FETCH = `import { readFileSync } from 'node:fs';
globalThis.fetch = async (path) => new Response(readFileSync(path));
`;

/** Type-checks a program as strictly as users may, with the types of a page and none of Node's, and runs it. */
async function runTypeScript(name: string, text: string): Promise<string> {
  writeFileSync(join(app.folder, `${name}.ts`), text);
  const tsc = packagePath('node_modules', 'typescript', 'bin', 'tsc');
  const options = '--strict --skipLibCheck false --exactOptionalPropertyTypes --noUncheckedIndexedAccess';
  const target = '--module nodenext --target es2023';
  await app
    .run(process.execPath, tsc, ...options.split(' '), ...target.split(' '), '--types', '', `${name}.ts`)
    .catch((error: { stdout?: string }) => {
      throw new Error(`${name}.ts: ${error.stdout}`);
    });
  return app.run(process.execPath, '--import', './fetch.js', `${name}.js`);
}

describe('the package', () => {
  it('holds what users need, and no tests', () => {
    for (const path of [
      'build/dist/index.js',
      'build/dist/index.d.ts',
      'build/dist/core/index.d.ts',
      'docs/LIBRARY.md',
      'runtime-c/egru.h',
      'models/spoken-digits/samples/7_engb_0.wav',
      'LICENSE',
      'README.md',
    ])
      expect(app.files).toContain(path);
    expect(app.files.filter((path) => /^test\/|\.test\.|vitest/.test(path))).toEqual([]);
  });

  it('brings its dependencies along', () => {
    expect([...app.dependencies].some((name) => name.startsWith('commander@'))).toBe(true);
    expect([...app.dependencies].filter((name) => /^(vitest|typescript|rolldown)@/.test(name))).toEqual([]);
  });

  it('speaks with the synthesizer that comes along', async () => {
    const words = ['data', 'speak', 'lamp', '-o', 'words', '--count', '1', '--negatives', '0'];
    const output = await app.run('npx', '--no-install', 'egru', ...words, '--engine', 'flite');
    expect(output).toContain('1 recording of lamp\n  flite: 4 voices, 1 recording\n');
  });

  it('serves a strict TypeScript program of ten lines', async () => {
    const program = `import { loadProgram, type Program, readWav, runClip, traceLayout } from 'egru';
const folder = 'node_modules/egru/models/spoken-digits';
const program: Program = loadProgram(folder);
const { samples } = readWav(\`\${folder}/samples/7_engb_0.wav\`, program.frontend?.sampleRate);
const { labelName, trace, steps } = runClip(program, samples, { trace: true });
const label: string | null = labelName;
const { width } = traceLayout(program);
if (trace?.length !== steps * width) throw new Error('the trace is not whole');
console.log(label);
export {};
`;
    expect(program.trim().split('\n').length).toBe(10);
    expect(await runTypeScript('ten', program)).toBe('seven\n');
    await expect(runTypeScript('wrong', program.replace('string | null', 'number'))).rejects.toThrow(
      'TS2322',
    );
  });

  it('exports its entries alone', async () => {
    const inside = "import('egru/build/dist/index.js').catch(({ code }) => console.log(code));";
    expect(await app.run(process.execPath, '--eval', inside)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });
});

describe.skipIf(lacking('arm'))('the installed command', () => {
  it('runs the demo', async () => {
    const output = await app.run('npx', '--no-install', 'egru', 'demo', '-o', 'demo');
    expect(output).toContain('reference = host = chip: 12 clips, 768 steps, 0 differences');
  });

  it('measures', async () => {
    const model = 'node_modules/egru/models/spoken-digits';
    const output = await app.run(
      'npx',
      '--no-install',
      'egru',
      'bench',
      model,
      `${model}/samples`,
      '--limit',
      '1',
    );
    expect(output).toContain('64 steps of 1 recording');
    expect(output).toMatch(/^unrolled +[\d,]+ /m);
  });
});

describe('docs/LIBRARY.md', () => {
  const text = readFileSync(packagePath('docs', 'LIBRARY.md'), 'utf8');
  const examples = [
    ...text.matchAll(/^## (.*)\n(?:(?!^## )[\s\S])*?^```ts\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```$/gm),
  ].map(([, title = '', program = '', output = '']) => ({ title, program, output }));
  const needsChip = ({ program }: { program: string }) => /buildFirmware|firmware\.uf2/.test(program);

  it('has examples', () => {
    expect(examples.length).toBe(text.match(/^```ts$/gm)?.length);
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples.filter((example) => !needsChip(example)))('$title', async ({ title, program, output }) => {
    expect(await runTypeScript(title.replaceAll(/\W+/g, '-'), program)).toBe(output);
  });

  it.skipIf(lacking('arm')).each(examples.filter(needsChip))('$title', async ({ title, program, output }) => {
    expect(await runTypeScript(title.replaceAll(/\W+/g, '-'), program)).toBe(output);
  });
});
