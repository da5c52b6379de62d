/**
 * Completeness proofs: this list is all there is about a subject.
 *
 * The completeness index is a Merkle map from subject to the ordered list of indices of
 * all statements about it: a compressed binary prefix trie over the hashes of the
 * subjects. Whether a root is right is the claim of the seal that carries it, until
 * somebody replays the ledger. Twin of `ledger/completeness.py`.
 */

import { concat, decodeBase64, encodeUtf8, toHex, uint64 } from "./encoding.js";
import { Refusal, refusedAs } from "./errors.js";
import { sha256 } from "./hash.js";

/** @typedef {import("./encoding.js").Json} Json */

/** @typedef {{length: number, sibling: Uint8Array}} PathStep one inner node on the way down */
/** @typedef {{kind: "leaf", key: Uint8Array, count: number, chain: Uint8Array}} OtherLeaf */
/** @typedef {{kind: "node", length: number, prefix: Uint8Array, left: Uint8Array, right: Uint8Array}} OtherNode */

/**
 * Shows a subject's list, or that it has none, under an index root.
 *
 * @typedef {object} CompletenessProof
 * @property {PathStep[]} path from the root down
 * @property {OtherLeaf | OtherNode | null} end what stands where the list would; null
 *   if that is the list itself, or if the map is empty
 */

/** @typedef {{origin: string, subject: string, proof: CompletenessProof}} Claim */

const EMPTY_INDEX_ROOT = new Uint8Array(32);
const KEY_BITS = 256;

/**
 * Return the key under which a ledger lists a subject.
 *
 * @param {string} origin
 * @param {string} subject
 * @returns {Promise<Uint8Array>}
 */
export function subjectKey(origin, subject) {
  return sha256(encodeUtf8(`caravan/subject/v1\n${origin}\n${subject}`));
}

/**
 * Return the chain of an empty list, chain(0).
 *
 * @param {Uint8Array} key
 * @returns {Promise<Uint8Array>}
 */
export function listStart(key) {
  return sha256(concat(encodeUtf8("caravan/list/v1\n"), key));
}

/**
 * Return the chain of a list with one index more, chain(k+1).
 *
 * @param {Uint8Array} chain
 * @param {number} index
 * @returns {Promise<Uint8Array>}
 */
export function listNext(chain, index) {
  return sha256(concat(chain, uint64(index)));
}

/**
 * Return the hash of a subject's list: a leaf of the trie.
 *
 * @param {Uint8Array} key
 * @param {number} count
 * @param {Uint8Array} chain
 * @returns {Promise<Uint8Array>}
 */
export function listLeafHash(key, count, chain) {
  return sha256(concat(Uint8Array.of(0x10), key, uint64(count), chain));
}

/**
 * Return the hash of an inner node of the trie.
 *
 * @param {number} length how many bits all keys below share
 * @param {Uint8Array} prefix these bits, zero-padded to 32 bytes
 * @param {Uint8Array} left what continues with 0
 * @param {Uint8Array} right what continues with 1
 * @returns {Promise<Uint8Array>}
 */
export function innerNodeHash(length, prefix, left, right) {
  const head = Uint8Array.of(0x11, Math.floor(length / 256), length % 256);
  return sha256(concat(head, prefix, left, right));
}

/**
 * Return the first bits of a key, zero-padded to 32 bytes.
 *
 * @param {Uint8Array} key
 * @param {number} length
 * @returns {Uint8Array}
 */
export function keyPrefix(key, length) {
  return key.map((byte, place) => {
    const kept = Math.min(8, Math.max(0, length - 8 * place));
    return byte & (0xff << (8 - kept));
  });
}

/**
 * Return one bit of a key, counted from the most significant of byte 0.
 *
 * @param {Uint8Array} key
 * @param {number} place
 * @returns {number}
 */
export function keyBit(key, place) {
  return ((key[Math.floor(place / 8)] || 0) >> (7 - (place % 8))) & 1;
}

/**
 * Return the proof that a JSON value spells; throws `passport`.
 *
 * @param {Json} value
 * @returns {CompletenessProof}
 */
export function parseCompletenessProof(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal("passport", "completeness proof: want an object");
  }
  const names = Object.keys(value).sort().join();
  if (!["path", "leaf,path", "node,path"].includes(names)) {
    throw new Refusal("passport", `completeness proof: got ${names}, want path, and leaf or node`);
  }
  const path = asArray(value.path).map((step) => {
    const [length, sibling] = asArray(step, 2);
    return { length: asNumber(length), sibling: asHash(sibling) };
  });
  if (names.startsWith("leaf")) {
    const [key, count, chain] = asArray(value.leaf, 3);
    const end = { key: asHash(key), count: asNumber(count), chain: asHash(chain) };
    return { path, end: { kind: "leaf", ...end } };
  }
  if (names.startsWith("node")) {
    const [length, prefix, left, right] = asArray(value.node, 4);
    const end = {
      length: asNumber(length),
      prefix: asHash(prefix),
      left: asHash(left),
      right: asHash(right),
    };
    return { path, end: { kind: "node", ...end } };
  }
  return { path, end: null };
}

/**
 * Check that these are all statements about a subject; throws `proof-shape`,
 * `incomplete`.
 *
 * @param {Uint8Array} root the index root of a seal
 * @param {Claim & {indices: readonly number[]}} claim with the whole list
 * @returns {Promise<void>}
 */
