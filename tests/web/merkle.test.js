import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { toHex } from "../../scanner_web/verify/encoding.js";
import {
  leafHash,
  nodeHash,
  rootFromInclusionProof,
  rootFromMultiProof,
  rootHash,
  verifyConsistency,
  verifyInclusion,
} from "../../scanner_web/verify/merkle.js";
import { files, forEachCase, hex, outcome, read } from "../support/vectors.js";

const base64 = (text) => Uint8Array.from(Buffer.from(text || "", "base64"));

// RFC 6962 test data: leaves, and the roots of the trees of size 0 to 8.
const LEAVES = "|00|10|2021|3031|40414243|5051525354555657|606162636465666768696a6b6c6d6e6f";
const ROOTS =
  "e3b0c442 6e340b9c fac54203 aeb6bcfe d37ee418 4e3bbb1f 76e67dad ddb89be4 5dc9da79";

test("RFC 6962: the roots of the first eight trees", async () => {
  const leaves = await Promise.all(LEAVES.split("|").map((leaf) => leafHash(hex(leaf))));
  const roots = [];
  for (let size = 0; size <= 8; size += 1) {
    roots.push(toHex(await rootHash(leaves.slice(0, size))).slice(0, 8));
  }

  assert.equal(roots.join(" "), ROOTS);
});

forEachCase("merkle/roots.json", async (given) => {
  const leaves = await Promise.all(given.entries_hex.map((entry) => leafHash(hex(entry))));
  assert.equal(toHex(await rootHash(leaves)), given.want);
});

test("the roots of the trees of 0 to 130 entries, all in one hash", async () => {
  const { cases } = JSON.parse(read("merkle/accumulated.json"));
  const leaves = [];
  const hash = createHash("sha256");
  for (let size = 0; size <= 130; size += 1) {
    hash.update(await rootHash(leaves));
    leaves.push(await leafHash(Uint8Array.of(0, size)));
  }

  assert.equal(hash.digest("hex"), cases.find(({ name }) => name === "roots").want);
});

forEachCase("merkle/inclusion.json", async (given) => {
  const claim = {
    index: given.index,
    treeSize: given.tree_size,
    proof: given.proof_hex.map(hex),
    root: hex(given.root_hex),
  };
  assert.equal(await outcome(() => verifyInclusion(hex(given.leaf_hex), claim)), given.want);
});

forEachCase("merkle/consistency.json", async (given) => {
  const claim = {
    oldSize: given.old_size,
    newSize: given.new_size,
    oldRoot: hex(given.old_root_hex),
    newRoot: hex(given.new_root_hex),
    proof: given.proof_hex.map(hex),
  };
  assert.equal(await outcome(() => verifyConsistency(claim)), given.want);
});

forEachCase("merkle/multi_proof.json", async (given) => {
  const leaves = new Map(given.leaves_hex.map(([index, leaf]) => [index, hex(leaf)]));
  const claim = { treeSize: given.tree_size, proof: given.proof_hex.map(hex) };
  let root;
  const got = await outcome(async () => {
    root = await rootFromMultiProof(leaves, claim);
  });
  const isOther = got === "ok" && toHex(root) !== given.root_hex;
  assert.equal(isOther ? "root-mismatch" : got, given.want);
});

for (const path of files("foreign/merkle/inclusion")) {
  test(path, async () => {
    const given = JSON.parse(read(path));
    const claim = {
      index: given.leafIdx,
      treeSize: given.treeSize,
      proof: (given.proof || []).map(base64),
      root: base64(given.root),
    };
    const got = await outcome(() => verifyInclusion(base64(given.leafHash), claim));
    assert.equal(got !== "ok", given.wantErr, given.desc);
  });
}

for (const path of files("foreign/merkle/consistency")) {
  test(path, async () => {
    const given = JSON.parse(read(path));
    const claim = {
      oldSize: given.size1,
      newSize: given.size2,
      oldRoot: base64(given.root1),
      newRoot: base64(given.root2),
      proof: (given.proof || []).map(base64),
    };
    const got = await outcome(() => verifyConsistency(claim));
    assert.equal(got !== "ok", given.wantErr, given.desc);
  });
}

const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts)).digest();

/** The slow definition: RFC 6962, section 2.1, over leaf hashes. */
function slowRoot(leaves) {
  if (leaves.length === 1) return leaves[0];
  const split = splitAt(leaves.length);
  return sha(Buffer.of(1), slowRoot(leaves.slice(0, split)), slowRoot(leaves.slice(split)));
}

function splitAt(size) {
  return 2 ** (31 - Math.clz32(size - 1));
}

