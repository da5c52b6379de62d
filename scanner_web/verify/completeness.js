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

/**
 * @typedef {object} Claim
 * @property {string} origin
 * @property {ReadonlyMap<string, readonly number[]>} lists the whole list of each name; []
 *   where there is none
 * @property {readonly Json[]} proof tokens of the walk that leads to all of them
 */

/**
 * A name on its way down, with the hash of the list it is said to have.
 *
 * @typedef {{name: string, key: Uint8Array, leaf: Uint8Array | null}} Wanted
 */

/** @typedef {{key: Uint8Array, count: number, chain: Uint8Array}} Leaf of another subject */
/** @typedef {{length: number, prefix: Uint8Array, left: Node, right: Node}} Inner */
/** @typedef {Uint8Array | Leaf | Inner} Node */

const EMPTY_INDEX_ROOT = new Uint8Array(32);
const KEY_BITS = 256;
const LONE_SURROGATE = /[\ud800-\udfff]/u;

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
 * Check that these are all statements listed under some names; throws `proof-shape`,
 * `incomplete`.
 *
 * What is listed under a name that is not given is left open.
 *
 * @param {Uint8Array} root the index root of a seal
 * @param {Claim} claim
 * @returns {Promise<void>}
 */
export async function verifyLists(root, { origin, lists, proof }) {
  if (lists.size === 0) throw new Refusal("proof-shape", "lists: want at least one name");
  for (const [name, indices] of lists) checkList(name, indices);
  const wanted = await Promise.all([...lists].map((list) => hashList(origin, list)));
  const node = proof.length === 0 ? emptyMap(wanted) : readProof(proof, wanted);
  const got = await nodeHash(node);
  if (isSame(got, root)) return;
  const message = `the proof leads to ${toHex(got)}, want ${toHex(root)}`;
  throw new Refusal("incomplete", `${[...lists.keys()][0]}: ${message}`);
}

/**
 * @param {string} name
 * @param {readonly number[]} indices
 */
function checkList(name, indices) {
  // Written as bytes it would become another name.
  if (LONE_SURROGATE.test(name)) throw new Refusal("proof-shape", "name: want Unicode text");
  let last = -1;
  for (const index of indices) {
    if (!Number.isSafeInteger(index) || index <= last) {
      const message = `got ${index} after ${last}, want ascending indices up to 2^53 - 1`;
      throw new Refusal("incomplete", `${name}: ${message}`);
    }
    last = index;
  }
}

/**
 * @param {string} origin
 * @param {[string, readonly number[]]} list
 * @returns {Promise<Wanted>}
 */
async function hashList(origin, [name, indices]) {
  const key = await subjectKey(origin, name);
  let chain = await listStart(key);
  for (const index of indices) chain = await listNext(chain, index);
  const leaf = indices.length > 0 ? await listLeafHash(key, indices.length, chain) : null;
  return { name, key, leaf };
}

/**
 * @param {readonly Wanted[]} wanted
 * @returns {Node}
 */
function emptyMap(wanted) {
  refuseListed(wanted);
  return EMPTY_INDEX_ROOT;
}

/**
 * Return the tree that the tokens of a walk spell; throws `proof-shape`, `incomplete`.
 *
 * A key leads to one place of the map only: on the way down prefixes grow, and every key
 * of a subtree begins with its prefix. So whoever finds two proofs, one of a list and
 * one of none, has found a collision of SHA-256.
 *
 * @param {readonly Json[]} proof
 * @param {readonly Wanted[]} all
 * @returns {Node}
 */
function readProof(proof, all) {
  let at = 0;

  /** @returns {Json | undefined} the next token; none beyond the last is of any form */
  const next = () => {
    at += 1;
    return proof[at - 1];
  };

  /**
   * @param {readonly Wanted[]} wanted at least one; all share their first bits
   * @param {number} depth how many: the prefix above and the bit taken
   * @returns {Node}
   */
  const walk = (wanted, depth) => {
    const token = next();
    const { key } = /** @type {Wanted} */ (wanted[0]);
    if (token === ".") return ownLeaf(wanted);
    if (Array.isArray(token) && token.length === 3) return otherLeaf(token, wanted, depth);
    let below = wanted;
    let length;
    let prefix;
    if (Array.isArray(token) && token.length === 2) {
      length = asLength(token[0], depth);
      prefix = asHash(token[1]);
      checkPrefix(length, prefix, key, depth);
      below = beginningWith(prefix, length, wanted);
    } else {
      const shared = asLength(token, depth);
      length = shared;
      prefix = keyPrefix(key, shared);
      if (!wanted.every((each) => isShared(each.key, key, shared))) {
        throw new Refusal("proof-shape", `node: its names do not share ${shared} bits`);
      }
    }
    // At most 256 levels deep: the length grows with each.
    const left = child(below.filter((each) => keyBit(each.key, length) === 0), length + 1);
    const right = child(below.filter((each) => keyBit(each.key, length) === 1), length + 1);
    return { length, prefix, left, right };
  };

  /**
   * @param {readonly Wanted[]} wanted
   * @param {number} depth
   * @returns {Node}
   */
  const child = (wanted, depth) => (wanted.length > 0 ? walk(wanted, depth) : asHash(next()));

  const node = walk(all, 0);
  if (at !== proof.length) {
    throw new Refusal("proof-shape", `proof: got ${proof.length} tokens, want ${at}`);
  }
  return node;
}

