// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

/** A Python that has PyTorch and NumPy: PYTHON of the environment, or what is installed; null: there is none. */
export function pythonWithTorch(): string | null {
  const names = process.env.PYTHON ? [process.env.PYTHON] : ['python3', '/usr/bin/python3'];
  // Found without being loaded: importing takes seconds.
  const find =
    'import importlib.util as u, sys; sys.exit(not (u.find_spec("torch") and u.find_spec("numpy")))';
  return names.find((name) => spawnSync(name, ['-c', find]).status === 0) ?? null;
}

/**
 * Arguments of python3 before those of a script that runs in two processes: they meet at a port of their own, since
 * tests run at the same time. Debian's PyTorch 1.13 needs the logs' options; what they record goes into that folder.
 */
export async function twoProcesses(logs: string): Promise<string[]> {
  const port = await new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
  return [
    ...['-m', 'torch.distributed.run', '--nnodes', '1', '--nproc_per_node', '2'],
    ...['--master_addr', '127.0.0.1', '--master_port', String(port)],
    ...['--redirects', '1', '--tee', '1', '--log_dir', logs],
  ];
}
