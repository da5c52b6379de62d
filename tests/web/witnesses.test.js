/**
 * What a verdict says of witnesses: who, since when, and whose clock is wrong.
 */

import assert from "node:assert/strict";

import { encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { verifyPassport } from "../../scanner_web/verify/verify.js";
import { spelledWitnessing } from "../support/lies.js";
import { forEachCase } from "../support/vectors.js";

forEachCase("verify/witnesses.json", async (given) => {
  const verdict = await verifyPassport(encodeUtf8(given.passport), {
    subject: given.subject,
    lot: null,
    policy: encodeUtf8(given.policy),
    policySource: "yours",
    nowMs: given.now_ms,
  });

  assert.equal(verdict.outcome, given.outcome, verdict.detail);
  assert.equal(verdict.code, given.want === "ok" ? null : given.want);
  const witnessing = spelledWitnessing(verdict);
  assert.equal(verdict.witnessedAt, witnessing.time);
  if (given.want === "ok") {
    const { absent, label } = verdict;
    assert.deepEqual({ absent, label_size: label, witnessing }, given.report);
  } else {
    assert.equal(verdict.step, given.step);
    const { time, is_clock_doubtful } = witnessing;
    assert.deepEqual({ witnessed_at: time, is_clock_doubtful }, given.refusal);
  }
});
