import assert from "node:assert/strict";
import { test } from "node:test";

import { parseAction } from "../../scanner_web/verify/action.js";
import { Directory } from "../../scanner_web/verify/directory.js";
import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { Refusal } from "../../scanner_web/verify/errors.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { label } from "../../scanner_web/verify/note.js";
import { Replay } from "../../scanner_web/verify/replay.js";
import { parseTime } from "../../scanner_web/verify/seal.js";
import { parseStatement, verifyStatementSignatures } from "../../scanner_web/verify/statement.js";
import { forEachCase, outcome, read } from "../support/vectors.js";

const { origin } = JSON.parse(read("directory/genesis.json"));
const names = { origin, host: origin.split("/")[0] };

/** Judge an entry as the vectors say, and take it in. */
async function take(directory, [index, text]) {
  const statement = parseStatement(encodeUtf8(text));
  const body = parseCanonical(statement.body);
  const action = statement.kind === "directory" ? await parseAction(body, names) : null;
  const introduced = action && directory.introduced(action);
  const keys = statement.signers.map((signer) => {
    const bound = directory.key(signer);
    if (bound) return bound.vkey;
    if (introduced && label(introduced) === label(signer)) return introduced;
    throw new Refusal("unknown-key", label(signer));
  });
  await verifyStatementSignatures(statement, keys);
  if (action) directory.apply(index, statement, action);
  else directory.checkEvent(index, statement, parseEvent(body, names));
}

/** Return the directory of some entries. */
async function filled(entries) {
  const directory = new Directory(origin);
  for (const entry of entries) await take(directory, entry);
  return directory;
}

/** Return what the vectors tell of a directory. */
function state(directory) {
  const inForce = [...directory.keys]
    .filter(([, { authorized, endedAt }]) => authorized && endedAt === null)
    .map(([name]) => name);
  return {
    registrar: label(directory.registrar),
    ledger_keys: directory.ledgerKeys.map(label),
    in_force: inForce.sort(),
  };
}

for (const word of ["genesis", "admit", "authorize", "revoke", "rotate", "ledger-key", "event"]) {
  forEachCase(`directory/${word}.json`, async (given) => {
    const directory = await filled(given.entries.slice(0, -1));
    const before = directory.begun && state(directory);

    assert.equal(await outcome(() => take(directory, given.entries.at(-1))), given.want);
    if (given.want === "ok") assert.deepEqual(state(directory), given.then);
    else if (before) assert.deepEqual(state(directory), before);
  });
}

forEachCase("directory/expiry.json", async (given) => {
  const directory = await filled(given.entries);
  const signers = given.signers.map((text) => {
    const [name, keyId] = text.split("+");
    return { name, keyId };
  });

  const got = await outcome(() => directory.checkNotExpired(signers, parseTime(given.time)));

  assert.equal(got, given.want);
});

test("a party is called what it was called before the statement", async () => {
  const [given] = JSON.parse(read("directory/event.json")).cases;
  const replay = new Replay(origin);

  for (const [index, text] of given.entries) await replay.take({ index, entry: encodeUtf8(text) });

  const { judged } = replay;
  assert.equal(judged[0].who, null);
  assert.equal(judged[0].party, "registrar");
  assert.equal(typeof judged.at(-1).who, "string");
});
