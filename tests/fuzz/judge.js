/**
 * What is fuzzed in JavaScript: by the names of `targets.py`, what each reader makes of
 * some bytes. Reads lines of `name base64`, and writes one line of JSON for each.
 */

import { createInterface } from "node:readline";

import { actionSubjects, parseAction } from "../../scanner_web/verify/action.js";
import { parseCheckpoint } from "../../scanner_web/verify/checkpoint.js";
import { verifyCosignature } from "../../scanner_web/verify/cosignature.js";
import { checkValue, parseDisclosures } from "../../scanner_web/verify/disclosure.js";
import {
  canonical,
  decodeBase64,
  encodeUtf8,
  parseCanonical,
  parseInteger,
  toHex,
} from "../../scanner_web/verify/encoding.js";
import { Refusal } from "../../scanner_web/verify/errors.js";
import { parseEvent } from "../../scanner_web/verify/event.js";
import { parseFragment } from "../../scanner_web/verify/fragment.js";
import {
  checkPrefix,
  identifiersFromPath,
  parseIdentifier,
} from "../../scanner_web/verify/identifier.js";
import { checkKeyName, label, parseNote, parseVkey, vkeyText } from "../../scanner_web/verify/note.js";
import { parsePassport } from "../../scanner_web/verify/passport.js";
import { parsePolicy, readCosignatures } from "../../scanner_web/verify/policy.js";
import { entryKind, parseSeal, parseTime } from "../../scanner_web/verify/seal.js";
import { parseStatement } from "../../scanner_web/verify/statement.js";
import { verifyPassport } from "../../scanner_web/verify/verify.js";
import { read } from "../support/vectors.js";

const host = "ledger.example";
const origin = "ledger.example/milk-0badcafe";
const [HONEST] = JSON.parse(read("verify/passports.json")).cases;
const LABELLED = JSON.parse(read("verify/labels.json")).cases[4];

class NoText extends Error {}

const text = (data) => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new NoText();
  }
};

/** Return what stands before and behind the first of some bytes, as Python's partition. */
function parted(data, between) {
  const at = Buffer.from(data).indexOf(between);
  if (at < 0) return [data, new Uint8Array()];
  return [data.slice(0, at), data.slice(at + between.length)];
}

/** Return what is made of a passport by one who asks what a case asks. */
async function judged(data, { subject, label = null, policy, now_ms: nowMs }) {
  const verdict = await verifyPassport(data, {
    subject,
    label,
    policy: encodeUtf8(policy),
    policySource: "yours",
    nowMs,
  });
  // What a verdict says of a mistake of ours.
  if (verdict.code === "error") throw new Error(verdict.detail);
  if (verdict.code !== null) return [verdict.code, verdict.step, verdict.index];
  return ["ok", verdict.statements.map(({ index }) => index), verdict.absent];
}

const BOTH = {
  action: async (data) => [
    "ok",
    actionSubjects(await parseAction(parseCanonical(data), { origin, host })),
  ],
  base64: (data) => ["ok", toHex(decodeBase64(text(data)))],
  canonical: (data) => ["ok", canonical(parseCanonical(data))],
  checkpoint: (data) => {
    const { origin, size, root } = parseCheckpoint(data);
    return ["ok", origin, size, toHex(root)];
  },
  cosignature: async (data) => {
    const [line, rest] = parted(data, "\n");
    const vkey = await parseVkey(text(line));
    const note = parseNote(rest);
    return ["ok", await verifyCosignature(vkey, note.text, note.signatures[0])];
  },
  cosigned: async (data) => {
    const [policy, note] = parted(data, "----\n");
    const { times, faulty } = await readCosignatures(await parsePolicy(policy), parseNote(note));
    return ["ok", [...times].sort(([a], [b]) => (a < b ? -1 : 1)), faulty];
  },
  disclosures: (data) => {
    const { subject, disclosures } = parseDisclosures(data);
    return ["ok", subject, [...disclosures.values()].map(({ value }) => value)];
  },
  event: (data) => {
    const event = parseEvent(parseCanonical(data), { host });
    return ["ok", event.type, String(event.instantUs), event.subjects, event.seq];
  },
  identifier: (data) => {
    const found = parseIdentifier(text(data), { host });
    return ["ok", found.text, found.kind, found.parts];
  },
  integer: (data) => ["ok", parseInteger(text(data))],
  "key-name": (data) => {
    checkKeyName(text(data));
    return "ok";
  },
  kind: (data) => ["ok", entryKind(data)],
  label: (data) => {
    const { size, root } = parseFragment(text(data));
    return ["ok", size, toHex(root)];
  },
  labelled: (data) => judged(data, LABELLED),
  note: (data) => {
    const { text, signatures } = parseNote(data);
    const lines = signatures.map((line) => [line.name, line.keyId, toHex(line.signature)]);
    return ["ok", toHex(text), lines];
  },
  passport: (data) => {
    const { subject, entries, lists, label } = parsePassport(data);
    return ["ok", subject, entries.length, [...lists.byName], label && label.size];
  },
  path: (data) => ["ok", identifiersFromPath(text(data), { host }).map((found) => found.text)],
  policy: async (data) => {
    const { logs, witnesses, groups, quorum } = await parsePolicy(data);
    return [
      "ok",
      logs.map(({ vkey }) => vkeyText(vkey)),
      witnesses.map(({ name }) => name),
      groups.map(({ name, threshold, members }) => [name, threshold, members]),
      quorum,
    ];
  },
  prefix: (data) => {
    checkPrefix(text(data), { host });
    return "ok";
  },
  seal: (data) => {
    const seal = parseSeal(data);
    return ["ok", seal.origin, seal.index, parseTime(seal.time), seal.previous];
  },
  statement: (data) => {
    const { origin, kind, signers, body } = parseStatement(data);
    return ["ok", origin, kind, signers.map(label), toHex(body)];
  },
  time: (data) => ["ok", parseTime(text(data))],
  value: (data) => {
    const [, member, value] = /^([^=]*)=?([^]*)$/.exec(text(data));
    if (!["name", "photo", "story"].includes(member)) return "no member";
    checkValue(member, value);
    return "ok";
  },
  verified: (data) => judged(data, HONEST),
  vkey: async (data) => {
    const { name, kind, key } = await parseVkey(text(data));
    return ["ok", name, kind, toHex(key)];
  },
};

/** Readers of which both languages name the same member, the first that is wrong. */
const POINTED = new Set(["action", "event"]);

/** Return what a reader makes of some bytes, and what it threw if that was a mistake. */
async function said(name, data) {
  try {
    return { said: await BOTH[name](data) };
  } catch (error) {
    if (error instanceof NoText) return { said: "no text" };
    if (error instanceof Refusal) {
      return { said: [error.code, POINTED.has(name) ? error.pointer : null] };
    }
    return { mistake: String(error instanceof Error ? error.stack : error) };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const [name, base64] = line.split(" ");
  const began = performance.now();
  const answer = await said(name, Uint8Array.from(Buffer.from(base64, "base64")));
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${JSON.stringify({ ...answer, seconds })}\n`);
}
