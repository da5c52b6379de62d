import assert from "node:assert/strict";

import {
  checkDisclosures,
  checkValue,
  parseDisclosures,
  profileInForce,
} from "../../scanner_web/verify/disclosure.js";
import { encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { forEachCase, outcome } from "../support/vectors.js";

forEachCase("disclosure/parse.json", async ({ document, want }) => {
  assert.equal(await outcome(() => parseDisclosures(encodeUtf8(document))), want);
});

forEachCase("disclosure/value.json", async ({ member, value, then, want }) => {
  assert.equal(await outcome(() => checkValue(member, value + "A".repeat(then))), want);
});

forEachCase("disclosure/profile.json", ({ subject, events, want }) => {
  const read = events.map(({ index, parties, body }) => ({
    index,
    parties,
    event: parseEvent(body, { host: "ledger.example" }),
  }));

  const found = profileInForce(subject, read);

  assert.deepEqual(found && Object.fromEntries(found), want);
});

forEachCase("disclosure/check.json", async ({ profile, document, want }) => {
  const { disclosures } = parseDisclosures(encodeUtf8(document));

  const shown = await checkDisclosures(new Map(Object.entries(profile)), disclosures);

  assert.deepEqual(shown.map(({ member, state, value }) => [member, state, value]), want);
});
