/**
 * Merkle tree hashes and proofs (RFC 6962, section 2.1).
 *
 * Pure functions over bytes; hashing is asynchronous, as the browser's is. Twin of
 * `ledger/merkle.py`, the verifying half. Indexes may exceed 32 bits: arithmetic, no bit
 * operators.
 */

import { concat, toHex } from "./encoding.js";
import { Refusal } from "./errors.js";
import { sha256 } from "./hash.js";

const HASH_BYTES = 32;

/**
 * Return the leaf hash of an entry.
 *
 * A leaf and a node can never be mistaken for one another, because what is hashed
 * starts with a different byte.
 *
 * @param {Uint8Array} entry
 * @returns {Promise<Uint8Array>}
 */
export function leafHash(entry) {
  return sha256(concat(Uint8Array.of(0), entry));
}

/**
 * Return the node hash over two hashes.
 *
 * @param {Uint8Array} left
 * @param {Uint8Array} right
 * @returns {Promise<Uint8Array>}
 */
export function nodeHash(left, right) {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/**
 * Return the root over leaf hashes.
 *
 * @param {readonly Uint8Array[]} leaves
 * @returns {Promise<Uint8Array>}
 */
export async function rootHash(leaves) {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  const known = new Map(leaves.map((leaf, index) => [index, leaf]));
  return rootFromMultiProof(known, { treeSize: leaves.length, proof: [] });
}

/**
 * Return the root that an inclusion proof leads to, starting from a leaf hash.
 *
 * Siblings come lowest first. A level where the path has no sibling, at the right edge
 * of the tree, is skipped. Throws `not-verified`, `proof-shape`.
 *
 * @param {Uint8Array} leaf
 * @param {{index: number, treeSize: number, proof: readonly Uint8Array[]}} claim
 * @returns {Promise<Uint8Array>}
 */
export async function rootFromInclusionProof(leaf, { index, treeSize, proof }) {
  checkLeaf(leaf, { index, treeSize });
  const siblings = proof.slice();
  let node = leaf;
  let place = index;
  for (let last = treeSize - 1; last > 0; last = Math.floor(last / 2)) {
    if (place % 2 === 1) node = await nodeHash(take(siblings), node);
    else if (place < last) node = await nodeHash(node, take(siblings));
    place = Math.floor(place / 2);
  }
  checkSpent(siblings);
  return node;
}

/**
 * Check that a leaf is in the tree; throws `not-verified`, `proof-shape`,
 * `root-mismatch`.
 *
 * @param {Uint8Array} leaf
 * @param {{index: number, treeSize: number, proof: readonly Uint8Array[], root: Uint8Array}} claim
 * @returns {Promise<void>}
 */
export async function verifyInclusion(leaf, { index, treeSize, proof, root }) {
  checkRoot(await rootFromInclusionProof(leaf, { index, treeSize, proof }), root);
}

/**
 * Check that one tree is the beginning of another; throws `not-verified`,
 * `proof-shape`, `root-mismatch`.
 *
 * @param {{oldSize: number, newSize: number, oldRoot: Uint8Array, newRoot: Uint8Array, proof: readonly Uint8Array[]}} claim
 * @returns {Promise<void>}
 */
export async function verifyConsistency({ oldSize, newSize, oldRoot, newRoot, proof }) {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) {
    throw new Refusal("not-verified", `size: got ${oldSize} before ${newSize}`);
  }
  const hashes = proof.slice();
  if (oldSize === 0 || oldSize === newSize) {
    checkSpent(hashes);
    if (oldSize === 0) checkRoot(await rootHash([]), oldRoot);
    if (oldSize === newSize) checkRoot(oldRoot, newRoot);
    return;
  }
  // Climb to the highest complete subtree that ends where the old tree ends: both roots
  // are built from it.
  let place = oldSize - 1;
  let last = newSize - 1;
  for (; place % 2 === 1; place = Math.floor(place / 2)) last = Math.floor(last / 2);
  const start = place === 0 ? oldRoot : take(hashes);
  let oldNode = start;
  let newNode = start;
  for (; last > 0; last = Math.floor(last / 2)) {
    if (place % 2 === 1) {
      const sibling = take(hashes);
      [oldNode, newNode] = [
        await nodeHash(sibling, oldNode),
        await nodeHash(sibling, newNode),
      ];
    } else if (place < last) {
      newNode = await nodeHash(newNode, take(hashes));
    }
    place = Math.floor(place / 2);
  }
  checkSpent(hashes);
  checkRoot(oldNode, oldRoot);
  checkRoot(newNode, newRoot);
}