/**
 * @param {Node} node
 * @returns {Promise<Uint8Array>}
 */
async function nodeHash(node) {
  if (node instanceof Uint8Array) return node;
  if ("key" in node) return listLeafHash(node.key, node.count, node.chain);
  const [left, right] = await Promise.all([nodeHash(node.left), nodeHash(node.right)]);
  return innerNodeHash(node.length, node.prefix, left, right);
}

/**
 * @param {readonly Wanted[]} wanted
 * @returns {Node}
 */
function ownLeaf(wanted) {
  const leaves = wanted.flatMap(({ leaf }) => leaf || []);
  if (leaves.length === 1 && leaves[0]) return leaves[0];
  const names = wanted.map(({ name }) => name).join(", ");
  throw new Refusal("incomplete", `leaf: stands for ${leaves.length} lists of ${names}`);
}

/**
 * @param {readonly Json[]} token
 * @param {readonly Wanted[]} wanted
 * @param {number} depth
 * @returns {Node}
 */
function otherLeaf(token, wanted, depth) {
  const key = asHash(token[0]);
  const count = asInteger(token[1]);
  const chain = asHash(token[2]);
  if (count < 1) throw new Refusal("proof-shape", "leaf: want a list of at least one");
  if (!wanted.every((each) => isShared(each.key, key, depth))) {
    throw new Refusal("proof-shape", "leaf: stands where no path of its key leads");
  }
  refuseListed(wanted);
  if (wanted.some((each) => isSame(each.key, key))) {
    throw new Refusal("incomplete", "leaf: of a name that is said to have no list");
  }
  return { key, count, chain };
}

/**
 * @param {number} length
 * @param {Uint8Array} prefix
 * @param {Uint8Array} key
 * @param {number} depth
 */
function checkPrefix(length, prefix, key, depth) {
  if (!isSame(keyPrefix(prefix, length), prefix)) {
    throw new Refusal("proof-shape", "node: its prefix is not padded with zeros");
  }
  if (!isShared(prefix, key, depth)) {
    throw new Refusal("proof-shape", "node: stands where no path of its keys leads");
  }
}

/**
 * Return what begins with a node's prefix, once the rest is found absent.
 *
 * @param {Uint8Array} prefix
 * @param {number} length
 * @param {readonly Wanted[]} wanted
 * @returns {Wanted[]}
 */
function beginningWith(prefix, length, wanted) {
  const below = wanted.filter((each) => isShared(each.key, prefix, length));
  if (below.length === wanted.length) {
    throw new Refusal("proof-shape", "node: its prefix is told where all names have it");
  }
  refuseListed(wanted.filter((each) => !below.includes(each)));
  return below;
}

/** @param {readonly Wanted[]} absent */
function refuseListed(absent) {
  const listed = absent.find(({ leaf }) => leaf);
  if (listed) throw new Refusal("incomplete", `${listed.name}: its list is not in the index`);
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
 * @param {Uint8Array} key
 * @param {Uint8Array} other
 * @param {number} length
 * @returns {boolean} whether both begin with the same bits, this many
 */
function isShared(key, other, length) {
  for (let place = 0; 8 * place < length; place += 1) {
    const difference = /** @type {number} */ (key[place]) ^ /** @type {number} */ (other[place]);
    if (difference >> Math.max(0, 8 * (place + 1) - length)) return false;
  }
  return true;
}

/**
 * @param {Json | undefined} value
 * @param {number} depth
 * @returns {number}
 */
function asLength(value, depth) {
  const length = asInteger(value);
  if (length >= depth && length < KEY_BITS) return length;
  const message = `got a prefix of ${length} bits, want ${depth} to ${KEY_BITS - 1}`;
  throw new Refusal("proof-shape", `node: ${message}`);
}

/**
 * @param {Json | undefined} value
 * @returns {number}
 */
function asInteger(value) {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw new Refusal("proof-shape", "proof: want an integer");
}

/**
 * @param {Json | undefined} value
 * @returns {Uint8Array}
 */
function asHash(value) {
  const text = typeof value === "string" ? value : "";
  return refusedAs("proof-shape", () => decodeBase64(text, 32));
}
