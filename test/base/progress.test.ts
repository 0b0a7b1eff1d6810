// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Progress } from '../../compiler/host/pool/progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function record(isTTY: boolean) {
  const written: string[] = [];
  return { written, terminal: { isTTY, columns: 60, write: (text: string) => written.push(text) } };
}

it('is silent for a second, then draws one line that fits, and takes it away', () => {
  const { written, terminal } = record(true);
  const progress = new Progress('Checking', terminal, {});
  vi.advanceTimersByTime(999);
  progress.update(1, 4);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1);
  progress.update(2, 4);
  expect(written.join('')).toContain('Checking [############............] 2/4 1 s left');
  progress.update(3, 4); // too soon after the last drawing
  expect(written).toHaveLength(1);
  progress.finish();
  expect(written[1]).toBe('\r\x1b[K');
  progress.finish();
  expect(written).toHaveLength(2);
});

it('uses no escape sequence with NO_COLOR', () => {
  const { written, terminal } = record(true);
  const progress = new Progress('A label that is longer than the terminal is wide, by far', terminal, {
    NO_COLOR: '1',
  });
  vi.advanceTimersByTime(2000);
  progress.update(1, 0);
  progress.finish();
  expect(written.join('')).not.toContain('\x1b');
  expect(written[0]?.trim()).toHaveLength(58); // 59 columns end in a blank
});

it('prints nothing where stderr is not a terminal', () => {
  const { written, terminal } = record(false);
  const progress = new Progress('Checking', terminal, {});
  vi.advanceTimersByTime(5000);
  progress.update(1, 2);
  progress.finish();
  expect(written).toEqual([]);
});
