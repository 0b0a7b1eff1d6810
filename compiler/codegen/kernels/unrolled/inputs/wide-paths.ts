// SPDX-License-Identifier: Apache-2.0
/**
 * Shortest instruction paths through the values of one column whose levels lie in words of their own, x, x >> 1 and
 * x >> 2: a load begins with any of them, and one register is enough.
 */
import { derived, EMPTY, Graph, heldOf, type Paths, PathTable, PLAIN, stateOf } from '../paths.ts';

const made = new Map<boolean, Paths>();

/** The tables; the column is the lower one of a pair without an upper one. complements: whether paths may use them. */
export function widePaths(complements = true): Paths {
  const known = made.get(complements) ?? makePaths(complements);
  made.set(complements, known);
  return known;
}

function makePaths(complements: boolean): Paths {
  const start = { x: EMPTY, y: EMPTY, visited: 0, waiting: false, weight: 0, step: null };
  const nothing = new Graph(start, () => []).nodes;
  const { nodes } = new Graph(start, ({ x, visited }) => {
    const loads = [0, 1, 2].map((level) => ({
      op: { kind: 'load', level } as const,
      content: 3 * level + PLAIN,
    }));
    const moves = x === EMPTY ? loads : [...derived(x, 'X', 'X', complements), ...loads];
    return moves.map(({ op, content }) => ({
      step: { op, held: heldOf(content) },
      next: { x: content, visited: visited | (1 << stateOf(content)) },
    }));
  });
  const ends = nodes.map((_, id) => id);
  return {
    load: 0,
    upperTo: [],
    upper: new PathTable(nothing, [0]),
    lowerWith: [],
    lower: new PathTable(nodes, ends),
  };
}
