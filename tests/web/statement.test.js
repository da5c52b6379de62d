import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeUtf8, encodeUtf8, toHex } from "../../scanner_web/verify/encoding.js";
import { sha256 } from "../../scanner_web/verify/hash.js";
import { label, parseVkey } from "../../scanner_web/verify/note.js";
import {
  checkOrigin,
  parseStatement,
  verifyStatementSignatures,
} from "../../scanner_web/verify/statement.js";
import { forEachCase, outcome, read } from "../support/vectors.js";

forEachCase("statement/forms.json", async (given) => {
  const entry = encodeUtf8(given.entry);

  assert.equal(await outcome(() => parseStatement(entry)), given.want);
  if (given.want !== "ok") return;
  const { origin, kind, signers, body, text } = parseStatement(entry);
  assert.deepEqual({ origin, kind }, { origin: given.origin, kind: given.kind });
  assert.deepEqual(signers.map(label), given.signers);
  assert.equal(decodeUtf8(body), given.body);
  assert.equal(toHex(await sha256(text)), given.text_hash_hex);
});

forEachCase("statement/signatures.json", async (given) => {
  const statement = parseStatement(encodeUtf8(given.entry));
  const keys = await Promise.all(given.keys.map(parseVkey));

  assert.equal(await outcome(() => verifyStatementSignatures(statement, keys)), given.want);
});

const { origin: ORIGIN } = JSON.parse(read("statement/origins.json"));

forEachCase("statement/origins.json", async (given) => {
  const statement = parseStatement(encodeUtf8(given.entry));

  assert.equal(await outcome(() => checkOrigin(statement, ORIGIN)), given.want);
});

test("one flipped bit anywhere is another statement, false or malformed", async () => {
  const [given] = JSON.parse(read("statement/signatures.json")).cases;
  const keys = await Promise.all(given.keys.map(parseVkey));
  const entry = encodeUtf8(given.entry);

  for (let bit = 0; bit < entry.length * 8; bit += 5) {
    const changed = entry.slice();
    changed[Math.floor(bit / 8)] ^= 1 << (bit % 8);
    const got = await outcome(() => verifyStatementSignatures(parseStatement(changed), keys));
    assert.notEqual(got, "ok", `bit ${bit}`);
  }
});
