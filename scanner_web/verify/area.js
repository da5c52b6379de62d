/**
 * Coarse places: counties and cities.
 *
 * A statement may name the area of its read point with `caravan:area`, the six digits of
 * a county or a city in GB/T 2260. An area that has no name is shown by its code. Twin of
 * `ledger/area.py`.
 */

import { word } from "./wording.js";

/** @typedef {import("./wording.js").Member} Member */
/** @typedef {import("./wording.js").Messages} Messages */

const CODE = /^[0-9]{6}$/;

/**
 * Return the code of an area, or nothing if it is none.
 *
 * @param {Member} value
 * @returns {string}
 */
export function areaOf(value) {
  return typeof value === "string" && CODE.test(value) ? value : "";
}

/**
 * Return what an area is called, or else its code.
 *
 * @param {string} code
 * @param {Messages} messages
 * @returns {string}
 */
export function areaName(code, messages) {
  return code && word("area", code, messages);
}
