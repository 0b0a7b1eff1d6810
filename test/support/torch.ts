// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';

/** A Python that has PyTorch and NumPy: PYTHON of the environment, or what is installed; null: there is none. */
export function pythonWithTorch(): string | null {
  const names = process.env.PYTHON ? [process.env.PYTHON] : ['python3', '/usr/bin/python3'];
  // Found without being loaded: importing takes seconds.
  const find =
    'import importlib.util as u, sys; sys.exit(not (u.find_spec("torch") and u.find_spec("numpy")))';
  return names.find((name) => spawnSync(name, ['-c', find]).status === 0) ?? null;
}
