import assert from "node:assert/strict";
import { createHash, createPrivateKey, createPublicKey, sign, webcrypto } from "node:crypto";
import { test } from "node:test";

import { Point } from "../../scanner_web/vendor/noble-ed25519/index.js";
import { Refusal } from "../../scanner_web/verify/errors.js";
import { checkPublicKey, pickVerify, verifySignature } from "../../scanner_web/verify/signatures.js";
import { forEachCase, hex, outcome, read } from "../support/vectors.js";

const WYCHEPROOF = JSON.parse(read("foreign/wycheproof/ed25519_test.json")).testGroups.flatMap(
  (group) => group.tests.map((given) => ({ ...given, pk: group.publicKey.pk })),
);
const LOW_ORDER = read("foreign/cctv-low-order/low-order-ed25519.txt").trim().split("\n");

/** What a browser may have of WebCrypto. */
const ENGINES = {
  native: webcrypto.subtle,
  "without Ed25519": {
    digest: (...asked) => webcrypto.subtle.digest(...asked),
    importKey: () => Promise.reject(new Error("not supported")),
  },
  "without crypto.subtle": undefined,
};

/** Return the rule as a browser has it, in a module of its own. */
async function ruleIn(name, subtle) {
  const own = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: { subtle }, configurable: true });
  try {
    const rule = await import(`../../scanner_web/verify/signatures.js?${encodeURIComponent(name)}`);
    // The first signature is what it is chosen for.
    const { pk, msg, sig } = WYCHEPROOF.find(({ result }) => result === "valid");
    await rule.verifySignature(hex(pk), hex(msg), hex(sig));
    return rule.verifySignature;
  } finally {
    Object.defineProperty(globalThis, "crypto", own);
  }
}

const RULES = new Map();
for (const [name, subtle] of Object.entries(ENGINES)) RULES.set(name, await ruleIn(name, subtle));

forEachCase("signatures/verify.json", async (given) => {
  const [key, message, signature] = [given.key_hex, given.message_hex, given.signature_hex];
  for (const [name, verify] of RULES) {
    const got = await outcome(() => verify(hex(key), hex(message), hex(signature)));
    assert.equal(got, given.want, name);
  }
});

forEachCase("signatures/public_keys.json", async (given) => {
  assert.equal(await outcome(() => checkPublicKey(hex(given.key_hex))), given.want);
});

// The browser signs nothing: Node does, as the vector's text says, and each is verified.
forEachCase("signatures/accumulated.json", async (given) => {
  const hash = createHash("sha256");
  let message = Buffer.alloc(0);
  for (let i = 0; i < 100; i += 1) {
    const seed = createHash("sha256").update(Buffer.of(i)).digest();
    const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
    const secret = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
    const key = spki.subarray(-32);
    const signature = sign(null, message, secret);
    for (const verify of RULES.values()) await verify(key, message, signature);
    hash.update(key).update(signature);
    message = Buffer.concat([message, signature.subarray(0, i)]);
  }
  assert.equal(hash.digest("hex"), given.want);
});

for (const [name, verify] of RULES) {
  test(`Wycheproof, ${name}: every answer is the one expected`, async () => {
    assert.ok(WYCHEPROOF.length >= 150);
    for (const { tcId, pk, msg, sig, result } of WYCHEPROOF) {
      const got = await outcome(() => verify(hex(pk), hex(msg), hex(sig)));
      assert.equal(got, result === "valid" ? "ok" : "signature", `tcId ${tcId}`);
    }
  });
}

test("an engine that gets the vendored one wrong cannot check, and accuses nobody", async () => {
  const { toBytes } = Point.prototype;
  for (const wrong of [() => new Uint8Array(32), () => "not bytes"]) {
    Point.prototype.toBytes = wrong;
    try {
      await assert.rejects(pickVerify(undefined), (error) => !(error instanceof Refusal));
    } finally {
      Point.prototype.toBytes = toBytes;
    }
  }
});

test("each of the 14 encodings of low order is refused, as key and as R", async () => {
  const { pk, msg, sig } = WYCHEPROOF[0];
  assert.equal(LOW_ORDER.length, 14);
  for (const encoding of LOW_ORDER) {
    assert.throws(() => checkPublicKey(hex(encoding)), { code: "signature", message: /low order/ });
    const lie = verifySignature(hex(pk), hex(msg), hex(encoding + sig.slice(64)));
    await assert.rejects(lie, { code: "signature", message: /low order/ });
  }
});

test("a browser that says yes to everything, or fails, is not asked", async () => {
  const yes = { importKey: async () => ({}), verify: async () => true };
  const failing = { importKey: () => Promise.reject(new Error("not supported")) };
  const { pk, msg, sig } = WYCHEPROOF.find(({ result, msg }) => result === "valid" && msg);
  for (const subtle of [yes, failing, {}]) {
    const verify = await pickVerify(subtle);
    assert.equal(await verify(hex(pk), hex(msg), hex(sig)), true);
    assert.equal(await verify(hex(pk), hex(`${msg}00`), hex(sig)), false);
  }
});

test("a key that the browser will not import verifies nothing", async () => {
  const { pk, msg, sig } = WYCHEPROOF.find(({ result }) => result === "valid");
  const picky = {
    importKey: (format, key, ...rest) =>
      Buffer.from(key).toString("hex") === pk
        ? Promise.reject(new Error("not a point"))
        : webcrypto.subtle.importKey(format, key, ...rest),
    verify: (...claim) => webcrypto.subtle.verify(...claim),
  };

  const verify = await pickVerify(picky);

  assert.equal(await verify(hex(pk), hex(msg), hex(sig)), false);
});

test("checking leaves the bytes as they were", async () => {
  const { pk, msg, sig } = WYCHEPROOF.find(({ result }) => result === "valid");
  // A Buffer, whose slice() does not copy.
  const [key, signature] = [Buffer.from(pk, "hex"), Buffer.from(sig, "hex")];

  await verifySignature(key, hex(msg), signature);

  assert.equal(key.toString("hex") + signature.toString("hex"), pk + sig);
});
