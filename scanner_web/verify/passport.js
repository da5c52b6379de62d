/**
 * What a buyer's phone fetches for a scanned code: one document under one checkpoint.
 *
 * Form only: what it says is judged by verify.js, step by step. Twin of
 * `ledger/passport.py`, the reading half.
 */

import { decodeBase64, encodeUtf8, parseCanonical } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";

/** @typedef {import("./encoding.js").Json} Json */

/**
 * @typedef {object} GivenEntry
 * @property {number} index place in the log
 * @property {Uint8Array} entry the exact bytes there
 */

/**
 * @typedef {object} Passport
 * @property {string} subject what it is about
 * @property {Uint8Array} checkpoint the signed note all of it stands under
 * @property {GivenEntry[]} entries ascending, each once
 * @property {Uint8Array[]} nodes one multi-proof for all of the entries
 */

const FORMAT = "caravan/passport/v1";
const MEMBERS = ["checkpoint", "entries", "format", "nodes", "subject"];

/**
 * Return the passport that a canonical document holds; nothing of it is judged yet.
 *
 * Throws `passport`, or `unknown-version` for a passport of a later kind.
 *
 * @param {Uint8Array} bytes
 * @returns {Passport}
 */
export function parsePassport(bytes) {
  const document = refusedAs("passport", () => parseCanonical(bytes));
  const { format, subject, checkpoint, entries, nodes } = document;
  if (typeof format === "string" && isLaterFormat(format)) {
    throw new Refusal("unknown-version", `format: got ${format}, want ${FORMAT}`);
  }
  if (format !== FORMAT) throw new Refusal("passport", `format: want ${FORMAT}`, "/format");
  const names = Object.keys(document).sort();
  if (names.join() !== MEMBERS.join()) {
    throw new Refusal("passport", `members: got ${names}, want ${MEMBERS}`);
  }
  return {
    subject: asText(subject, "/subject"),
    checkpoint: encodeUtf8(asText(checkpoint, "/checkpoint")),
    entries: parseEntries(entries),
    nodes: asArray(nodes, "/nodes").map(parseNode),
  };
}

/**
 * @param {string} format
 * @returns {boolean}
 */
function isLaterFormat(format) {
  return format !== FORMAT && format.startsWith("caravan/passport/");
}

/**
 * @param {Json | undefined} value
 * @returns {GivenEntry[]}
 */
function parseEntries(value) {
  const pairs = asArray(value, "/entries");
  if (pairs.length === 0) throw new Refusal("passport", "want entries", "/entries");
  let last = -1;
  return pairs.map((pair, place) => {
    const pointer = `/entries/${place}`;
    const [index, text, ...rest] = asArray(pair, pointer);
    if (typeof index !== "number" || !Number.isSafeInteger(index) || rest.length > 0) {
      throw new Refusal("passport", "entry: want [index, text]", pointer);
    }
    if (index <= last) {
      throw new Refusal("passport", `index: got ${index} after ${last}`, `${pointer}/0`);
    }
    last = index;
    return { index, entry: encodeUtf8(asText(text, `${pointer}/1`)) };
  });
}

/**
 * @param {Json} value
 * @param {number} place
 * @returns {Uint8Array}
 */
function parseNode(value, place) {
  const pointer = `/nodes/${place}`;
  const text = asText(value, pointer);
  return refusedAs("passport", () => decodeBase64(text, 32));
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {string}
 */
function asText(value, pointer) {
  if (typeof value !== "string") throw new Refusal("passport", "want a text", pointer);
  return value;
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {Json[]}
 */
function asArray(value, pointer) {
  if (!Array.isArray(value)) throw new Refusal("passport", "want an array", pointer);
  return value;
}
