import assert from "node:assert/strict";

import {
  parseCompletenessProof,
  verifyAbsent,
  verifyListed,
} from "../../scanner_web/verify/completeness.js";
import { forEachCase, hex, outcome } from "../support/vectors.js";

/** Return what becomes of a claim of the vectors. */
function judge({ root_hex: root, origin, subject, proof, indices }) {
  return outcome(async () => {
    const claim = { origin, subject, proof: parseCompletenessProof(proof) };
    if (indices) await verifyListed(hex(root), { ...claim, indices });
    else await verifyAbsent(hex(root), claim);
  });
}

for (const file of ["listed", "absent"]) {
  forEachCase(`index/${file}.json`, async (given) => {
    assert.equal(await judge(given), given.want);
  });
}

forEachCase("index/forms.json", async (given) => {
  assert.equal(await outcome(() => parseCompletenessProof(given.proof)), given.want);
});

forEachCase("index/roots.json", async ({ origin, lists, want }) => {
  // The root of an empty map shows that nothing is there; of others, a vector proves it.
  const claim = { origin, subject: "nothing", proof: { path: [], end: null } };
  const isEmpty = lists.length === 0;

  assert.equal(await outcome(() => verifyAbsent(hex(want), claim)), isEmpty ? "ok" : "incomplete");
});
