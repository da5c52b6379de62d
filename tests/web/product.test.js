import assert from "node:assert/strict";
import { test } from "node:test";

import { Directory } from "../../scanner_web/verify/directory.js";
import { encodeUtf8, parseCanonical } from "../../scanner_web/verify/encoding.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { articleFacts, productFacts } from "../../scanner_web/verify/product.js";
import { namesAt } from "../../scanner_web/verify/wording.js";
import { forEachCase, read } from "../support/vectors.js";

const { host, messages } = JSON.parse(read("product/product.json"));
const { admitted } = JSON.parse(read("product/names.json"));
const bodyOf = (text) => parseCanonical(encodeUtf8(text));

for (const file of ["product/article.json", "product/hostile.json"]) {
  forEachCase(file, ({ ilmd, lang, want }) => {
    assert.deepEqual(articleFacts(bodyOf(ilmd).ilmd, lang, messages), want);
  });
}

forEachCase("product/product.json", ({ about, lang, statements, want, names: called }) => {
  const names = (identifier) => new Map(Object.entries(called)).get(identifier) || "";
  const events = statements.map(({ parties, body }) => ({
    parties,
    event: parseEvent(bodyOf(body), { host }),
  }));
  assert.deepEqual(productFacts(events, { about, lang, messages, names }), want);
});

forEachCase("product/names.json", ({ identifier, index, want }) => {
  const directory = new Directory(`${host}/log`);
  for (const { index: at, kind, party, name, places } of admitted) {
    directory.putParty(at, { party, kind, name, places, prefixes: [], rights: null });
  }
  assert.equal(namesAt(directory, index, messages)(identifier), want);
});

test("a recipe of a thousand parts is shown whole", () => {
  const parts = Array.from({ length: 1000 }, (_, number) => ({ name: `part ${number}` }));
  const want = parts.map(({ name }, number) => [`product.recipe.${number}`, name]);
  assert.deepEqual(articleFacts({ "caravan:recipe": parts }, "en", {}), want);
});
