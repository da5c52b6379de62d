/** What stands in for WebCrypto beside a built page, cut from two libraries, is right. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { hex, read } from "../support/vectors.js";

const WYCHEPROOF = JSON.parse(read("foreign/wycheproof/ed25519_test.json")).testGroups.flatMap(
  (group) => group.tests.map((given) => ({ ...given, pk: group.publicKey.pk })),
);

if (!("self" in globalThis)) Object.assign(globalThis, { self: globalThis });
const { sha256 } = await import("../../scanner_web/built/sha256.js");
await import("../../scanner_web/built/ed25519.js");
const cut = globalThis.nacl;
delete globalThis.nacl;
await import("../../scanner_web/vendor/tweetnacl/nacl-fast.js");
const whole = globalThis.nacl;

test("SHA-256 agrees with another implementation", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
    const data = new Uint8Array(length).map((_, place) => place * 7);
    assert.equal(Buffer.from(sha256(data)).toString("hex"), createHash("sha256").update(data).digest("hex"));
  }
});

test("Ed25519 answers as the library that it was cut from", () => {
  const asked = WYCHEPROOF.filter(({ sig }) => sig.length === 128);
  assert.ok(asked.length >= 100);
  assert.ok(cut !== whole);
  for (const { tcId, pk, msg, sig, result } of asked) {
    const [key, message, signature] = [hex(pk), hex(msg), hex(sig)];
    const got = cut.sign.detached.verify(message, signature, key);
    assert.equal(got, whole.sign.detached.verify(message, signature, key), `tcId ${tcId}`);
    if (result === "valid") assert.ok(got, `tcId ${tcId}`);
  }
});
