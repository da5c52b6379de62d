/**
 * What an event measured, whatever else stands in its sensor elements.
 *
 * Twin of `ledger/measured.py`.
 */

import { items, member, number, text } from "./wording.js";

/** @typedef {import("./event.js").Event} Event */

/**
 * One thing measured, in millionths of the unit.
 *
 * @typedef {object} Report
 * @property {string} component
 * @property {string} kind
 * @property {string} unit
 * @property {bigint[]} values
 * @property {string} said a result that is no number; else empty
 * @property {boolean} byDevice
 */

/** Values are counted in millionths: so many places. */
export const PLACES = 6;
const VALUES = ["value", "minValue", "maxValue"];
/** Read once, since every block asks for them. @type {WeakMap<Event, Report[]>} */
const known = new WeakMap();

/**
 * @param {Event} event
 * @returns {Report[]} what it measured, in its order
 */
export function reportsOf(event) {
  const found = known.get(event) || read(event);
  known.set(event, found);
  return found;
}

/**
 * @param {Event} event
 * @returns {Report[]}
 */
function read({ body }) {
  return items(body.sensorElementList).flatMap((element) => {
    const byDevice = text(member(member(element, "sensorMetadata"), "deviceID")) !== "";
    return items(member(element, "sensorReport")).flatMap((report) => {
      const kind = text(member(report, "type"));
      const component = text(member(report, "component")) || kind;
      const unit = text(member(report, "uom"));
      const said = text(member(report, "stringValue"));
      const values = VALUES.flatMap((name) => {
        const value = scaled(member(report, name));
        return value === null ? [] : value;
      });
      const isGiven = component && (values.length > 0 || said);
      return isGiven ? [{ component, kind, unit, values, said, byDevice }] : [];
    });
  });
}

/**
 * @param {import("./wording.js").Member} value
 * @returns {bigint | null} a number in millionths; null if it is none
 */
export function scaled(value) {
  const shown = number(value);
  return shown ? millionths(shown) : null;
}

/**
 * @param {string} written as `number` of wording.js writes it
 * @returns {bigint} in millionths
 */
export function millionths(written) {
  const [whole = "", fraction = ""] = written.split(".");
  return BigInt(whole + fraction.padEnd(PLACES, "0"));
}
