/**
 * Goods that came of themselves: nothing real does, so a reader is told. Twin of
 * `ledger/cycle.py`.
 */

/**
 * Return what is left after peeling off, again and again, what was made of nothing that
 * is left and what nothing that is left was made of: cycles, and what leads from one to
 * another. Sorted; empty if there is no cycle.
 *
 * @param {ReadonlyMap<string, ReadonlySet<string>>} inputs of each of the goods; others
 *   than these do not count
 * @returns {string[]}
 */
export function cycleIn(inputs) {
  /** @type {Map<string, string[]>} */
  const above = new Map();
  /** @type {Map<string, string[]>} */
  const below = new Map();
  for (const name of inputs.keys()) below.set(name, []);
  /** @type {Map<ReadonlySet<string>, string[]>} many may share one set */
  const known = new Map();
  for (const [name, sources] of inputs) {
    const links = known.get(sources) || [...sources].filter((source) => inputs.has(source));
    known.set(sources, links);
    above.set(name, links);
    for (const source of links) neighbours(below, source).push(name);
  }
  const left = new Set(inputs.keys());
  for (const links of [above, below]) peel(left, links, links === above ? below : above);
  return [...left].sort();
}

/**
 * Take out what leads to nothing that is left, until everything leads somewhere.
 *
 * @param {Set<string>} left
 * @param {ReadonlyMap<string, string[]>} links
 * @param {ReadonlyMap<string, string[]>} back the same, the other way round
 */
function peel(left, links, back) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const name of left) {
    counts.set(name, neighbours(links, name).filter((next) => left.has(next)).length);
  }
  const ends = [...left].filter((name) => counts.get(name) === 0);
  for (const end of ends) {
    left.delete(end);
    for (const name of neighbours(back, end)) {
      const count = (counts.get(name) || 0) - 1;
      counts.set(name, count);
      if (count === 0) ends.push(name);
    }
  }
}

/**
 * @param {ReadonlyMap<string, string[]>} links
 * @param {string} name
 * @returns {string[]}
 */
function neighbours(links, name) {
  return links.get(name) || [];
}
