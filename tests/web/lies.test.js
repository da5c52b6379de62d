/**
 * The one who runs a ledger lies: the script finds each lie at its step, on the vectors
 * that Python is held to.
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { modulesOf, problemWith, scanned } from "../support/lies.js";
import { files, read } from "../support/vectors.js";

const modules = await modulesOf(new URL("../../scanner_web/", import.meta.url));
const steps = new Set();

for (const path of files("lies")) {
  const { passports, cases } = JSON.parse(read(path));
  for (const each of cases) {
    const given = { ...each, passport: passports[each.passport] };
    if (given.falls) steps.add(given.falls);
    test(`${path}: ${given.name}`, async () => {
      assert.equal(await problemWith(given, modules), null);
    });
    if (given.falls) {
      test(`${path}: ${given.name}: nothing green`, async () => {
        const page = given.page === undefined ? null : JSON.parse(given.page);
        const { verdict } = await scanned(given, modules, page);
        const state = modules.stateOf(verdict);
        assert.ok(["alarm", "not-verified", "cannot-check"].includes(state), state);
        if (state === "alarm") assert.ok(verdict.alarms.some(({ word }) => word === "recalled"));
      });
    } else {
      test(`${path}: ${given.name}: named as not checked`, async () => {
        const { verdict } = await scanned(given, modules, JSON.parse(given.page));
        const named = given["not-checked"];
        if (named !== null) assert.ok(verdict.absent.includes(named));
        else assert.equal(verdict.policySource, "server");
      });
    }
  }
}

test("every step has a lie", () => {
  assert.deepEqual([...steps].sort((a, b) => a - b), Array.from({ length: 19 }, (_, i) => i + 1));
});
