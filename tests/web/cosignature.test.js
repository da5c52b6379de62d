import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";

import { cosignatureMessage, verifyCosignature } from "../../scanner_web/verify/cosignature.js";
import { concat, decodeUtf8, encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { COSIGNATURE, keyId, parseNote, parseVkey } from "../../scanner_web/verify/note.js";
import { bytesOf, forEachCase, outcome } from "../support/vectors.js";

forEachCase("cosignature/message.json", (given) => {
  const message = cosignatureMessage(BigInt(given.timestamp), encodeUtf8(given.text));
  assert.equal(decodeUtf8(message), given.want);
});

forEachCase("cosignature/verify.json", async (given) => {
  const vkey = await parseVkey(given.vkey);
  const { text, signatures } = parseNote(bytesOf(given, "note"));
  const verify = () => verifyCosignature(vkey, text, signatures[0]);
  assert.equal(await outcome(verify), given.want);
  // Beyond 2^53 both sides are rounded alike.
  if (given.want === "ok") assert.equal(await verify(), Number(given.timestamp));
});

test("a time of 2^63 seconds is refused although its signature holds", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = Uint8Array.from(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
  const name = "witness.example/w1";
  const vkey = { name, keyId: await keyId(name, COSIGNATURE, key), kind: COSIGNATURE, key };
  const text = encodeUtf8("ledger.example/log\n");
  const lineAt = (timestamp) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(timestamp);
    const signature = sign(null, cosignatureMessage(timestamp, text), privateKey);
    return { name, keyId: vkey.keyId, signature: concat(time, signature) };
  };

  const last = BigInt(2) ** BigInt(63) - BigInt(1);
  assert.equal(await verifyCosignature(vkey, text, lineAt(last)), Number(last));
  const late = lineAt(last + BigInt(1));
  assert.equal(await outcome(() => verifyCosignature(vkey, text, late)), "signature");
});
