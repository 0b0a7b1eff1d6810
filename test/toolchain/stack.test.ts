// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseElf } from '../../compiler/machines/image/elf.ts';
import {
  type BuildFile,
  buildImage,
  compileFlags,
  findToolchain,
} from '../../compiler/machines/toolchain/arm.ts';
import { ImageCode } from '../../compiler/machines/toolchain/code.ts';
import { type StackOptions, type StackUse, stackUse } from '../../compiler/machines/toolchain/stack.ts';
import { walkFunction } from '../../compiler/machines/toolchain/stack-walk.ts';
import { smallBuild } from '../support/arm-image.ts';

const EXCEPTION_FRAME = 36;
const PRELUDE = '#define KEEP __attribute__((noinline, noclone))\nint entry(int n);\n';

async function measure(
  source: string,
  options: StackOptions = {},
  handlers: string[] = [],
): Promise<StackUse> {
  const image = await buildImage(smallBuild(PRELUDE + source));
  return stackUse(parseElf(image.elf, 'image.elf'), 'entry', handlers, options);
}

/** An assembly function `entry` of these instructions. */
async function assembly(lines: string, statement = ''): Promise<StackUse> {
  const file: BuildFile = {
    path: 'src/entry.S',
    text:
      '.syntax unified\n.thumb\n.text\n.global entry\n.type entry, %function\n.thumb_func\nentry:\n' +
      `${lines}\n.size entry, . - entry\n${statement}\n`,
  };
  const image = await buildImage(smallBuild('typedef int unused;', [file]));
  return stackUse(parseElf(image.elf, 'image.elf'), 'entry', []);
}

