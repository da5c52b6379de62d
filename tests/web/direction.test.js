import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { pieces } from "../../scanner_web/verify/direction.js";

const GIVEN = JSON.parse(
  readFileSync(new URL("../vectors/direction/pieces.json", import.meta.url), "utf8"),
);

test("the parts are those of the vectors", () => {
  for (const { text, want } of GIVEN.cases) assert.deepEqual(pieces(text), want, text);
});
