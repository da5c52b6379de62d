import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { profileOf, tellNoProfile, tellProfile } from "../../scanner_web/profile.js";
import { encodeUtf8 } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { unjudged } from "../../scanner_web/verify/verdict.js";
import { forEachCase, read } from "../support/vectors.js";

const MESSAGES = JSON.parse(
  readFileSync(new URL("../../scanner_web/locale/en.json", import.meta.url), "utf8"),
);
const STATES = JSON.parse(read("disclosure/check.json")).cases;

forEachCase("disclosure/check.json", async ({ profile, document, want }) => {
  const told = await tellProfile(new Map(Object.entries(profile)), encodeUtf8(document), MESSAGES);

  const values = { name: told.name, photo: told.photo && told.photo.uri, story: told.story };
  for (const [member, state, value] of want) assert.equal(values[member], value, state);
  assert.equal(told.notes.length, want.filter(([, state]) => state !== "shown").length);
  assert.equal(told.hint !== "", want.some(([, state]) => state === "shown"));
});

test("what is not shown is named, in words of its own for each reason", async () => {
  const notes = new Set();
  for (const { profile, document } of STATES) {
    const known = new Map(Object.entries(profile));
    for (const note of (await tellProfile(known, encodeUtf8(document), MESSAGES)).notes) {
      assert.match(note, /^(Name|Photo|Story): /);
      notes.add(note.replace(/^\w+/, ""));
    }
  }

  assert.equal(notes.size, 3);
});

const [{ subject, events, want }] = JSON.parse(read("disclosure/profile.json")).cases.filter(
  ({ name }) => name === "whole",
);
const statements = events.map(({ index, parties, body }) => ({
  index,
  parties,
  event: parseEvent(body, { host: "ledger.example" }),
}));

test("a profile is that of the verified statements", () => {
  const directory = { index: 2, parties: [subject], event: null };
  const verdict = { ...unjudged("server"), outcome: "verified" };

  const found = profileOf(subject, { ...verdict, statements: [directory, ...statements] });

  assert.deepEqual(Object.fromEntries(found), want);
});

test("what is not verified has no profile", () => {
  for (const outcome of ["not-verified", "cannot-check"]) {
    const verdict = { ...unjudged("server"), outcome, statements };

    assert.equal(profileOf(subject, verdict).size, 0);
  }
});

test("where the server gives nothing, nothing is shown", () => {
  const { hint, name, photo, story, notes } = tellNoProfile(MESSAGES);

  assert.deepEqual({ hint, name, photo, story }, { hint: "", name: null, photo: null, story: null });
  assert.equal(notes.length, 1);
});
