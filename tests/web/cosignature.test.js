import assert from "node:assert/strict";

import { cosignatureMessage, verifyCosignature } from "../../scanner_web/verify/cosignature.js";
import { decodeUtf8, encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { parseNote, parseVkey } from "../../scanner_web/verify/note.js";
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