/**
 * Return the root that several leaves and one proof for all of them lead to.
 *
 * The tree is walked depth first, left first. A subtree without a wanted leaf is the
 * next hash of the proof, one of a single leaf is that leaf. Throws `not-verified`,
 * `proof-shape`.
 *
 * @param {ReadonlyMap<number, Uint8Array>} leaves leaf hashes by index
 * @param {{treeSize: number, proof: readonly Uint8Array[]}} claim
 * @returns {Promise<Uint8Array>}
 */
export async function rootFromMultiProof(leaves, { treeSize, proof }) {
  const indices = [...leaves.keys()].sort((a, b) => a - b);
  if (indices.length === 0) throw new Refusal("not-verified", "leaves: got none");
  for (const [index, leaf] of leaves) checkLeaf(leaf, { index, treeSize });
  const hashes = proof.slice();
  let next = 0;

  // The walk takes hashes in order before any is computed, so that the hashing of
  // separate subtrees may overlap.
  /** @type {(low: number, high: number) => Uint8Array | Promise<Uint8Array>} */
  const walk = (low, high) => {
    const wanted = indices[next];
    if (wanted === undefined || wanted >= high) return take(hashes);
    if (high - low === 1) {
      next += 1;
      return /** @type {Uint8Array} */ (leaves.get(wanted));
    }
    const middle = low + largestPowerBelow(high - low);
    const halves = [walk(low, middle), walk(middle, high)];
    return Promise.all(halves).then((pair) =>
      nodeHash(/** @type {Uint8Array} */ (pair[0]), /** @type {Uint8Array} */ (pair[1])),
    );
  };
  const root = walk(0, treeSize);
  checkSpent(hashes);
  return root;
}

/**
 * @param {number} size at least 2
 * @returns {number}
 */
function largestPowerBelow(size) {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/**
 * @param {number} value
 * @returns {boolean}
 */
function isCount(value) {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * @param {Uint8Array} leaf
 * @param {{index: number, treeSize: number}} place
 */
function checkLeaf(leaf, { index, treeSize }) {
  if (!isCount(index) || !isCount(treeSize) || index >= treeSize) {
    throw new Refusal("not-verified", `index: got ${index}, want 0 <= index < ${treeSize}`);
  }
  if (leaf.length !== HASH_BYTES) {
    throw new Refusal("not-verified", `leaf: got ${leaf.length} bytes, want 32`);
  }
}

/**
 * @param {Uint8Array[]} hashes
 * @returns {Uint8Array}
 */
function take(hashes) {
  const hash = hashes.shift();
  if (!hash) throw new Refusal("proof-shape", "proof: a hash is missing");
  if (hash.length !== HASH_BYTES) {
    throw new Refusal("proof-shape", `proof: a hash of ${hash.length} bytes, want 32`);
  }
  return hash;
}

/** @param {Uint8Array[]} hashes */
function checkSpent(hashes) {
  if (hashes.length > 0) {
    throw new Refusal("proof-shape", `proof: ${hashes.length} hashes too many`);
  }
}

/**
 * @param {Uint8Array} got
 * @param {Uint8Array} want
 */
function checkRoot(got, want) {
  if (toHex(got) !== toHex(want)) {
    throw new Refusal("root-mismatch", `root: got ${toHex(got)}, want ${toHex(want)}`);
  }
}
