import assert from "node:assert/strict";
import { test } from "node:test";

import {
  listLeafHash,
  listNext,
  listStart,
  subjectKey,
  verifyLists,
} from "../../scanner_web/verify/completeness.js";
import { forEachCase, hex, outcome } from "../support/vectors.js";

forEachCase("index/lists.json", async ({ root_hex: root, origin, lists, proof, want }) => {
  const claim = { origin, lists: new Map(lists), proof };

  assert.equal(await outcome(() => verifyLists(hex(root), claim)), want);
});

forEachCase("index/roots.json", async ({ origin, lists, want }) => {
  // The root of a map of one or none needs no hash beside it; of others, a vector has.
  const proof = lists.length === 0 ? [] : ["."];
  const claim = { origin, lists: new Map([["nothing", []], ...lists]), proof };
  const isWhole = lists.length < 2;

  assert.equal(
    await outcome(() => verifyLists(hex(want), claim)),
    isWhole ? "ok" : "incomplete",
  );
});

test("an index that cannot be counted here is refused, whatever its root", async () => {
  const origin = "a.example";
  const key = await subjectKey(origin, "cow");
  const rootOf = async (index) =>
    listLeafHash(key, 1, await listNext(await listStart(key), index));
  const judged = async (index) =>
    verifyLists(await rootOf(index), { origin, lists: new Map([["cow", [index]]]), proof: ["."] });

  assert.equal(await outcome(() => judged(2 ** 53 - 1)), "ok");
  assert.equal(await outcome(() => judged(2 ** 53)), "incomplete");
});
