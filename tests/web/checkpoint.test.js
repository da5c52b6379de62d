import assert from "node:assert/strict";
import { test } from "node:test";

import { openCheckpoint, parseCheckpoint } from "../../scanner_web/verify/checkpoint.js";
import { encodeUtf8, toHex } from "../../scanner_web/verify/encoding.js";
import { parseVkey } from "../../scanner_web/verify/note.js";
import { bytesOf, forEachCase, outcome } from "../support/vectors.js";

forEachCase("checkpoint/parse.json", async (given) => {
  const text = bytesOf(given, "text");
  assert.equal(await outcome(() => parseCheckpoint(text)), given.want);
  if (given.want !== "ok") return;
  const { origin, size, root } = parseCheckpoint(text);
  assert.deepEqual([origin, size, toHex(root)], [given.origin, given.size, given.root_hex]);
});

forEachCase("checkpoint/open.json", async (given) => {
  const logKeys = await Promise.all(given.log_keys.map(parseVkey));
  const open = () => openCheckpoint(bytesOf(given, "note"), { origin: given.origin, logKeys });
  assert.equal(await outcome(open), given.want);
  if (given.want === "ok") assert.deepEqual((await open()).signedBy, given.signed_by);
});

test("a tree too large to count is neither true nor false here", async () => {
  const text = `a.example\n9223372036854775807\n${"A".repeat(43)}=\n`;

  assert.equal(await outcome(() => parseCheckpoint(encodeUtf8(text))), "cannot-check");
});
