// SPDX-License-Identifier: Apache-2.0
/** The ecosystems that a library is exported for. */

/** What `--as` takes, and what it stands for. */
export const EXPORT_KINDS = {
  arduino: 'Arduino library: Arduino IDE and arduino-cli',
  platformio: 'PlatformIO library',
  cmake: 'CMake project with a target to link',
  zephyr: 'Zephyr module',
  c: 'one header and one source file in plain C',
} as const;

export type ExportKind = keyof typeof EXPORT_KINDS;

export const exportKinds = Object.keys(EXPORT_KINDS) as ExportKind[];
