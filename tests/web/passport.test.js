import assert from "node:assert/strict";
import { test } from "node:test";

import { verifyLists } from "../../scanner_web/verify/completeness.js";
import { decodeUtf8, encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { verifyGiven } from "../../scanner_web/verify/lists.js";
import { parsePassport } from "../../scanner_web/verify/passport.js";
import { outcome, read } from "../support/vectors.js";

const { cases } = JSON.parse(read("verify/passports.json"));
const HONEST = cases.find(({ name }) => name === "honest").passport;

/** Return the bytes of the honest passport with its lists changed. */
function withLists(lists) {
  const members = JSON.parse(HONEST);
  return encodeUtf8(JSON.stringify({ ...members, lists: { ...members.lists, ...lists } }));
}

test("a passport keeps its entries byte for byte, and its lists in their order", () => {
  const { entries, checkpoint, lists, nodes } = parsePassport(encodeUtf8(HONEST));
  const members = JSON.parse(HONEST);

  assert.equal(decodeUtf8(checkpoint), members.checkpoint);
  assert.deepEqual(
    entries.map(({ index, entry }) => [index, decodeUtf8(entry)]),
    members.entries,
  );
  assert.deepEqual([...lists.byName], members.lists.subjects);
  assert.deepEqual(lists.proof, members.lists.proof);
  assert.equal(nodes.length, members.nodes.length);
});

test("any part of it, put anywhere else, is a passport or refused as none", async () => {
  const members = JSON.parse(HONEST);
  const values = [...Object.values(members), null, true, 0, -1, 0.5, "", [], {}, [[]], [[0]]];

  for (const name of [...Object.keys(members), "list"]) {
    for (const value of values) {
      const changed = JSON.stringify({ ...members, [name]: value });
      const bytes = encodeUtf8(changed);
      assert.ok(["ok", "passport"].includes(await outcome(() => parsePassport(bytes))), changed);
    }
  }
});

for (const [word, subjects] of [
  ["no array", {}],
  ["a name alone", ["a"]],
  ["a name without a list", [["a"]]],
  ["a member too many", [["a", [], 1]]],
  ["an empty name", [["", []]]],
  ["a name that is no text", [[7, []]]],
  ["a name with a blank", [["a b", []]]],
  ["a name that sorts by its encoding", [["\u{1f42a}", []]]],
  ["a lone surrogate", [["\ud800", []]]],
  ["names that descend", [["b", []], ["a", []]]],
  ["a name twice", [["a", []], ["a", []]]],
  ["an index twice", [["a", [1, 1]]]],
  ["indices that descend", [["a", [2, 1]]]],
  ["an index below zero", [["a", [-1]]]],
  ["half an index", [["a", [0.5]]]],
  ["an index that is a text", [["a", ["1"]]]],
  ["an index that is true", [["a", [true]]]],
  ["an index that cannot be counted", [["a", [2 ** 53]]]],
  ["an index beyond every number", [["a", [1e300]]]],
]) {
  test(`lists with ${word} are refused`, async () => {
    assert.equal(await outcome(() => parsePassport(withLists({ subjects }))), "passport");
  });
}

test("names that a language has given a meaning are names like others", () => {
  const names = ["__proto__", "constructor", "hasOwnProperty", "toString"];

  const { lists } = parsePassport(withLists({ subjects: names.map((name) => [name, [1]]) }));

  assert.deepEqual([...lists.byName.keys()], names);
  assert.deepEqual(Object.keys(Object.prototype), []);
});

test("a thousand names more take a thousand times as long, not a million", async () => {
  const subjects = Array.from({ length: 10000 }, (_, at) => [String(10000 + at), []]);
  const begun = performance.now();

  const { byName } = parsePassport(withLists({ subjects, proof: [] })).lists;
  verifyGiven(byName, []);
  await verifyLists(new Uint8Array(32), { origin: "oasis.example/milk", lists: byName, proof: [] });

  assert.equal(byName.size, 10000);
  assert.ok(performance.now() - begun < 10000);
});
