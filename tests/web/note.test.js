import assert from "node:assert/strict";
import { test } from "node:test";

import { concat, decodeUtf8, encodeUtf8, toHex } from "../../scanner_web/verify/encoding.js";
import {
  checkKeyName,
  parseNote,
  parseVkey,
  verifyNoteSignature,
  vkeyText,
} from "../../scanner_web/verify/note.js";
import { bytesOf, forEachCase, outcome } from "../support/vectors.js";

forEachCase("note/parse.json", async (given) => {
  const bytes = bytesOf(given, "note");
  assert.equal(await outcome(() => parseNote(bytes)), given.want);
  if (given.want !== "ok") return;
  const { text, signatures } = parseNote(bytes);
  assert.equal(decodeUtf8(text), given.text);
  const lines = signatures.map((line) => ({
    name: line.name,
    key_id_hex: line.keyId,
    signature_hex: toHex(line.signature),
  }));
  assert.deepEqual(lines, given.signatures);
});

forEachCase("note/vkey.json", async (given) => {
  assert.equal(await outcome(() => parseVkey(given.vkey)), given.want);
  if (given.want !== "ok") return;
  const { name, keyId, kind, key } = await parseVkey(given.vkey);
  assert.deepEqual(
    [name, keyId, kind, toHex(key)],
    [given.key_name, given.key_id_hex, given.kind, given.key_hex],
  );
  assert.equal(vkeyText({ name, keyId, kind, key }), given.vkey);
});

forEachCase("note/key-name.json", async (given) => {
  assert.equal(await outcome(() => checkKeyName(given.key_name)), given.want);
});

forEachCase("note/verify.json", async (given) => {
  const vkey = await parseVkey(given.vkey);
  const { text, signatures } = parseNote(bytesOf(given, "note"));
  assert.equal(await outcome(() => verifyNoteSignature(vkey, text, signatures[0])), given.want);
});

test("the specification's example, with any bit of it flipped, does not verify", async () => {
  const vkey = await parseVkey(
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
  );
  const bytes = encodeUtf8(
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6T" +
      "fXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n",
  );
  const check = async (lie) => {
    const { text, signatures } = parseNote(lie);
    await verifyNoteSignature(vkey, text, signatures[0]);
  };

  assert.equal(await outcome(() => check(bytes)), "ok");
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const lie = concat(bytes);
    lie[Math.floor(bit / 8)] ^= 1 << (bit % 8);
    assert.match(await outcome(() => check(lie)), /^(note|signature|unknown-key)$/, `bit ${bit}`);
  }
});
