// SPDX-License-Identifier: Apache-2.0
/**
 * Names that no checkpoint needs and every attack does. Nothing is run here, whatever a pickle names; but whoever loads
 * the same file with PyTorch should know.
 */

/** Modules of Python that open files, start programs, or reach everything by name. */
const MODULES = new Set([
  ...['os', 'posix', 'nt', 'ntpath', 'posixpath', 'pty', 'sys', 'subprocess', 'commands', 'popen2'],
  ...['shutil', 'socket', 'ctypes', 'importlib', 'imp', 'runpy', 'pdb', 'bdb', 'timeit', 'webbrowser'],
  ...['pickle', '_pickle', 'cPickle', 'marshal', 'code', 'codeop', 'pip', 'multiprocessing', 'asyncio'],
  ...['urllib', 'http', 'requests', 'httplib', 'ftplib', 'smtplib', 'tempfile', 'pathlib', 'io'],
]);
const BUILTINS = new Set(['builtins', '__builtin__', '__builtins__']);
/** Builtins that make plain data, and `getattr`, by which Python 3.12 names the members of an enumeration. */
const PLAIN = new Set([
  ...[
    'set',
    'frozenset',
    'list',
    'dict',
    'tuple',
    'int',
    'float',
    'str',
    'bool',
    'complex',
    'bytes',
    'bytearray',
  ],
  ...[
    'long',
    'unicode',
    'slice',
    'range',
    'xrange',
    'object',
    'type',
    'getattr',
    'Ellipsis',
    'NotImplemented',
  ],
]);

/** pathlib's own classes hold a path in many a checkpoint, and open nothing. */
const PATHS = /^(Pure)?(Posix|Windows)?Path$/;

/** @param module as the pickle names it; @param name may be a path of attributes */
export function isDangerous(module: string, name: string): boolean {
  const [first = ''] = module.split('.');
  const path = name.split('.');
  if (BUILTINS.has(first)) return !PLAIN.has(name) && !/(Error|Exception|Warning)$/.test(name);
  if (first === 'pathlib') return !PATHS.test(name);
  if (MODULES.has(first)) return true;
  return (
    path.length > 1 && path.some((part) => MODULES.has(part) || BUILTINS.has(part) || part.startsWith('__'))
  );
}
