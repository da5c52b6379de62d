/**
 * What a printed code ends in: the tree that the ledger had when the label was made.
 *
 * Twin of `ledger/fragment.py`.
 */

import { decodeBase64, encodeBase64 } from "./encoding.js";
import { Refusal } from "./errors.js";

/**
 * The tree of a printed label.
 *
 * @typedef {object} Fragment
 * @property {number} size at least 1
 * @property {Uint8Array} root the first 24 bytes of it
 */

const MARK = "#c=";
const ROOT_BYTES = 24;
// So many digits are a whole number in every language.
const FRAGMENT = /^#c=([1-9][0-9]{0,14})\.([A-Za-z0-9_-]{32})$/;

/**
 * Tell whether the fragment of a URI claims to be that of a label.
 *
 * @param {string} text
 * @returns {boolean}
 */
export function isLabel(text) {
  return text.startsWith(MARK);
}

/**
 * Return the tree that the end of a printed URI names, from `#` on; throws `label`.
 *
 * @param {string} text
 * @returns {Fragment}
 */
export function parseFragment(text) {
  const match = FRAGMENT.exec(text);
  if (!match) {
    const shown = text.length <= 60 ? text : `${text.slice(0, 60)}…`;
    throw new Refusal("label", `label: got ${shown}, want ${MARK}<size>.<32 characters>`);
  }
  const [, size = "", root = ""] = match;
  const base64 = root.replace(/-/g, "+").replace(/_/g, "/");
  return { size: Number(size), root: decodeBase64(base64) };
}

/**
 * Return of a root what a label shows of it.
 *
 * @param {Uint8Array} root
 * @returns {string}
 */
export function shownRoot(root) {
  const base64 = encodeBase64(root.subarray(0, ROOT_BYTES));
  return base64.replace(/\+/g, "-").replace(/\//g, "_");
}