describe('stack use proven from the machine code', () => {
  it('follows calls and takes the deepest', async () => {
    const use = await measure(`
      KEEP int leaf(volatile int *p) { volatile int big[100]; big[0] = p[0]; return big[0]; }
      KEEP int shallow(volatile int *p) { return p[1]; }
      int entry(int n) { volatile int x[4] = {n}; return leaf(x) + shallow(x); }
    `);
    const frames = Object.fromEntries(use.path.map(({ name, own }) => [name, own]));
    expect(use.path.map(({ name }) => name)).toEqual(['entry', 'leaf']);
    expect(frames.leaf).toBe(400);
    expect(use.thread).toBe((frames.entry ?? 0) + 400);
    expect(use.functions.get('shallow')).toBe(0);
  });

  it('understands frames that are too large for one instruction', async () => {
    const use = await measure('int entry(int n) { volatile int big[700]; big[n] = 1; return big[0]; }');
    expect(use.thread).toBeGreaterThanOrEqual(2800);
    expect(use.thread).toBeLessThanOrEqual(2800 + 24);
  });

  it('adds an exception and its handler', async () => {
    const use = await measure(
      `int entry(int n) { return n; }
       static void handler(void) { volatile int x[10]; x[0] = 1; (void)x[0]; }
       __attribute__((section(".vectors"), used)) void (*const vectors[])(void) = {handler};`,
      {},
      ['handler'],
    );
    expect(use).toMatchObject({ thread: 0, worst: EXCEPTION_FRAME + 40 });
  });

  it('agrees with what the compiler states of every function', async () => {
    const source = `${PRELUDE}
      KEEP int a(int n) { volatile char x[50]; x[n] = 1; return x[0]; }
      KEEP int b(int n) { volatile char x[200]; x[n] = (char)a(n); return x[0] + 1; }
      KEEP int c(int n, int m, int o, int p, int q) { return a(n) + a(m) + a(o) + a(p) + a(q); }
      int entry(int n) { return b(n) + c(n, n, n, n, n); }
    `;
    const folder = mkdtempSync(join(tmpdir(), 'egru-stack-'));
    writeFileSync(join(folder, 'x.c'), source);
    execFileSync(findToolchain().gcc, [...compileFlags, '-O2', '-fstack-usage', '-c', 'x.c'], {
      cwd: folder,
    });
    const stated = readFileSync(join(folder, 'x.su'), 'utf8').matchAll(/^\S+:(\w+)\t(\d+)\tstatic$/gm);
    rmSync(folder, { recursive: true });

    const image = await buildImage(smallBuild(source));
    const code = new ImageCode(parseElf(image.elf, 'image.elf'));
    const own = code.functions.map((f) => [f.name, walkFunction(code, f).own]);
    expect(own.length).toBe(4);
    expect(Object.fromEntries(own)).toEqual(
      Object.fromEntries([...stated].map(([, f = '', n]) => [f, Number(n)])),
    );
  });

  it('finds recursion, through several functions too', async () => {
    await expect(
      measure('int entry(int n) { volatile int x = n; return n > 0 ? entry(n - 1) + x : 0; }'),
    ).rejects.toThrow(/recursion, entry -> entry/);
    await expect(
      measure(`
        KEEP int odd(int n);
        KEEP int even(int n) { volatile int x = n; return n == 0 ? x : odd(n - 1) + x; }
        KEEP int odd(int n) { volatile int x = n; return n == 0 ? x : even(n - 1) + x; }
        int entry(int n) { return even(n) + 1; }
      `),
    ).rejects.toThrow(/recursion, even -> odd -> even/);
  });

  const CALLBACK = `
    KEEP int small(int n) { return n; }
    KEEP int large(int n) { volatile int x[50]; x[n] = n; return x[0]; }
    int (*volatile pointer)(int) = small;
    int (*other)(int) = large;
    int entry(int n) { if (n) pointer = other; return pointer(n) + 1; }
  `;

  it('refuses a call through a pointer, unless its targets are known', async () => {
    await expect(measure(CALLBACK)).rejects.toThrow(/entry calls through a pointer with unknown targets/);
    const use = await measure(CALLBACK, { indirect: new Map([['entry', ['small', 'large']]]) });
    expect(use.path.map(({ name }) => name)).toEqual(['entry', 'large']);
  });

  it('refuses a stack that grows with data', async () => {
    await expect(measure('int entry(int n) { volatile char x[n]; x[0] = 1; return x[0]; }')).rejects.toThrow(
      /stack use cannot be proven: entry: the stack pointer takes an unknown value/,
    );
  });

  it('refuses assembly that it cannot follow', async () => {
    await expect(assembly('push {r4, lr}\npop {r4}\nbx lr')).rejects.toThrow(
      /return with the stack pointer off by 4/,
    );
    await expect(assembly('1: push {r4}\nb 1b')).rejects.toThrow(/the stack grows around a loop/);
    await expect(assembly('mov sp, r0\nbx lr')).rejects.toThrow(/takes an unknown value/);
    await expect(assembly('msr msp, r0\nbx lr')).rejects.toThrow(/special register/);
    await expect(assembly('add sp, #8\nbx lr')).rejects.toThrow(/rises above its value at entry/);
    await expect(assembly('mov pc, r0')).rejects.toThrow(/computed jump/);
    await expect(assembly('movs r0, #1')).rejects.toThrow(/execution leaves the function/);
  });

  it('follows stack pointers that are copied, moved and restored', async () => {
    const frame =
      'push {r4-r7, lr}\nmov r7, sp\nldr r6, =-1024\nadd sp, r6\nsub sp, #16\nmov sp, r7\npop {r4-r7, pc}';
    expect((await assembly(`${frame}\n.ltorg`)).thread).toBe(20 + 1024 + 16);
  });

  it('holds assembly to the use that it states', async () => {
    const body = 'push {r4, lr}\nsub sp, #32\nadd sp, #32\npop {r4, pc}';
    const state = (bytes: number) => `.global entry.stack\n.equ entry.stack, ${bytes}`;
    expect((await assembly(body, state(40))).thread).toBe(40);
    await expect(assembly(body, state(36))).rejects.toThrow(/entry states 36 bytes of stack and uses 40/);
  });
});
