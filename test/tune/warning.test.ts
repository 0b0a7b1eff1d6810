// SPDX-License-Identifier: Apache-2.0
/** Which models are put on a board with a warning. */
import { describe, expect, it } from 'vitest';
import { listeningWarning } from '../../compiler/cli/shared/listening-warning.ts';
import { listener } from '../support/stream-program.ts';

const made = listener({ frame: 128, hop: 128, seed: 3, last: 'dense', labels: 3 });
const labels = ['lamp', 'other', 'radio'];
const keywords = [0, 2].map((label) => ({ label, threshold: 20000, release: 16000 }));
const tuned = { ...made, labels, detect: { ...made.detect, keywords } };
const { detect, ...clips } = tuned;
const text = (program: Parameters<typeof listeningWarning>[1]) =>
  listeningWarning('my model', program).join('\n');

describe('a model', () => {
  it('with thresholds for its keywords, and a label that is none, needs none', () => {
    expect(text(tuned)).toBe('');
    const fed = { ...tuned, frontend: null };
    expect(text(fed)).toBe('');
  });

  it('without "detect" fires at every label: it is told how to choose thresholds', () => {
    expect(text(clips)).toMatch(/^WARNING: my model will raise false alarms\.\n/);
    expect(text(clips)).toContain('each of its 3 labels fires as a keyword, "other" too,');
    expect(text(clips)).toContain("egru tune 'my model' --keywords WORDS --background FOLDER");
  });

  it('that knows words alone is told what to train with', () => {
    const words = text({ ...clips, labels: ['lamp', 'chair', 'radio'] });
    expect(words).toContain('each of its 3 labels fires as a keyword,');
    expect(words).toMatch(
      /has no label for background either[\s\S]*folder\n"other" beside the words and train again/,
    );
  });

  it('whose background is a keyword, or whose threshold is next to nothing', () => {
    const all = [...keywords, { label: 1, threshold: 20000, release: 9000 }];
    expect(text({ ...tuned, detect: { ...detect, keywords: all } })).toMatch(/label "other" is a keyword/);
    const low = [{ label: 2, threshold: 1, release: 1 }];
    const warning = text({ ...tuned, detect: { ...detect, keywords: low } });
    expect(warning).toContain('The threshold of "radio" is 1 in Q15, 0.0 % of certainty.');
  });

  it('has lines that fit a terminal', () => {
    const lines = [clips, { ...clips, labels: ['lamp', 'chair', 'radio'] }].flatMap((program) =>
      listeningWarning('models/my-model', program),
    );
    expect(lines.filter((line) => line.length > 90)).toEqual([]);
  });
});
