import assert from "node:assert/strict";
import { test } from "node:test";

import { Difference, partsOf, verifyShown } from "../../scanner_web/shown.js";
import { parseIdentifier } from "../../scanner_web/verify/identifier.js";
import { outcome } from "../support/vectors.js";

const SIZE = 12;
const FACTS = [
  ["step", "Inspected"],
  ["what.0", "(01) 09520123456788 · 12.5 kg"],
];
const VERIFIED = new Map([
  [5, FACTS],
  [8, [["step", "Shipped"]]],
]);

/** Return the page as an honest server writes it, with articles changed. */
function page(changes = {}) {
  const articles = new Map([...VERIFIED, ...Object.entries(changes).map(([i, f]) => [Number(i), f])]);
  return [...articles]
    .filter(([, facts]) => facts !== null)
    .map(([index, facts]) => ({ index, facts }));
}

/** Return what is found to differ. */
function difference(articles) {
  try {
    verifyShown(articles, VERIFIED, SIZE);
  } catch (error) {
    assert.ok(error instanceof Difference);
    const { kind, index, fact, shown, signed, code, step } = error;
    assert.deepEqual([code, step], ["fact-mismatch", 14]);
    return { kind, index, fact, shown, signed };
  }
  return null;
}

test("a page that shows what was verified holds, in any order and with any white space", () => {
  assert.equal(difference(page()), null);
  assert.equal(difference(page().reverse()), null);
  assert.equal(difference(page({ 8: [["step", "\n  Shipped "]] })), null);
});

test("one changed fact is named, with both texts", () => {
  const lie = [FACTS[0], ["what.0", "(01) 09520123456788 · 92.5 kg"]];

  assert.deepEqual(difference(page({ 5: lie })), {
    kind: "fact",
    index: 5,
    fact: "what.0",
    shown: lie[1][1],
    signed: FACTS[1][1],
  });
});

test("a fact left out, made up or told twice is named", () => {
  const flag = ["flag.late", "Entered late"];

  assert.equal(difference(page({ 5: FACTS.slice(0, 1) })).kind, "fact-missing");
  assert.deepEqual(difference(page({ 5: [...FACTS, flag] })), {
    kind: "fact-extra",
    index: 5,
    fact: "flag.late",
    shown: flag[1],
    signed: "",
  });
  assert.equal(difference(page({ 5: [FACTS[0], ...FACTS] })).kind, "fact-extra");
  assert.equal(difference(page({ 5: [["step", "Recalled"], ...FACTS] })).kind, "fact-extra");
});

test("a statement left out, made up or shown twice is named", () => {
  assert.deepEqual([difference(page({ 8: null })).kind, difference(page({ 8: null })).index], [
    "article-missing",
    8,
  ]);
  assert.equal(difference(page({ 6: [["step", "Shipped"]] })).kind, "article-extra");
  assert.equal(difference(page({ 6: [] })).kind, "article-extra");
  assert.equal(difference([{ index: 5, facts: [] }, ...page()]).kind, "article-extra");
  assert.equal(difference([...page(), { index: NaN, facts: [] }]).kind, "article-extra");
});

test("a page older than the ledger is out of date, not false", async () => {
  const newer = new Map([...VERIFIED, [12, [["step", "Recalled"]]]]);

  assert.equal(await outcome(() => verifyShown(page(), newer, 12)), "stale");
  assert.equal(await outcome(() => verifyShown(page(), newer, 13)), "fact-mismatch");
  assert.equal(await outcome(() => verifyShown(page(), newer, NaN)), "fact-mismatch");
});

test("a code is shown as a kind of thing, its name, and its keys and values", () => {
  const messages = { "kind.lot": "Lot", "kind.own.animal": "Animal" };
  const host = "ledger.example";
  const lot = parseIdentifier("https://id.gs1.org/01/09520123456788/10/32a%2Fb", { host });
  const own = parseIdentifier(`https://${host}/id/animal/spring/7`, { host });

  assert.deepEqual(partsOf(lot, messages), [
    ["kind", "Lot"],
    ["name", "32a/b"],
    ["01", "09520123456788"],
    ["10", "32a/b"],
  ]);
  assert.deepEqual(partsOf(own, messages), [
    ["kind", "Animal"],
    ["name", "7"],
    ["own", `https://${host}/id/animal/spring/7`],
  ]);
  assert.deepEqual(partsOf(own, {})[0], ["kind", "animal"]);
});
