import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { verifyPassport } from "../../scanner_web/verify/verify.js";
import { forEachCase, read } from "../support/vectors.js";

/** Return the verdict on a case of the vectors. */
function verdictOn(given, more = {}) {
  return verifyPassport(encodeUtf8(given.passport), {
    subject: given.subject,
    lot: given.lot === undefined ? null : given.lot,
    label: given.label === undefined ? null : given.label,
    policy: encodeUtf8(given.policy),
    policySource: "yours",
    nowMs: given.now_ms,
    ...more,
  });
}

/** Return a case of the vectors by its name. */
function caseNamed(name) {
  const found = JSON.parse(read("verify/passports.json")).cases.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

for (const word of ["passports", "lists", "closures", "alarms", "labels"]) {
  forEachCase(`verify/${word}.json`, async (given) => {
    const verdict = await verdictOn(given);
    const { outcome, step, code, index } = verdict;
    const want = { outcome: given.outcome, code: given.want, step: given.step, index: given.index };
    if (given.want === "ok") Object.assign(want, { code: null, step: 18 });

    assert.deepEqual({ outcome, code, step, index }, want, verdict.detail);
    const flags = verdict.statements.flatMap((each) =>
      each.flags.map((flag) => [flag.index, flag.code]),
    );
    assert.deepEqual(flags, given.flags || flags);
    const report = spelled(verdict);
    assert.deepEqual(report, { ...report, ...given.report, ...(given.want === "ok" ? {} : NOTHING) });
  });
}

/** What a refused verdict shows. */
const NOTHING = { lot: null, members: [], alarms: [], cycle: [], shown: [], apart: [], about: [], label_size: null };

/** Return what a verdict says, as the vectors spell it. */
function spelled({ lot, members, alarms, cycle, statements, absent, outcome, label }) {
  return {
    lot,
    members: members.map((each) => [each.subject, each.relation, each.level, each.isOpen]),
    alarms: alarms.map((each) => [each.subject, each.word, each.index, each.isJudged]),
    cycle,
    shown: statements.map(({ index }) => index),
    apart: statements.filter(({ isApart }) => isApart).map(({ index }) => index),
    about: statements.map(({ index, about }) => [index, about]),
    absent,
    label_size: outcome === "verified" && label !== null ? label.size : null,
  };
}

test("a verdict says what was checked, by whose keys, and what was not", async () => {
  const verdict = await verdictOn(caseNamed("honest"));

  assert.equal(verdict.policySource, "yours");
  assert.match(verdict.policyFingerprint || "", /^[0-9a-f]{64}$/);
  assert.deepEqual(verdict.absent, ["replay", "witnesses", "label"]);
  assert.deepEqual(verdict.statements.map(({ index }) => index), [5, 6, 8, 9]);
  assert.equal(verdict.statements.at(-1)?.logTime, verdict.sealTime);
});

test("witnesses are no longer absent once a quorum has cosigned", async () => {
  const verdict = await verdictOn(caseNamed("cosigned-by-both"));

  assert.deepEqual(verdict.absent, ["replay", "label"]);
  assert.match(verdict.witnessedAt || "", /^2026-/);
});

test("progress is told for every entry, and may take its time", async () => {
  const told = [];
  const onProgress = async (done, total) => {
    await new Promise((resolve) => setTimeout(resolve));
    told.push(`${done}/${total}`);
  };

  await verdictOn(caseNamed("honest"), { onProgress });

  assert.equal(told.length, 12);
  assert.equal(told.at(-1), "11/11");
});

test("a mistake of the program is no verdict on the goods", async () => {
  const broken = () => {
    throw new TypeError("broken");
  };

  const verdict = await verdictOn(caseNamed("honest"), { onProgress: broken });

  assert.equal(verdict.outcome, "cannot-check");
  assert.equal(verdict.code, "error");
  assert.match(verdict.detail, /broken/);
});

test("one changed byte anywhere in an honest passport is never verified", async () => {
  const given = caseNamed("honest");
  const bytes = encodeUtf8(given.passport);
  const outcomes = new Set();

  for (let place = 0; place < bytes.length; place += 29) {
    const changed = bytes.slice();
    changed[place] ^= 1;
    const passport = new TextDecoder().decode(changed);
    const { outcome, step, code } = await verdictOn({ ...given, passport });
    assert.notEqual(outcome, "verified", `byte ${place}`);
    assert.notEqual(code, "error", `byte ${place}`);
    // Only the name of the ledger, or a version, can make it a matter of not knowing.
    if (outcome === "cannot-check") assert.ok(step <= 2 || code === "unknown-version", code || "");
    outcomes.add(outcome);
  }

  assert.ok(outcomes.has("not-verified"));
});
