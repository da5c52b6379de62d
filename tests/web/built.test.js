/** What stands in for WebCrypto beside a built page, cut from two libraries, is right. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { sha256, sha512 } from "../../scanner_web/built/sha2.js";
import { Point } from "../../scanner_web/built/ed25519.js";
import { Point as Whole } from "../../scanner_web/vendor/noble-ed25519/index.js";
import { verifyWith } from "../../scanner_web/verify/signatures.js";
import { hex, read } from "../support/vectors.js";

const WYCHEPROOF = JSON.parse(read("foreign/wycheproof/ed25519_test.json")).testGroups.flatMap(
  (group) => group.tests.map((given) => ({ ...given, pk: group.publicKey.pk })),
);
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

for (const [name, digest] of Object.entries({ sha256, sha512 })) {
  test(`${name} agrees with another implementation`, () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 1000]) {
      const data = new Uint8Array(length).map((_, place) => place * 7);
      assert.equal(Buffer.from(digest(data)).toString("hex"), createHash(name).update(data).digest("hex"));
    }
  });
}

test("Ed25519 answers as the library that it was cut from", async () => {
  const asked = WYCHEPROOF.filter(({ sig }) => sig.length === 128 && scalarOf(sig) < ORDER);
  assert.ok(asked.length >= 100);
  assert.ok(Point !== Whole);
  const [cut, whole] = [verifyWith(Point, sha512), verifyWith(Whole, sha512)];
  for (const { tcId, pk, msg, sig, result } of asked) {
    const claim = [hex(pk), hex(msg), hex(sig)];
    const got = await cut(...claim);
    assert.equal(got, await whole(...claim), `tcId ${tcId}`);
    if (result === "valid") assert.ok(got, `tcId ${tcId}`);
  }
});

function scalarOf(sig) {
  return BigInt(`0x${Buffer.from(sig.slice(64), "hex").reverse().toString("hex")}`);
}