/** RFC 6962, 2.1.1. */
function slowPath(index, leaves) {
  if (leaves.length === 1) return [];
  const split = splitAt(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...slowPath(index, left), slowRoot(right)]
    : [...slowPath(index - split, right), slowRoot(left)];
}

/** RFC 6962, 2.1.2. */
function slowExtension(size, leaves, isWhole) {
  if (size === leaves.length) return isWhole ? [] : [slowRoot(leaves)];
  const split = splitAt(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return size <= split
    ? [...slowExtension(size, left, isWhole), slowRoot(right)]
    : [...slowExtension(size - split, right, false), slowRoot(left)];
}

/** The definition of the multi-proof: a walk, depth first, left first. */
function slowMultiProof(wanted, low, high, leaves) {
  if (!wanted.some((index) => index >= low && index < high)) {
    return [slowRoot(leaves.slice(low, high))];
  }
  if (high - low === 1) return [];
  const middle = low + splitAt(high - low);
  return [
    ...slowMultiProof(wanted, low, middle, leaves),
    ...slowMultiProof(wanted, middle, high, leaves),
  ];
}

const MANY = Array.from({ length: 17 }, (_, index) => sha(Buffer.of(0, index)));

test("every leaf of every small tree is included, and a neighbour is not", async () => {
  for (let size = 1; size <= MANY.length; size += 1) {
    const leaves = MANY.slice(0, size);
    for (let index = 0; index < size; index += 1) {
      const claim = { index, treeSize: size, proof: slowPath(index, leaves), root: slowRoot(leaves) };
      await verifyInclusion(leaves[index], claim);
      const lie = await outcome(() => verifyInclusion(sha(Buffer.of(9)), claim));
      assert.equal(lie, "root-mismatch");
      const long = { ...claim, proof: [...claim.proof, MANY[0]] };
      assert.equal(await outcome(() => verifyInclusion(leaves[index], long)), "proof-shape");
    }
  }
});

test("every small tree extends every smaller one, and a hash more or less is seen", async () => {
  for (let newSize = 1; newSize <= MANY.length; newSize += 1) {
    const newRoot = slowRoot(MANY.slice(0, newSize));
    for (let oldSize = 1; oldSize <= newSize; oldSize += 1) {
      const oldRoot = slowRoot(MANY.slice(0, oldSize));
      const proof = slowExtension(oldSize, MANY.slice(0, newSize), true);
      const claim = { oldSize, newSize, oldRoot, newRoot, proof };
      await verifyConsistency(claim);
      const lies = [
        ["proof-shape", { proof: [...proof, MANY[0]] }],
        ["root-mismatch", { newRoot: MANY[16] }],
        ["root-mismatch", { oldRoot: MANY[16] }],
      ];
      if (proof.length > 0) lies.push(["proof-shape", { proof: proof.slice(1) }]);
      for (const [want, lie] of lies) {
        assert.equal(await outcome(() => verifyConsistency({ ...claim, ...lie })), want);
      }
    }
  }
});

test("any leaves of a small tree lead to its root with the proof of the walk", async () => {
  const size = 7;
  const leaves = MANY.slice(0, size);
  for (let choice = 1; choice < 2 ** size; choice += 1) {
    const wanted = leaves.map((_, index) => index).filter((index) => choice & (1 << index));
    const proof = slowMultiProof(wanted, 0, size, leaves);
    const given = new Map(wanted.map((index) => [index, leaves[index]]));
    const root = await rootFromMultiProof(given, { treeSize: size, proof });
    assert.equal(toHex(root), toHex(slowRoot(leaves)));
    const long = { treeSize: size, proof: [...proof, MANY[0]] };
    assert.equal(await outcome(() => rootFromMultiProof(given, long)), "proof-shape");
  }
});

test("a tree of more than 2^32 entries is walked by its real indexes", async () => {
  const treeSize = 2 ** 33 + 1;
  const [first, last] = [MANY[0], MANY[1]];

  const root = await rootFromInclusionProof(last, {
    index: 2 ** 33,
    treeSize,
    proof: [first],
  });
  const many = await rootFromMultiProof(new Map([[2 ** 33, last]]), { treeSize, proof: [first] });

  assert.equal(toHex(root), toHex(await nodeHash(first, last)));
  assert.equal(toHex(many), toHex(root));
});

test("a hash that is not 32 bytes is no hash of a proof", async () => {
  const claim = { index: 0, treeSize: 2, proof: [new Uint8Array(31)] };

  assert.equal(await outcome(() => rootFromInclusionProof(MANY[0], claim)), "proof-shape");
});
