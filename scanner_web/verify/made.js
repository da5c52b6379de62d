/**
 * What a thing is made of: parts of a whole, mixed and compared.
 *
 * A share is exact as long as no step mixes parts and loses mass: then all of the lost
 * mass may have come from the part in question, and the share is what it is at least.
 * Shares are fractions of whole numbers. Twin of `ledger/made.py`.
 */

import { ONE, ZERO, add, positive } from "./mass.js";

/** @typedef {{parts: Map<string, bigint>, whole: bigint, isExact: boolean}} Made */
/** @typedef {{reason: "cycle" | "mass", name: string}} Unknown */

const LONG = BigInt(10) ** BigInt(60);
const PARTS = BigInt(10) ** BigInt(18);

/**
 * @param {string} key
 * @returns {Made}
 */
export function only(key) {
  return { parts: new Map([[key, ONE]]), whole: ONE, isExact: true };
}

/**
 * Return what a mix is made of; all of what it lost may have been of each part.
 *
 * @param {readonly [Made, bigint | null][]} parts
 * @param {bigint} into
 * @param {bigint} out
 * @returns {Made}
 */
export function mixed(parts, into, out) {
  const whole = common(parts.map(([made]) => made));
  /** @type {Map<string, bigint>} */
  const found = new Map();
  for (const [made, mass] of parts) {
    for (const [key, part] of made.parts) {
      add(found, key, part * (mass || ZERO) * (whole / made.whole));
    }
  }
  const lost = positive(into - out) * whole;
  for (const [key, part] of found) found.set(key, part - lost);
  return reduced(found, whole * out, into === out && parts.every(([{ isExact }]) => isExact));
}

/**
 * Return what holds of a thing whichever of its makers it came from.
 *
 * @param {readonly (Made | Unknown)[]} told
 * @returns {Made | Unknown | null}
 */
export function least(told) {
  /** @type {Made[]} */
  const kinds = [];
  for (const made of told) {
    if ("reason" in made) return made;
    kinds.push(made);
  }
  const [first] = kinds;
  if (!first || kinds.every((made) => isSame(made, first))) return first || null;
  const whole = common(kinds);
  /** @type {Map<string, bigint>} */
  const found = new Map();
  for (const key of first.parts.keys()) {
    const parts = kinds.map((made) => (made.parts.get(key) || ZERO) * (whole / made.whole));
    found.set(key, parts.reduce((a, b) => (b < a ? b : a)));
  }
  return reduced(found, whole, false);
}

/**
 * Return parts of a whole as short fractions, or rounded down if they are long.
 *
 * @param {ReadonlyMap<string, bigint>} parts
 * @param {bigint} whole
 * @param {boolean} isExact
 * @returns {Made}
 */
function reduced(parts, whole, isExact) {
  const kept = [...parts].filter(([, part]) => part > ZERO);
  const divisor = kept.reduce((found, [, part]) => gcd(found, part), whole);
  if (whole / divisor <= LONG) {
    const short = new Map(kept.map(([key, part]) => [key, part / divisor]));
    return { parts: short, whole: whole / divisor, isExact };
  }
  /** @type {[string, bigint][]} */
  const rounded = kept.map(([key, part]) => [key, (part * PARTS) / whole]);
  return { parts: new Map(rounded.filter(([, part]) => part)), whole: PARTS, isExact: false };
}

/**
 * @param {readonly Made[]} kinds
 * @returns {bigint} their least common denominator
 */
function common(kinds) {
  return kinds.reduce((whole, made) => (whole * made.whole) / gcd(whole, made.whole), ONE);
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
function gcd(a, b) {
  let [x, y] = [a, b];
  while (y) [x, y] = [y, x % y];
  return x;
}

/**
 * @param {Made} a
 * @param {Made} b
 */
export function isSame(a, b) {
  return (
    a.whole === b.whole && a.isExact === b.isExact && a.parts.size === b.parts.size &&
    [...a.parts].every(([key, part]) => b.parts.get(key) === part)
  );
}
