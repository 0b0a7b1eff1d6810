// SPDX-License-Identifier: Apache-2.0
import type { FrontendDefinition } from '../../core/program/frontend-program.ts';
import { Progress } from '../../host/pool/progress.ts';
import type { BackgroundConfig } from '../../training/background/config.ts';
import {
  type BackgroundPlaces,
  type OpenedBackground,
  openBackground,
} from '../../training/background/open.ts';

/** Opens a background; shows how far its features are, and names on stderr what is left out. */
export async function openBackgroundShown(
  config: BackgroundConfig,
  frontend: FrontendDefinition,
  places: BackgroundPlaces,
): Promise<OpenedBackground> {
  const progress = new Progress('Computing features of the background');
  try {
    const opened = await openBackground(config, frontend, places, (done, total) =>
      progress.update(done, total),
    );
    progress.finish();
    for (const { message } of opened.unusable) process.stderr.write(`egru: ${message}; left out\n`);
    return opened;
  } finally {
    progress.finish();
  }
}
