// SPDX-License-Identifier: Apache-2.0
/** What people call the folder of everything that is not a keyword. */
const NAMES = ['other', 'background', 'unknown', 'noise', '_background_noise_', '_unknown_'];

/** The label of background by its name, upper or lower case; null: none is called so. */
export function backgroundAmong(labels: readonly string[]): string | null {
  const lower = labels.map((label) => label.toLowerCase());
  for (const name of NAMES) {
    const index = lower.indexOf(name);
    if (index >= 0) return labels[index] ?? null;
  }
  return null;
}
