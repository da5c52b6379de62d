/**
 * Read removals as JSON on standard input: folders with a script from which something was
 * taken away, and the cases that should notice. Print for each what is wrong: nothing if
 * a case notices it.
 */

import { createHash, KeyObject, verify, webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";

import { family } from "../../scanner_web/verify/errors.js";
import { modulesOf, problemWith } from "./lies.js";
import { hex, read } from "./vectors.js";

/** @type {Map<string, Map<string, object>>} */
const files = new Map();

/**
 * WebCrypto, as far as the script uses it, without a thread for each call. What it is
 * asked is nearly the same for each removal: a signature is verified once.
 *
 * @type {Map<string, boolean>}
 */
const verified = new Map();
const text = (bytes) => Buffer.from(bytes).toString("latin1");
const subtle = {
  digest: async (_, data) => createHash("sha256").update(data).digest(),
  importKey: (format, raw, ...rest) =>
    webcrypto.subtle.importKey(format, raw, ...rest).then((key) => ({
      name: text(raw),
      key: KeyObject.from(key),
    })),
  verify: async (_, { name, key }, signature, message) => {
    const asked = [name, text(signature), text(message)].join("|");
    if (!verified.has(asked)) verified.set(asked, verify(null, message, key, signature));
    return verified.get(asked);
  },
};
Object.defineProperty(globalThis, "crypto", { value: { subtle } });

/** Return a case of a vector file, with its passport. */
function caseOf(name) {
  const [path, ...rest] = name.split(":");
  if (!files.has(path)) {
    const { cases, passports } = JSON.parse(read(path));
    const whole = cases.map((each) =>
      passports ? { ...each, passport: passports[each.passport] } : each,
    );
    files.set(path, new Map(whole.map((each) => [each.name, each])));
  }
  return files.get(path).get(rest.join(":"));
}

/** Return what is wrong with the judgement of a list and its proof; null if nothing is. */
async function problemWithLists({ root_hex: root, origin, lists, proof, want }, { verifyLists }) {
  let got = "ok";
  try {
    await verifyLists(hex(root), { origin, lists: new Map(lists), proof });
  } catch (error) {
    got = error.code;
    family(got);
  }
  return got === want ? null : `got ${got}`;
}

/** Return what is wrong with the first of some cases; null if nothing is. */
async function firstProblem(folder, cases) {
  const modules = await modulesOf(new URL(folder));
  for (const name of cases) {
    const given = caseOf(name);
    const judge = given.root_hex === undefined ? problemWith : problemWithLists;
    try {
      const problem = await judge(given, modules);
      if (problem !== null) return `${name}: ${problem}`;
    } catch (error) {
      // A script that breaks has not judged.
      return `${name}: ${error}`;
    }
  }
  return null;
}

const problems = [];
for (const { folder, cases, isWhole } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    const problem = await firstProblem(folder, cases);
    if (isWhole) problems.push(problem || "");
    else problems.push(problem === null ? "no test notices" : "");
  } catch (error) {
    problems.push(`does not run: ${error}`);
  }
}
console.log(JSON.stringify(problems));
