import assert from "node:assert/strict";

import { decodeUtf8, encodeUtf8, toHex } from "../../scanner_web/verify/encoding.js";
import { leafHash } from "../../scanner_web/verify/merkle.js";
import {
  chainNext,
  chainStart,
  entryKind,
  formatTime,
  parseSeal,
  parseTime,
  sealBytes,
  verifySeal,
} from "../../scanner_web/verify/seal.js";
import { forEachCase, hex, outcome } from "../support/vectors.js";

forEachCase("seal/kinds.json", async (given) => {
  const entry = encodeUtf8(given.entry);
  const got = await outcome(() => entryKind(entry));

  assert.equal(got === "ok" ? entryKind(entry) : got, given.want);
});

forEachCase("seal/forms.json", async (given) => {
  const entry = encodeUtf8(given.entry);

  assert.equal(await outcome(() => parseSeal(entry)), given.want);
  if (given.want !== "ok") return;
  const seal = parseSeal(entry);
  assert.equal(decodeUtf8(sealBytes(seal)), given.entry);
  assert.deepEqual(
    [seal.origin, seal.index, parseTime(seal.time), seal.previous],
    [given.origin, given.index, given.time_ms, given.previous],
  );
});

forEachCase("seal/claims.json", async (given) => {
  const want = {
    origin: given.origin,
    index: given.index,
    chainHead: hex(given.chain_head_hex),
    indexRoot: hex(given.index_root_hex),
    previous: given.previous === null ? null : parseSeal(encodeUtf8(given.previous)),
  };
  const seal = parseSeal(encodeUtf8(given.entry));

  assert.equal(await outcome(() => verifySeal(seal, want)), given.want);
});

forEachCase("seal/chain.json", async (given) => {
  let head = await chainStart(given.origin);
  const heads = [toHex(head)];
  for (const entry of given.entries) {
    head = await chainNext(head, await leafHash(encodeUtf8(entry)));
    heads.push(toHex(head));
  }

  assert.deepEqual(heads, given.want);
});

forEachCase("seal/times.json", async (given) => {
  const got = await outcome(() => parseTime(given.text));

  assert.equal(got === "ok" ? parseTime(given.text) : got, given.want);
  if (got === "ok") assert.equal(formatTime(given.want), given.text);
});
