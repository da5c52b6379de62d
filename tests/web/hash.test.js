import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import { test } from "node:test";

import { encodeUtf8, toHex } from "../../scanner_web/verify/encoding.js";
import { pickDigest, sha256 } from "../../scanner_web/verify/hash.js";

/** Lengths around the blocks of 64 and 128 bytes and their padding. */
const LENGTHS = [0, 1, 55, 56, 63, 64, 65, 111, 112, 119, 120, 127, 128, 1000];

const PICKS = [
  ["native", webcrypto.subtle],
  ["without crypto.subtle", undefined],
  ["with a digest that is wrong", { digest: async () => new ArrayBuffer(32) }],
  ["with a digest that fails", { digest: () => Promise.reject(new Error("no")) }],
];

for (const [name, subtle] of PICKS) {
  for (const [algorithm, hash] of [["SHA-256", "sha256"], ["SHA-512", "sha512"]]) {
    test(`${algorithm} ${name}: agrees with another implementation`, async () => {
      const digest = await pickDigest(subtle, algorithm);
      for (const length of LENGTHS) {
        const data = new Uint8Array(length).map((_, place) => place * 7);
        const want = createHash(hash).update(data).digest("hex");
        assert.equal(toHex(await digest(data)), want);
      }
    });
  }
}

test("a part of a buffer is hashed alone", async () => {
  const whole = encodeUtf8("xxabcxx");

  const hash = toHex(await sha256(whole.subarray(2, 5)));

  assert.equal(hash.slice(0, 8), "ba7816bf");
});
