import assert from "node:assert/strict";
import { test } from "node:test";

import { LIMITS } from "../../scanner_web/verify/limits.js";
import { readRows } from "../support/tell_way.js";
import { forEachCase, read } from "../support/vectors.js";

const { host, messages, names } = JSON.parse(read("way/way.json"));

for (const file of ["way/way.json", "way/hostile.json"]) {
  forEachCase(file, (given) => {
    assert.deepEqual(readRows({ host, messages, names, ...given }), given.want);
  });
}

test("both languages tell the same limits", () => {
  assert.deepEqual(LIMITS, JSON.parse(read("way/limits.json")).limits);
});
