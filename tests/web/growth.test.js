import assert from "node:assert/strict";

import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { growthRows, growthShape, milkRows } from "../../scanner_web/verify/growth.js";
import { toSvg } from "../support/svg.js";
import { forEachCase, read } from "../support/vectors.js";

const { animal, host, messages } = JSON.parse(read("growth/growth.json"));

/** Return what a function makes of a case. */
function summed(make, { statements }) {
  const accounts = statements.map(({ body, is_apart: isApart, declared_by: declaredBy }, index) => ({
    index, isApart, declaredBy, event: parseEvent(parseCanonical(encodeUtf8(body)), { host }),
  }));
  const members = [{ subject: animal, relation: "subject", level: 0 }];
  return make(accounts, { members, lang: "en", messages });
}

/** Return the facts of all rows. */
const rowsOf = (make, given) => Object.fromEntries(summed(make, given).flat());

for (const file of ["growth/growth.json", "growth/hostile.json"]) {
  forEachCase(file, (given) => {
    assert.deepEqual(rowsOf(growthRows, given), given.growth);
    const shape = summed(growthShape, given);
    assert.equal(shape ? toSvg(shape) : "", given.svg);
  });
}

for (const file of ["growth/milk.json", "growth/hostile.json"]) {
  forEachCase(file, (given) => assert.deepEqual(rowsOf(milkRows, given), given.milk));
}
