/**
 * Masses: how statements give them, and how rows of a page tell of them.
 *
 * Masses are whole numbers of 10⁻¹⁵ kg. Twin of `ledger/mass.py`.
 */

import { millionths } from "./measured.js";
import { measure, member, number, text, visible } from "./wording.js";

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./wording.js").Fact} Fact */
/** @typedef {import("./wording.js").Messages} Messages */

/** @typedef {Fact[]} Row */
/** @typedef {{members: readonly import("./verdict.js").Member[], lang: string, messages: Messages}} Reader */

export const ZERO = BigInt(0);
export const ONE = BigInt(1);
export const MILLION = BigInt(10 ** 6);
const KILOGRAM = BigInt(10 ** 15);
const CENT = KILOGRAM / BigInt(100);
/** A millionth of each unit of mass, in 10⁻¹⁵ kg. */
const MASSES = new Map([
  ["MC", 1], ["MGM", 1e3], ["GRM", 1e6], ["KGM", 1e9], ["DTN", 1e11], ["TNE", 1e12],
  ["LBR", 453592370],
]);

/**
 * Return a mass in 10⁻¹⁵ kg; null if it is none.
 *
 * @param {Json} element
 * @returns {bigint | null}
 */
export function massOf(element) {
  const unit = MASSES.get(text(member(element, "uom")));
  const amount = counted(element);
  return unit === undefined || amount === null ? null : amount * BigInt(unit);
}

/**
 * @param {Json} element
 * @returns {bigint | null} how much there is of something, in millionths
 */
export function counted(element) {
  const amount = member(element, "quantity");
  const written = typeof amount === "string" ? "" : number(amount);
  return isAmount(written) ? millionths(written) : null;
}

/**
 * @param {Json | undefined} value
 * @returns {bigint | null} a net mass; null if it is none
 */
export function netOf(value) {
  const first = Array.isArray(value) && value.length > 0 ? value[0] : value;
  for (const [amount, unit] of /** @type {const} */ ([["value", "uom"], ["gs1:value", "gs1:unitCode"]])) {
    const written = number(member(first, amount));
    const mass = MASSES.get(text(member(first, unit)));
    if (isAmount(written) && mass !== undefined) return millionths(written) * BigInt(mass);
  }
  return null;
}

/** @param {string} written */
export function isAmount(written) {
  return written !== "" && !written.startsWith("-");
}

/** @param {Json | undefined} value */
export function isNothing(value) {
  return value === undefined || value === null;
}

/** @param {readonly (bigint | null)[]} masses */
export function sumKnown(masses) {
  const known = masses.flatMap((mass) => (mass === null ? [] : [mass]));
  return known.length === masses.length ? sum(known) : null;
}

/** @param {readonly bigint[]} masses */
export function sum(masses) {
  return masses.reduce((total, mass) => total + mass, ZERO);
}

/** @param {bigint} mass */
export function positive(mass) {
  return mass > ZERO ? mass : ZERO;
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
export function descending(a, b) {
  return a < b ? 1 : a > b ? -1 : 0;
}

/**
 * @template K
 * @param {Map<K, bigint>} sums
 * @param {K} key
 * @param {bigint} mass
 */
export function add(sums, key, mass) {
  sums.set(key, (sums.get(key) || ZERO) + mass);
}

/**
 * @param {bigint} mass
 * @param {Messages} messages
 */
export function kilograms(mass, messages) {
  return measure(decimal(cents(mass), 2), "KGM", messages);
}

/**
 * @param {bigint} mass
 * @returns {bigint} hundredths of a kilogram, to the nearest
 */
export function cents(mass) {
  const nearest = (positive(mass) + positive(-mass) + CENT / BigInt(2)) / CENT;
  return mass < ZERO ? -nearest : nearest;
}

/**
 * @param {bigint} mass
 * @param {Messages} messages
 */
export function packMass(mass, messages) {
  if (mass >= KILOGRAM) return kilograms(mass, messages);
  return measure(decimal(mass / (KILOGRAM / MILLION), 3), "GRM", messages);
}

/**
 * Write a number given in its last decimal place, without zeros at its end.
 *
 * @param {bigint} scaled
 * @param {number} places
 * @returns {string}
 */
export function decimal(scaled, places) {
  const digits = String(scaled < ZERO ? -scaled : scaled).padStart(places + 1, "0");
  const shown = `${digits.slice(0, -places)}.${digits.slice(-places)}`;
  return (scaled < ZERO ? "-" : "") + shown.replace(/\.?0+$/, "");
}

/**
 * @param {string} name
 * @param {string} shown
 * @returns {Row}
 */
export function row(name, shown) {
  return visible([[name, shown]]);
}

/**
 * Return a message with its blanks filled in; a missing one shows its key.
 *
 * @param {string} key
 * @param {Messages} messages
 * @param {Record<string, string | number>} [values]
 * @returns {string}
 */
export function fill(key, messages, values = {}) {
  let shown = messages[key];
  if (shown === undefined) shown = key;
  for (const [name, value] of Object.entries(values)) shown = shown.split(`{${name}}`).join(String(value));
  return shown;
}
