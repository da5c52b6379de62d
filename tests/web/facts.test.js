import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { directoryFacts, eventFacts } from "../../scanner_web/verify/facts.js";
import { forEachCase, read } from "../support/vectors.js";

const { host, messages } = JSON.parse(read("facts/event.json"));
const bodyOf = (text) => parseCanonical(encodeUtf8(text));

forEachCase("facts/event.json", (given) => {
  const { index, who, flags, lang, signed_by: signedBy, log_time: logTime } = given;
  const names = (identifier) => new Map(Object.entries(given.names)).get(identifier) || "";
  const known = { index, who, flags, messages, lang, names, logTime, signedBy };
  assert.deepEqual(eventFacts(parseEvent(bodyOf(given.body), { host }), known), given.want);
});

forEachCase("facts/directory.json", (given) => {
  const known = { who: given.who, logTime: given.log_time, messages };
  assert.deepEqual(directoryFacts(bodyOf(given.body), known), given.want);
});

test("whatever the locale, no two facts of a statement have one name", () => {
  const locales = new URL("../../scanner_web/locale/", import.meta.url);
  for (const file of readdirSync(locales)) {
    const locale = JSON.parse(readFileSync(new URL(file, locales), "utf8"));
    for (const given of JSON.parse(read("facts/event.json")).cases) {
      const { index, who, flags } = given;
      const known = { index, who, flags, lang: "en", messages: locale, logTime: given.log_time };
      const facts = eventFacts(parseEvent(bodyOf(given.body), { host }), known);
      const names = facts.map(([name]) => name);
      assert.equal(new Set(names).size, names.length, given.name);
    }
  }
});
