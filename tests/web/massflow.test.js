import assert from "node:assert/strict";

import { balanceRows, balanceShape } from "../../scanner_web/verify/balance.js";
import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { shareRows } from "../../scanner_web/verify/share.js";
import { toSvg } from "../support/svg.js";
import { forEachCase, read } from "../support/vectors.js";

const { host, messages } = JSON.parse(read("massflow/hostile.json"));

/** Return what a function makes of a case. */
function summed(make, { statements, members, lang }) {
  const accounts = statements.map(({ body, is_apart: isApart, declared_by: declaredBy }, index) => ({
    index, isApart, declaredBy, event: parseEvent(parseCanonical(encodeUtf8(body)), { host }),
  }));
  const listed = members.map(([subject, relation, level]) => ({ subject, relation, level }));
  return make(accounts, { members: listed, lang, messages });
}

/** Return the facts of all rows. */
const rowsOf = (make, given) => Object.fromEntries(summed(make, given).flat());

for (const file of ["share/share.json", "massflow/hostile.json"]) {
  forEachCase(file, (given) => assert.deepEqual(rowsOf(shareRows, given), given.share));
}

for (const file of ["balance/balance.json", "massflow/hostile.json"]) {
  forEachCase(file, (given) => {
    assert.deepEqual(rowsOf(balanceRows, given), given.balance);
    const shape = summed(balanceShape, given);
    assert.equal(shape ? toSvg(shape) : "", given.svg);
  });
}
