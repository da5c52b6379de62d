import assert from "node:assert/strict";

import { actionSubjects, introducedKey, parseAction } from "../../scanner_web/verify/action.js";
import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { Refusal } from "../../scanner_web/verify/errors.js";
import { vkeyText } from "../../scanner_web/verify/note.js";
import { forEachCase, outcome, read } from "../support/vectors.js";

const { origin } = JSON.parse(read("action/forms.json"));
const names = { origin, host: origin.split("/")[0] };

forEachCase("action/forms.json", async (given) => {
  const parse = () => parseAction(parseCanonical(encodeUtf8(given.body)), names);

  assert.equal(await outcome(parse), given.want);
  if (given.want === "ok") {
    const action = await parse();
    const introduced = introducedKey(action);
    assert.deepEqual(actionSubjects(action), given.subjects);
    assert.equal(introduced && vkeyText(introduced), given.introduced);
  } else {
    const isPlaced = (error) => error instanceof Refusal && error.pointer === given.pointer;
    await assert.rejects(parse, isPlaced, given.pointer);
  }
});
