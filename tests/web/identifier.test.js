import assert from "node:assert/strict";
import { test } from "node:test";

import {
  checkDigit,
  checkPrefix,
  identifiersFromPath,
  parseIdentifier,
  within,
} from "../../scanner_web/verify/identifier.js";
import { forEachCase, outcome, read } from "../support/vectors.js";

const host = "ledger.example";

forEachCase("identifier/parse.json", async (given) => {
  assert.equal(await outcome(() => parseIdentifier(given.text, { host })), given.want);
  if (given.want !== "ok") return;
  const { text, kind, parts } = parseIdentifier(given.text, { host });
  assert.deepEqual({ text, kind, parts }, { text: given.text, kind: given.kind, parts: given.parts });
});

forEachCase("identifier/path.json", async (given) => {
  assert.equal(await outcome(() => identifiersFromPath(given.path, { host })), given.want);
  if (given.want !== "ok") return;
  const found = identifiersFromPath(given.path, { host });
  assert.deepEqual(found.map(({ text }) => text), given.found);
});

forEachCase("identifier/prefix.json", async (given) => {
  assert.equal(await outcome(() => checkPrefix(given.text, { host })), given.want);
});

test("GS1's own check digits", () => {
  const { vectors } = JSON.parse(read("foreign/digitallink/gs1-check-digit-vectors.json"));
  const judged = vectors.filter(({ value }) => /^\d{2,}$/.test(value));
  assert.ok(judged.length > 5);
  for (const { value, valid } of judged) {
    assert.equal(checkDigit(value.slice(0, -1)) === value.slice(-1), valid, value);
  }
});

test("a prefix ends at a segment", () => {
  const lot = "https://id.gs1.org/01/09520123456788/10/A";

  assert.ok(within(`${lot}B`, "https://id.gs1.org/01/09520123456788/10"));
  assert.ok(within(lot, lot));
  assert.ok(!within(`${lot}B`, lot));
  assert.equal(checkDigit("0952012345678"), "8");
});

test("a path begins with a slash", () => {
  const read = () => identifiersFromPath("x/01/09520123456788", { host });

  assert.throws(read, { code: "identifier" });
});