export async function verifyListed(root, { origin, subject, indices, proof }) {
  let last = -1;
  for (const index of indices) {
    if (!Number.isSafeInteger(index) || index <= last) {
      throw new Refusal("incomplete", `list: got ${index} after ${last}, want ascending`);
    }
    last = index;
  }
  if (last < 0) throw new Refusal("incomplete", "list: want at least one index");
  if (proof.end) {
    throw new Refusal("proof-shape", "completeness proof: of absence, want one of a list");
  }
  checkPath(proof.path);
  const key = await subjectKey(origin, subject);
  let chain = await listStart(key);
  for (const index of indices) chain = await listNext(chain, index);
  const leaf = await listLeafHash(key, indices.length, chain);
  checkRoot(root, await climb(leaf, key, proof.path), subject);
}

/**
 * Check that there is no statement about a subject; throws `proof-shape`,
 * `incomplete`.
 *
 * @param {Uint8Array} root the index root of a seal
 * @param {Claim} claim
 * @returns {Promise<void>}
 */
export async function verifyAbsent(root, { origin, subject, proof }) {
  const { path, end } = proof;
  checkPath(path);
  const key = await subjectKey(origin, subject);
  const lowest = path.at(-1);
  const depth = lowest ? lowest.length + 1 : 0;
  if (!end && lowest) {
    throw new Refusal("proof-shape", "completeness proof: of a list, want one of absence");
  }
  checkRoot(root, await climb(await endHash(end, key, depth), key, path), subject);
}

/**
 * @param {OtherLeaf | OtherNode | null} end
 * @param {Uint8Array} key of the absent subject
 * @param {number} depth how many bits the path has settled
 * @returns {Promise<Uint8Array>}
 */
async function endHash(end, key, depth) {
  if (!end) return EMPTY_INDEX_ROOT;
  if (end.kind === "leaf") {
    checkOtherLeaf(end, key, depth);
    return listLeafHash(end.key, end.count, end.chain);
  }
  checkOtherNode(end, key, depth);
  return innerNodeHash(end.length, end.prefix, end.left, end.right);
}

/**
 * @param {OtherLeaf} leaf
 * @param {Uint8Array} key
 * @param {number} depth
 */
function checkOtherLeaf(leaf, key, depth) {
  if (isSame(leaf.key, key)) throw new Refusal("incomplete", "absence: the subject has a list");
  if (!Number.isSafeInteger(leaf.count) || leaf.count < 1) {
    throw new Refusal("proof-shape", "leaf: want a list of at least one");
  }
  if (!isSame(keyPrefix(leaf.key, depth), keyPrefix(key, depth))) {
    throw new Refusal("proof-shape", "leaf: stands where no path of its key leads");
  }
}

/**
 * @param {OtherNode} node
 * @param {Uint8Array} key
 * @param {number} depth
 */
function checkOtherNode({ length, prefix }, key, depth) {
  if (length < depth || length >= KEY_BITS) {
    throw new Refusal("proof-shape", "node: its prefix is not longer than the one above");
  }
  if (!isSame(keyPrefix(prefix, length), prefix)) {
    throw new Refusal("proof-shape", "node: its prefix is not padded with zeros");
  }
  if (!isSame(keyPrefix(prefix, depth), keyPrefix(key, depth))) {
    throw new Refusal("proof-shape", "node: stands where no path of its keys leads");
  }
  if (isSame(keyPrefix(key, length), prefix)) {
    throw new Refusal("incomplete", "absence: the subject may lie below this node");
  }
}

/** @param {readonly PathStep[]} path */
function checkPath(path) {
  let above = -1;
  for (const { length } of path) {
    if (length <= above || length >= KEY_BITS) {
      throw new Refusal("proof-shape", `path: got a prefix of ${length} bits below ${above}`);
    }
    above = length;
  }
}

/**
 * Return the root that a path leads to.
 *
 * Every prefix on the way is taken from the key itself, so that it begins it.
 *
 * @param {Uint8Array} node
 * @param {Uint8Array} key
 * @param {readonly PathStep[]} path
 * @returns {Promise<Uint8Array>}
 */
async function climb(node, key, path) {
  let at = node;
  for (const { length, sibling } of [...path].reverse()) {
    const [left, right] = keyBit(key, length) === 1 ? [sibling, at] : [at, sibling];
    at = await innerNodeHash(length, keyPrefix(key, length), left, right);
  }
  return at;
}

/**
 * @param {Uint8Array} root
 * @param {Uint8Array} got
 * @param {string} subject
 */
function checkRoot(root, got, subject) {
  if (isSame(root, got)) return;
  const message = `${subject}: the proof leads to ${toHex(got)}, want ${toHex(root)}`;
  throw new Refusal("incomplete", message);
}

/**
 * @param {Uint8Array} bytes
 * @param {Uint8Array} other
 * @returns {boolean}
 */
function isSame(bytes, other) {
  return toHex(bytes) === toHex(other);
}

/**
 * @param {Json | undefined} value
 * @param {number} [length]
 * @returns {Json[]}
 */
function asArray(value, length) {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value;
  throw new Refusal("passport", "completeness proof: want an array of its length");
}

/**
 * @param {Json | undefined} value
 * @returns {number}
 */
function asNumber(value) {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Refusal("passport", "completeness proof: want an integer");
}

/**
 * @param {Json | undefined} value
 * @returns {Uint8Array}
 */
function asHash(value) {
  if (typeof value !== "string") {
    throw new Refusal("passport", "completeness proof: want a hash in base64");
  }
  return refusedAs("passport", () => decodeBase64(value, 32));
}
