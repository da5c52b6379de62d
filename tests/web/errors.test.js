import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { CODES, family, Refusal, refusedAs } from "../../scanner_web/verify/errors.js";

const PYTHON = readFileSync(new URL("../../ledger/errors.py", import.meta.url), "utf8");
const CLASSES = new Map(
  [...PYTHON.matchAll(/^class (\w+)\((\w+)[^]*?^ {4}code(?:: \S+)? = "([a-z-]+)"/gm)].map(
    ([, name, parent, code]) => [name, { parent, code }],
  ),
);

test("the codes are those of ledger/errors.py, each once", () => {
  const want = [...CLASSES.values()].map(({ code }) => code);

  assert.equal(new Set(want).size, want.length);
  assert.deepEqual([...CODES, "ledger-error"].sort(), want.sort());
});

test("a code's family is the class that its class inherits from", () => {
  for (const { parent, code } of CLASSES.values()) {
    if (parent === "Exception") continue;
    const { code: above } = CLASSES.get(parent);
    assert.equal(family(code), above === "ledger-error" ? code : above);
  }
});

test("a code that nobody knows has no family", () => {
  assert.throws(() => family("looks-fine"), RangeError);
});

test("a refusal under the caller's code keeps its pointer", () => {
  const parse = () => {
    throw new Refusal("encoding", "number: got 1e3", "/quantity");
  };

  assert.throws(() => refusedAs("seal", parse), { code: "seal", pointer: "/quantity" });
});

test("what cannot be counted here, and mistakes of ours, keep what they are", () => {
  const uncountable = () => {
    throw new Refusal("cannot-check", "integer");
  };
  const mistake = () => {
    throw new TypeError("ours");
  };

  assert.throws(() => refusedAs("seal", uncountable), { code: "cannot-check" });
  assert.throws(() => refusedAs("seal", mistake), TypeError);
});
