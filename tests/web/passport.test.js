import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeUtf8, encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { parsePassport } from "../../scanner_web/verify/passport.js";
import { outcome, read } from "../support/vectors.js";

const HONEST = JSON.parse(read("verify/passports.json")).cases[0].passport;

test("a passport keeps its entries byte for byte", () => {
  const { entries, checkpoint, nodes } = parsePassport(encodeUtf8(HONEST));
  const members = JSON.parse(HONEST);

  assert.equal(decodeUtf8(checkpoint), members.checkpoint);
  assert.deepEqual(
    entries.map(({ index, entry }) => [index, decodeUtf8(entry)]),
    members.entries,
  );
  assert.equal(nodes.length, members.nodes.length);
});

test("any part of it, put anywhere else, is a passport or refused as none", async () => {
  const members = JSON.parse(HONEST);
  const values = [...Object.values(members), null, true, 0, -1, 0.5, "", [], {}, [[]], [[0]]];

  for (const name of [...Object.keys(members), "lists"]) {
    for (const value of values) {
      const changed = JSON.stringify({ ...members, [name]: value });
      const bytes = encodeUtf8(changed);
      assert.ok(["ok", "passport"].includes(await outcome(() => parsePassport(bytes))), changed);
    }
  }
});
