/**
 * A seal: the unsigned entry that closes a group of statements, seven lines long.
 *
 * It carries the chain head over everything before it, the root of the completeness
 * index and the log time of the statements it closes. Twin of `ledger/seal.py`.
 */

import {
  concat, decodeBase64, decodeUtf8, encodeBase64, encodeUtf8, parseInteger, toHex,
} from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { sha256 } from "./hash.js";
import { checkKeyName } from "./note.js";
import { firstLine } from "./statement.js";

/**
 * @typedef {object} Seal
 * @property {string} origin
 * @property {number} index of this entry
 * @property {string} time log time of what it closes, `YYYY-MM-DDThh:mm:ss.mmmZ`
 * @property {Uint8Array} chainHead
 * @property {Uint8Array} indexRoot
 * @property {number | null} previous index of the previous seal
 */

const HEADER = "caravan/seal/v1";
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/;

/**
 * Return what an entry is, by its first line; throws `unknown-version`,
 * `statement-format`.
 *
 * @param {Uint8Array} entry
 * @returns {"statement" | "seal"}
 */
export function entryKind(entry) {
  const first = firstLine(entry);
  if (first === HEADER) return "seal";
  if (first === "caravan/statement/v1") return "statement";
  if (/^caravan\/[a-z]+(-[a-z]+)*\/v[1-9][0-9]*$/.test(first)) {
    throw new Refusal("unknown-version", `entry: got ${first}`);
  }
  throw new Refusal("statement-format", "entry: neither a statement nor a seal");
}

/**
 * Return the seal that an entry holds; throws `seal`.
 *
 * @param {Uint8Array} entry
 * @returns {Seal}
 */
export function parseSeal(entry) {
  return refusedAs("seal", () => {
    const lines = decodeUtf8(entry).split("\n");
    const [header, origin = "", index = "", time = "", head = "", root = "", previous = "", end] =
      lines;
    if (header !== HEADER || lines.length !== 8 || end !== "") {
      throw new Refusal("seal", "seal: want seven lines");
    }
    checkKeyName(origin);
    parseTime(time);
    const seal = {
      origin,
      index: parseInteger(index),
      time,
      chainHead: decodeBase64(head, 32),
      indexRoot: decodeBase64(root, 32),
      previous: previous === "-" ? null : parseInteger(previous),
    };
    if (firstClosed(seal) >= seal.index) {
      throw new Refusal("seal", `seal: at ${index} after ${previous}, closes nothing`);
    }
    return seal;
  });
}

/**
 * Return the index of the first entry that a seal closes.
 *
 * @param {Seal} seal
 * @returns {number}
 */
export function firstClosed({ previous }) {
  return previous === null ? 0 : previous + 1;
}

/**
 * Compare a seal with what the entries before it determine; throws `wrong-origin`,
 * `seal-mismatch`, `chain-broken`.
 *
 * @param {Seal} seal as it stands in the log
 * @param {{origin: string, index: number, chainHead: Uint8Array, indexRoot: Uint8Array, previous: Seal | null}} want
 */
export function verifySeal(seal, { origin, index, chainHead, indexRoot, previous }) {
  if (seal.origin !== origin) {
    throw new Refusal("wrong-origin", `origin: got ${seal.origin}, want ${origin}`);
  }
  if (seal.index !== index) {
    throw new Refusal("seal-mismatch", `seal: says index ${seal.index}, stands at ${index}`);
  }
  const before = previous && previous.index;
  if (seal.previous !== before) {
    throw new Refusal("seal-mismatch", `previous seal: got ${seal.previous}, want ${before}`);
  }
  if (previous && seal.time < previous.time) {
    throw new Refusal("seal-mismatch", `time: got ${seal.time}, want ${previous.time} or later`);
  }
  if (toHex(seal.chainHead) !== toHex(chainHead)) {
    throw new Refusal("chain-broken", `chain head: got ${toHex(seal.chainHead)}, want ${toHex(chainHead)}`);
  }
  if (toHex(seal.indexRoot) !== toHex(indexRoot)) {
    throw new Refusal("seal-mismatch", `index root: got ${toHex(seal.indexRoot)}, want ${toHex(indexRoot)}`);
  }
}

/**
 * Return a seal as an entry.
 *
 * @param {Seal} seal
 * @returns {Uint8Array}
 */
export function sealBytes({ origin, index, time, chainHead, indexRoot, previous }) {
  const lines = [HEADER, origin, index, time, encodeBase64(chainHead), encodeBase64(indexRoot)];
  return encodeUtf8(`${lines.join("\n")}\n${previous === null ? "-" : previous}\n`);
}

/**
 * Return the milliseconds since 1970 that a seal's time spells; throws `seal`.
 *
 * @param {string} text `YYYY-MM-DDThh:mm:ss.mmmZ`, a real date
 * @returns {number}
 */
export function parseTime(text) {
  const ms = TIME.test(text) ? Date.parse(text) : NaN;
  // Date.parse rolls 30 February and 24:00 over; the comparison does not.
  if (Number.isNaN(ms) || ms < 0 || formatTime(ms) !== text) {
    throw new Refusal("seal", "time: want a real YYYY-MM-DDThh:mm:ss.mmmZ since 1970");
  }
  return ms;
}

/**
 * Return milliseconds since 1970 as a seal's time.
 *
 * @param {number} ms
 * @returns {string}
 */
export function formatTime(ms) {
  return new Date(ms).toISOString();
}

/**
 * Return the chain head before any entry, `c(0)`.
 *
 * @param {string} origin
 * @returns {Promise<Uint8Array>}
 */
export function chainStart(origin) {
  return sha256(encodeUtf8(`caravan/chain/v1\n${origin}\n`));
}

/**
 * Return the chain head after one more entry, `c(i+1)`.
 *
 * @param {Uint8Array} head
 * @param {Uint8Array} leaf leaf hash of the entry
 * @returns {Promise<Uint8Array>}
 */
export function chainNext(head, leaf) {
  return sha256(concat(head, leaf));
}
