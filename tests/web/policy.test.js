import assert from "node:assert/strict";

import { encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { parseNote, vkeyText } from "../../scanner_web/verify/note.js";
import {
  isQuorum,
  logKeys,
  parsePolicy,
  quorumTime,
  readCosignatures,
  verifyQuorum,
} from "../../scanner_web/verify/policy.js";
import { bytesOf, forEachCase, outcome } from "../support/vectors.js";

forEachCase("policy/parse.json", async (given) => {
  const bytes = bytesOf(given, "policy");
  assert.equal(await outcome(() => parsePolicy(bytes)), given.want);
  if (given.want !== "ok") return;
  const policy = await parsePolicy(bytes);
  const withText = ({ vkey, ...rest }) => ({ ...rest, vkey: vkeyText(vkey) });
  assert.deepEqual(policy.logs.map(withText), given.logs);
  assert.deepEqual(policy.witnesses.map(withText), given.witnesses);
  assert.deepEqual(policy.groups, given.groups);
  assert.equal(policy.quorum, given.quorum);
  assert.equal(policy.fingerprint, given.fingerprint);
  for (const { vkey } of policy.logs) assert.ok(logKeys(policy, vkey.name).includes(vkey));
  assert.deepEqual(logKeys(policy, "elsewhere.example/log"), []);
});

forEachCase("policy/quorum.json", async (given) => {
  const policy = await parsePolicy(bytesOf(given, "policy"));
  assert.equal(await outcome(() => verifyQuorum(policy, given.cosigned)), given.want);
  assert.equal(isQuorum(policy, given.cosigned), given.want === "ok");
});

forEachCase("policy/quorum-time.json", async (given) => {
  const policy = await parsePolicy(encodeUtf8(given.policy));
  const times = new Map(Object.entries(given.times));
  assert.equal(quorumTime(policy, times, { until: given.until }), given.want);
});

forEachCase("policy/cosignatures.json", async (given) => {
  const policy = await parsePolicy(encodeUtf8(given.policy));
  const { times, faulty } = await readCosignatures(policy, parseNote(encodeUtf8(given.note)));
  assert.deepEqual(Object.fromEntries(times), given.want);
  assert.deepEqual(faulty, given.faulty);
});
