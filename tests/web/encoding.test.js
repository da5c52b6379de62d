import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import {
  canonical,
  concat,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  encodeUtf8,
  parseCanonical,
  parseInteger,
  toHex,
  uint64,
} from "../../scanner_web/verify/encoding.js";
import { files, forEachCase, hex, outcome, read } from "../support/vectors.js";

forEachCase("encoding/canonical.json", async ({ text, text_hex, want }) => {
  const bytes = text_hex === undefined ? encodeUtf8(text) : hex(text_hex);
  assert.equal(await outcome(() => parseCanonical(bytes)), want);
  if (want === "ok") assert.equal(canonical(parseCanonical(bytes)), decodeUtf8(bytes));
});

// The browser never reads other spellings; what JSON.parse makes of them is written alike.
forEachCase("encoding/respelled.json", async (given) => {
  assert.equal(await outcome(() => canonical(JSON.parse(given.text))), given.want);
  if (given.want === "ok") assert.equal(canonical(JSON.parse(given.text)), given.canonical);
});

forEachCase("encoding/base64.json", async (given) => {
  assert.equal(await outcome(() => decodeBase64(given.text, given.length)), given.want);
  if (given.want !== "ok") return;
  assert.equal(toHex(decodeBase64(given.text, given.length)), given.bytes_hex);
  assert.equal(encodeBase64(hex(given.bytes_hex)), given.text);
});

forEachCase("encoding/integers.json", async (given) => {
  assert.equal(await outcome(() => parseInteger(given.text)), given.want);
  if (given.want === "ok") assert.equal(parseInteger(given.text), given.value);
});

// True or false: JavaScript cannot count to these.
forEachCase("encoding/large_integers.json", async (given) => {
  assert.equal(await outcome(() => parseInteger(given.text)), "cannot-check");
});

const CODE_POINTS = [
  ...Array.from({ length: 0x800 }, (_, point) => point),
  ...Array.from({ length: 0x1100 }, (_, step) => 0x800 + step * 257),
].filter((point) => point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));

/** The values of `accumulated.json`, as its text describes them. */
const ACCUMULATED = {
  numbers: () =>
    Array.from({ length: 2000 }, (_, n) =>
      Array.from({ length: 7 }, (_, k) => (97 * n * n + n) / 10 ** k),
    ).flat(),
  strings: () => CODE_POINTS.map((point) => String.fromCodePoint(point)),
  members: () => [
    Object.fromEntries(
      CODE_POINTS.slice()
        .reverse()
        .map((point) => [String.fromCodePoint(point), point]),
    ),
  ],
};

forEachCase("encoding/accumulated.json", ({ name, want }) => {
  const hash = createHash("sha256");
  for (const value of ACCUMULATED[name]()) hash.update(`${canonical(value)}\n`);
  assert.equal(hash.digest("hex"), want);
});

for (const path of files("foreign/rfc8785/input")) {
  const name = path.split("/").pop();
  const input = read(path);
  const output = read(`foreign/rfc8785/output/${name}`);

  if (name === "values.json") {
    test(`RFC 8785, ${name}: its numbers are outside canonical bodies`, async () => {
      assert.equal(await outcome(() => canonical(JSON.parse(input))), "encoding");
    });
  } else {
    test(`RFC 8785, ${name}: written as published`, () => {
      assert.equal(canonical(JSON.parse(input)), output.trim());
    });
  }
}

test("a body's bytes come back from what was parsed", () => {
  const text = '{"":"\\u001f\u2028\u007f/","a":[1,-0.5,0.000001,{}],"z":null,"€":true,"😀":"é"}';

  assert.equal(canonical(parseCanonical(encodeUtf8(text))), text);
});

test("a number is shown as it was written", () => {
  for (const text of ["0", "-7", "999999999999999", "0.000001", "123456789.123456", "-0.5"]) {
    const { n } = parseCanonical(encodeUtf8(`{"n":${text}}`));
    assert.equal(String(n), text);
  }
});

test("nesting of 32 is parsed, of 33 refused, of 100,000 refused the same", async () => {
  const nested = (depth) =>
    encodeUtf8(`{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`);

  assert.equal(await outcome(() => parseCanonical(nested(32))), "ok");
  assert.equal(await outcome(() => parseCanonical(nested(33))), "encoding");
  assert.equal(await outcome(() => parseCanonical(nested(100_000))), "encoding");
});

test("random bytes are a value or a refusal", async () => {
  let state = 1;
  const alphabet = '{}[]":,\\u0d8eE+-.1729atrfx\x00\xff ';
  for (let round = 0; round < 3000; round += 1) {
    const bytes = new Uint8Array(round % 40).map(() => {
      state = (state * 48271) % 2147483647;
      return alphabet.charCodeAt(state % alphabet.length);
    });
    for (const parse of [parseCanonical, (b) => decodeBase64(decodeUtf8(b))]) {
      assert.ok(["ok", "encoding"].includes(await outcome(() => parse(bytes))));
    }
  }
});

test("base64 of every length comes back, and only in its one spelling", async () => {
  for (let length = 0; length < 50; length += 1) {
    const bytes = new Uint8Array(length).map((_, place) => 255 - place * 5);
    const text = encodeBase64(bytes);
    assert.equal(text, Buffer.from(bytes).toString("base64"));
    assert.deepEqual(decodeBase64(text, length), bytes);
    assert.equal(await outcome(() => decodeBase64(text, length + 1)), "encoding");
  }
  for (const lie of ["bWlsaw", "bWlsaw=", "bWlsax==", " bWlsaw==", "bWls\naw==", "bW-_", "€"]) {
    assert.equal(await outcome(() => decodeBase64(lie)), "encoding", lie);
  }
});

test("an integer too large to count is neither true nor false here", async () => {
  assert.equal(parseInteger("9007199254740991"), 2 ** 53 - 1);
  assert.equal(await outcome(() => parseInteger("9007199254740992")), "cannot-check");
  assert.equal(await outcome(() => parseInteger("9223372036854775807")), "cannot-check");
  assert.equal(await outcome(() => parseInteger("9223372036854775808")), "encoding");
  assert.equal(await outcome(() => parseInteger("007")), "encoding");
});

test("bytes are joined, counted and written in hex", () => {
  assert.equal(toHex(concat(hex("00ff"), hex(""), hex("10"))), "00ff10");
  assert.equal(toHex(uint64(2 ** 53 - 1)), "001fffffffffffff");
  assert.equal(toHex(uint64(2 ** 32)), "0000000100000000");
});
