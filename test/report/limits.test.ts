// SPDX-License-Identifier: Apache-2.0
/** compile within a budget of flash or of cycles. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { egru, inWork, json, MODEL } from '../cli/egru.ts';

describe('limits of flash', () => {
  interface Compiled {
    readonly kernel: string | null;
    readonly files: readonly string[];
    readonly estimates: readonly {
      readonly kernel: string;
      readonly flash: number;
      readonly cyclesMax: number;
    }[];
  }
  const compile = async (args: readonly string[], code = 0) =>
    (await json(['compile', MODEL, '-o', inWork('limited'), ...args], code)) as unknown as Compiled;

  it('auto takes the fastest kernel that fits', async () => {
    const { kernel, estimates } = await compile([]);
    expect(kernel).toBe('unrolled');
    const flash = estimates.map((one) => one.flash);
    const [unrolled = 0] = flash;
    expect(Math.max(...flash)).toBe(unrolled);
    expect((await compile(['--max-flash', `${unrolled - 1}`])).kernel).toMatch(/^mixed:\d+$/);
    expect((await compile(['--max-flash', `${Math.min(...flash)}`])).kernel).toBe('packed');
  });

  it('the smallest kernel within a number of cycles', async () => {
    const { kernel, estimates } = await compile(['--max-cycles', '40000']);
    expect(kernel).toMatch(/^mixed:\d+$/);
    const chosen = estimates.find((one) => one.kernel === kernel);
    expect(chosen?.cyclesMax).toBeLessThanOrEqual(40_000);
    expect(chosen?.flash).toBeLessThan(estimates[0]?.flash ?? 0);
    const refused = await egru(['compile', MODEL, '-o', inWork('slow'), '--max-cycles', '1000']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/takes \d+ cycles, --max-cycles allows 1000; nothing written\n$/);
  });

  it('ends with 1 where none does, and writes nothing', async () => {
    const args = ['compile', MODEL, '-o', inWork('unlimited'), '--max-flash', '1000'];
    const { code, stdout, stderr } = await egru(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^egru: models\/spoken-digits: needs \d+ bytes of flash, --max-flash allows 1000; nothing written\n$/,
    );
    expect(existsSync(inWork('unlimited'))).toBe(false);
    const document = await egru([...args, '--kernel', 'packed', '--json']);
    expect(JSON.parse(document.stdout)).toMatchObject({ kernel: null, files: [] });
  });
});
