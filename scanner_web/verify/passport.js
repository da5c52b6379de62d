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
 * What the ledger says of the tree that a label was printed from.
 *
 * @typedef {object} LabelProof
 * @property {number} size of that tree
 * @property {Uint8Array} root its root, whole
 * @property {Uint8Array[]} proof that the tree of the checkpoint extends it
 */

/**
 * @typedef {object} Passport
 * @property {string} subject what it is about
 * @property {Uint8Array} checkpoint the signed note all of it stands under
 * @property {GivenEntry[]} entries ascending, each once
 * @property {GivenLists} lists
 * @property {Uint8Array[]} nodes one multi-proof for all of the entries
 * @property {LabelProof | null} label the tree of the label, if it was asked for
 */

const FORMAT = "caravan/passport/v3";
const MEMBERS = ["checkpoint", "entries", "format", "label", "lists", "nodes", "subject"];
const NAME = /^[!-~]+$/;
const LISTS_MEMBERS = ["proof", "subjects"];
const LABEL_MEMBERS = ["proof", "root", "size"];

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
  const { format, subject, checkpoint, entries, lists, nodes, label } = document;
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
    nodes: parseHashes(nodes, "/nodes"),
    label: parseLabel(label),
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
 * @param {Json | undefined} value
 * @returns {LabelProof | null}
 */
function parseLabel(value) {
  if (value === null) return null;
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new Refusal("passport", "want null or an object", "/label");
  }
  checkMembers(value, "/label", LABEL_MEMBERS);
  const { size, root, proof } = value;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 1) {
    throw new Refusal("passport", "size: want at least 1", "/label/size");
  }
  return { size, root: parseHash(root, "/label/root"), proof: parseHashes(proof, "/label/proof") };
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {Uint8Array[]}
 */
function parseHashes(value, pointer) {
  return asArray(value, pointer).map((item, place) => parseHash(item, `${pointer}/${place}`));
}

/**
 * @param {Json | undefined} value
 * @param {string} pointer
 * @returns {Uint8Array}
 */
function parseHash(value, pointer) {
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
