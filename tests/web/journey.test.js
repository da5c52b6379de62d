import assert from "node:assert/strict";
import { test } from "node:test";

import { kilometres, POSITIONS } from "../../scanner_web/verify/position.js";
import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { journeyRows, journeyShape } from "../../scanner_web/verify/journey.js";
import { forEachCase, read } from "../support/vectors.js";

const { host, messages, names: called, members: listed } = JSON.parse(
  read("journey/journey.json"),
);
const members = listed.map(([subject, relation, level]) => ({
  subject,
  relation,
  level,
  isOpen: false,
}));
const names = (identifier) => new Map(Object.entries(called)).get(identifier) || "";

const tree = (shape) =>
  shape === null || typeof shape === "string"
    ? shape
    : [shape.tag, Object.fromEntries(shape.attributes), shape.children.map(tree)];

forEachCase("journey/journey.json", ({ statements, rows, shape }) => {
  const accounts = statements.map(({ about, body, declared_by, is_apart }, index) => ({
    index,
    about,
    event: parseEvent(parseCanonical(encodeUtf8(body)), { host }),
    isApart: is_apart,
    declaredBy: declared_by,
  }));
  const known = { members, lang: "en", messages, names };
  assert.deepEqual(journeyRows(accounts, known), rows);
  assert.deepEqual(tree(journeyShape(accounts, known)), shape);
});

test("distances are those of the vectors", () => {
  const { codes, want } = JSON.parse(read("journey/kilometres.json"));
  assert.deepEqual(codes, [...POSITIONS.keys()]);
  codes.forEach((start, place) => {
    const ends = codes.slice(place + 1);
    assert.deepEqual(
      ends.map((end) => kilometres(POSITIONS.get(start), POSITIONS.get(end))),
      want[place],
    );
  });
});
