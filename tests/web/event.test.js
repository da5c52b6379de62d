import assert from "node:assert/strict";
import { test } from "node:test";

import { canonical, encodeUtf8, parseCanonical, toHex } from "../../scanner_web/verify/encoding.js";
import { bodyWithoutDeclaration, parseEvent } from "../../scanner_web/verify/event.js";
import { forEachCase, read } from "../support/vectors.js";

const { host } = JSON.parse(read("event/parse.json"));
const bodyOf = (text) => parseCanonical(encodeUtf8(text));

/** An event's fields under the names that the vectors have. */
function fields({ instantUs, prev, label, body, ...rest }) {
  const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [snake(name), value])),
    instant_us: String(instantUs),
    prev_hex: prev && toHex(prev),
    label: label && { root_hex: toHex(label.root), size: label.size },
  };
}

forEachCase("event/parse.json", (given) => {
  const parse = () => parseEvent(bodyOf(given.body), { host });
  if (given.want === "ok") {
    assert.deepEqual(fields(parse()), given.event);
  } else {
    assert.throws(parse, { name: "Refusal", code: given.want, pointer: given.pointer });
  }
});

forEachCase("event/declaration.json", (given) => {
  assert.equal(canonical(bodyWithoutDeclaration(bodyOf(given.body))), given.want);
});

test("members that every object inherits are not members", () => {
  assert.throws(() => parseEvent({}, { host }), { code: "event", pointer: "/type" });
});
