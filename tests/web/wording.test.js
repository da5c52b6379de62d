import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { day, grouped } from "../../scanner_web/verify/wording.js";

const GIVEN = JSON.parse(
  readFileSync(new URL("../vectors/wording/wording.json", import.meta.url), "utf8"),
);

test("days and times are said as in the vectors", () => {
  for (const { lang, value, want } of GIVEN.days) {
    assert.equal(day(value, GIVEN.messages[lang]), want, `${lang} ${value}`);
  }
});

test("long numbers have their thousands apart", () => {
  for (const { lang, value, want } of GIVEN.numbers) {
    assert.equal(grouped(value, GIVEN.messages[lang]), want, `${lang} ${value}`);
  }
});
