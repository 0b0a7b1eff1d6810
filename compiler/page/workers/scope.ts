// SPDX-License-Identifier: Apache-2.0
/** What a worker's global scope has, as far as it is used here: the DOM's types are those of pages. */
export interface WorkerScope {
  onmessage: ((event: { readonly data: unknown; readonly ports: readonly WorkerPort[] }) => void) | null;
  postMessage(message: unknown, transfer?: readonly ArrayBufferLike[]): void;
}

export interface WorkerPort {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown, transfer?: readonly ArrayBufferLike[]): void;
}

export const scope = globalThis as unknown as WorkerScope;
