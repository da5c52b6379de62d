/**
 * What a buyer's phone fetches for a scanned code: one document under one checkpoint.
 *
 * Form only: what it says is judged by verify.js, step by step. Twin of
 * `ledger/passport.py`, the reading half.
 */

import { decodeBase64, encodeUtf8, parseCanonical } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";

/** @typedef {import("./encoding.js").Json} Json */
/** @typedef {import("./encoding.js").JsonObject} JsonObject */

/**
 * @typedef {object} GivenEntry
 * @property {number} index place in the log
 * @property {Uint8Array} entry the exact bytes there
 */

/**
 * The lists of the completeness index that are claimed, and their one proof. An empty
 * list claims that there is none.
 *
 * @typedef {object} GivenLists
 * @property {Map<string, number[]>} byName ascending indices, by ascending names
 * @property {Json[]} proof tokens, nothing of them judged yet
 */

/**
 * @typedef {object} Passport
 * @property {string} subject what it is about
 * @property {Uint8Array} checkpoint the signed note all of it stands under
 * @property {GivenEntry[]} entries ascending, each once
 * @property {GivenLists} lists
 * @property {Uint8Array[]} nodes one multi-proof for all of the entries
 */

const FORMAT = "caravan/passport/v2";
const MEMBERS = ["checkpoint", "entries", "format", "lists", "nodes", "subject"];
const NAME = /^[!-~]+$/;
const LISTS_MEMBERS = ["proof", "subjects"];

/**
 * Return the passport that a canonical document holds; nothing of it is judged yet.
 *
 * Throws `passport`, or `unknown-version` for a passport of another version.
 *
 * @param {Uint8Array} bytes
 * @returns {Passport}
 */
export function parsePassport(bytes) {
  const document = refusedAs("passport", () => parseCanonical(bytes));
  const { format, subject, checkpoint, entries, lists, nodes } = document;
  if (typeof format === "string" && isOtherVersion(format)) {
    throw new Refusal("unknown-version", `format: got ${format}, want ${FORMAT}`);
  }
  if (format !== FORMAT) throw new Refusal("passport", `format: want ${FORMAT}`, "/format");
  checkMembers(document, "", MEMBERS);
  return {
    subject: asText(subject, "/subject"),
    checkpoint: encodeUtf8(asText(checkpoint, "/checkpoint")),
    entries: parseEntries(entries),
    lists: parseLists(lists),
    nodes: asArray(nodes, "/nodes").map(parseNode),
  };
}

/**
 * @param {string} format
 * @returns {boolean}
 */
function isOtherVersion(format) {
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
 * @param {Json | undefined} value
 * @returns {GivenLists}
 */
function parseLists(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("passport", "want an object", "/lists");
  }
  checkMembers(value, "/lists", LISTS_MEMBERS);
  /** @type {Map<string, number[]>} */
  const byName = new Map();
  let last = "";
  asArray(value.subjects, "/lists/subjects").forEach((pair, place) => {
    const pointer = `/lists/subjects/${place}`;
    const [given, indices, ...rest] = asArray(pair, pointer);
    if (rest.length > 0) throw new Refusal("passport", "list: want [name, indices]", pointer);
    const name = asName(given, `${pointer}/0`);
    if (name <= last) {
      throw new Refusal("passport", `name: got ${name} after ${last}`, `${pointer}/0`);
    }
    last = name;
    byName.set(name, parseIndices(indices, `${pointer}/1`));
  });
  return { byName, proof: asArray(value.proof, "/lists/proof") };
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {number[]}
 */
function parseIndices(value, pointer) {
  let last = -1;
  return asArray(value, pointer).map((index, place) => {
    if (typeof index !== "number" || !Number.isSafeInteger(index) || index <= last) {
      throw new Refusal("passport", "list: want ascending indices", `${pointer}/${place}`);
    }
    last = index;
    return index;
  });
}

/**
 * @param {JsonObject} value
 * @param {string} pointer
 * @param {readonly string[]} want
 */
function checkMembers(value, pointer, want) {
  const names = Object.keys(value).sort();
  if (names.join() !== want.join()) {
    throw new Refusal("passport", `members: got ${names}, want ${want}`, pointer || null);
  }
}

/**
 * Return the name of a list. Names are ASCII, so that they sort alike everywhere.
 *
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {string}
 */
function asName(value, pointer) {
  const name = asText(value, pointer);
  if (!NAME.test(name)) throw new Refusal("passport", "name: want visible ASCII", pointer);
  return name;
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
