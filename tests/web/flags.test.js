import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import {
  flagsOfEvent,
  flagsOfSubject,
  isStayBoundary,
} from "../../scanner_web/verify/flags.js";
import { forEachCase, read } from "../support/vectors.js";

const { host } = JSON.parse(read("flags/event.json"));
const eventOf = (body) => parseEvent(parseCanonical(encodeUtf8(body)), { host });

forEachCase("flags/event.json", (given) => {
  const known = { logTimeMs: given.log_time_ms, isImporter: given.is_importer };
  assert.deepEqual(flagsOfEvent(given.index, eventOf(given.body), known), given.want);
});

forEachCase("flags/boundary.json", (given) => {
  assert.equal(isStayBoundary(eventOf(given.body)), given.want);
});

forEachCase("flags/subject.json", (given) => {
  const listed = given.listed.map(([index, body]) => [index, eventOf(body)]);
  assert.deepEqual(flagsOfSubject(listed), given.want);
  assert.deepEqual(flagsOfSubject(listed.slice().reverse()), given.want);
});

const HERDS = new URL("../../ledger/importer/data/dairy-herds/", import.meta.url);

function rows(name) {
  const text = readFileSync(new URL(name, HERDS), "utf8").trim();
  const [head, ...lines] = text.split(/\r?\n/).map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((column, at) => [column, line[at]])));
}

/** Return each animal's events as its herds' registers tell them. */
function imported() {
  const listedOf = new Map();
  let index = 0;
  const tell = (animal, day, bizStep, herd, action) => {
    const body = {
      type: "ObjectEvent",
      eventID: `urn:x:${index}`,
      eventTime: `${day}T00:00:00+01:00`,
      eventTimeZoneOffset: "+01:00",
      action,
      bizStep,
      readPoint: { id: `https://${host}/id/herd/${herd.toLowerCase()}` },
      epcList: [`https://${host}/id/animal/${animal.toLowerCase()}`],
    };
    const listed = listedOf.get(animal) || [];
    listed.push([(index += 1), parseEvent(body, { host })]);
    listedOf.set(animal, listed);
  };
  for (const row of rows("sample_anim_3herds.csv")) {
    tell(row.anim_id, row.birth_date, "commissioning", row.birth_herd, "ADD");
  }
  for (const row of rows("sample_mvt_3herds.csv")) {
    const moved = (day, step) => tell(row.anim_id, day, step, row.herd_id, "OBSERVE");
    if (row.cause_in !== "N") moved(row.date_in, "arriving");
    if (row.date_out) moved(row.date_out, "departing");
  }
  return listedOf;
}

test("real herds have three overlapping stays and none inverted", () => {
  const found = [...imported()].flatMap(([animal, listed]) =>
    flagsOfSubject(listed).map(({ code }) => `${animal} ${code}`),
  );

  assert.deepEqual(found, ["FR005584 overlap", "FR005606 overlap", "FR005607 overlap"]);
});
