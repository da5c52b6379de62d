/**
 * The way of goods from herd to shelf, in rows: its stages, tests, cold chain and gaps.
 *
 * Each row is a list of named texts that sum up many statements, made from them alone.
 * Statements that are taken back, and those of parties with no say about the goods, enter
 * no sum; how many there are is told among the gaps. Nothing is judged: limits stand
 * beside figures, and what testers signed is counted. Figures are summed exactly; where a
 * sum could count something twice, or would add different units, there is none.
 *
 * Pure and total. Twin of `ledger/way.py`, where every rule has its reason.
 */

import { counts } from "./account.js";
import { areaName, areaOf } from "./area.js";
import { title } from "./facts.js";
import { LIMITS } from "./limits.js";
import { decimal } from "./mass.js";
import { PLACES, reportsOf, scaled } from "./measured.js";
import { raisedBy } from "./standing.js";
import {
  date, grouped, items, measure, member, named, number, short, text, visible, word,
} from "./wording.js";

/** @typedef {import("./account.js").Account} Account */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./limits.js").Limit} Limit */
/** @typedef {import("./measured.js").Report} Report */
/** @typedef {import("./verdict.js").Member} Member */
/** @typedef {import("./wording.js").Messages} Messages */
/** @typedef {import("./wording.js").Names} Names */

/** @typedef {[name: string, text: string, href?: string]} Told a text by its name, and where it leads */
/** @typedef {Told[]} Row */
/** @typedef {[part: string, text: string][]} Parts */
/** @typedef {{members: readonly Member[], lang: string, messages: Messages, names: Names}} Reader */
/** @typedef {{title: string, phase: string, accounts: Account[]}} Stage statements of one sort */

const GS1 = "https://id.gs1.org/";
const MOST = 24;
const MOST_NAMED = 3;
const MOST_CORRECTIONS = 8;

const HARVESTS = ["milking", "picking", "harvesting"];
const RAW = [...HARVESTS, "bulking", "pooling"];
const ROAD = [
  "arriving", "consigning", "departing", "loading", "shipping", "staging_outbound",
  "transporting", "unloading", "void_shipping",
];
const SHOP = ["dispensing", "picking", "reserving", "retail_selling", "stocking"];
const TEST = ["holding", "inspecting", "sampling"];
const JUDGED = ["conformant", "non_conformant"];
const MINOR = ["departing", "installing", "sampling", "staging_outbound", "unloading"];
const KEPT = ["accepting", "collecting", "receiving", "storing"];
const PAPERWORK = ["cycle_counting", "encoding", "stock_taking"];
const COLD_STEPS = ["accepting", "collecting", "storing", "transporting"];

const MAKES = new Map([
  ["milking", "raw-milk"],
  ["spray drying", "milk-powder"],
  ["freeze drying", "milk-powder"],
]);
const KEEPS = ["bulking", "pooling", "loading", "receiving", "packing"];

const TIME = "caravan:cooling_time";
const AFTER = "caravan:temperature_after";
const BEFORE = "caravan:temperature_before";
const QUANTITIES = ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"];
const ONE_BY_ONE = ["epcList", "inputEPCList", "outputEPCList", "childEPCs"];

const ZERO = BigInt(0);
const THOUSAND = BigInt(1000);
const ONE = THOUSAND * THOUSAND;
const HUNDRED = BigInt(100) * ONE;
const GRAMS = new Map([["KGM", THOUSAND], ["GRM", BigInt(1)], ["TNE", ONE]]);
const GS1_KINDS = new Map([
  ["00", "logistic-unit"],
  ["01", "trade-item"],
  ["10", "lot"],
  ["21", "serial"],
]);

/**
 * Return the parts of the way in the order in which they began, and their stages.
 *
 * @param {readonly Account[]} accounts in any order
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function wayRows(accounts, reader) {
  const told = counted(accounts);
  const areMixed = mixing(told);
  const found = stages(untilHarvest(told), reader);
  const major = found.filter(({ accounts: [first] }) => first && !MINOR.includes(first.event.bizStep));
  const kept = (found.length > MOST ? major : found).slice(0, MOST - (major.length > MOST ? 1 : 0));
  const phases = [...new Set(kept.map(({ phase }) => phase))];
  const rows = phases.flatMap((phase, place) =>
    partRows(`way.${place}`, kept.filter((stage) => stage.phase === phase), areMixed, reader),
  );
  return [...rows, ...more("way", phases.length, found.length - kept.length, reader)];
}

/**
 * Return what a buyer asks first: whose it is and of when, and what tests found.
 *
 * @param {readonly Account[]} accounts in any order
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function briefRows(accounts, reader) {
  const told = counted(accounts);
  if (told.length === 0) return [];
  const taken = stages(told, reader).filter((stage) =>
    stage.accounts.some(({ event }) => HARVESTS.includes(text(event.body["caravan:process"]))),
  );
  const rows = taken.map((stage, place) =>
    row(`brief.${place}`, stage.title, "", [
      ["when", when(stage.accounts, reader)],
      ["who", [who(stage.accounts, reader), things(stage.accounts, reader)].filter(Boolean).join(" · ")],
      ["where", where(stage.accounts, reader)],
    ]),
  );
  const [tested = []] = testRows(told, reader);
  const name = `brief.${rows.length}`;
  rows.push(tested.map(([fact, shown]) => [name + fact.slice("tests.0".length), shown]));
  const signed = say(reader, "brief.signed", { count: issuers(told).length });
  return [...rows, row(`brief.${rows.length}`, signed, "", [["who", who(told, reader)]])];
}

/**
 * Return what tests found: what their testers signed, then each component.
 *
 * @param {readonly Account[]} accounts in any order
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function testRows(accounts, reader) {
  const told = counted(accounts);
  const products = productsOf(told);
  const hasLimits = speciesOf(told).join() === "camel";
  /** @type {Account[]} */
  const tests = [];
  /** @type {Map<string, number>} */
  const signed = new Map();
  /** @type {Map<string, {about: string, product: string, first: Report, accounts: Account[], values: bigint[], said: Map<string, number>, compared: number, outside: number}>} */
  const results = new Map();
  for (const account of told) {
    const { event } = account;
    const found = reportsOf(event);
    const disposition = event.disposition || "";
    const isJudged = JUDGED.includes(disposition);
    if (event.bizStep !== "inspecting" || !(found.length > 0 || isJudged)) continue;
    if (phaseOf(event) !== "test") continue;
    tests.push(account);
    add(signed, disposition);
    const product = productOf(account, products);
    const about = product ? say(reader, `product.${product}`) : kinds(account, reader);
    for (const report of found) {
      const of = hasLimits ? product : "";
      const key = JSON.stringify([about, of, report.component, report.unit]);
      let tested = results.get(key);
      if (tested === undefined) {
        tested = { about, product: of, first: report, accounts: [], values: [], said: new Map(), compared: 0, outside: 0 };
        results.set(key, tested);
      }
      if (tested.accounts.at(-1) !== account) tested.accounts.push(account);
      tested.values.push(...report.values);
      if (report.said) add(tested.said, report.said);
      const limits = limitsOf(of, report);
      const wholes = limits.map((limit) => (limit.of ? shareOf(found) : HUNDRED));
      if (limits.length > 0 && report.values.length > 0 && wholes.every((whole) => whole > ZERO)) {
        tested.compared += 1;
        const isOutside = limits.some((limit, place) =>
          report.values.some((value) => breaks(limit, value, wholes[place])),
        );
        if (isOutside) tested.outside += 1;
      }
    }
  }
  if (tests.length === 0) {
    return [row("tests.0", say(reader, "tests.none", { count: told.length }), "", [])];
  }
  const components = new Set([...results.values()].map(({ first }) => first.component));
  const rows = [
    row("tests.0", say(reader, "tests.count", { count: tests.length }), href(tests, reader), [
      ["signed", dispositions(signed, reader)],
      ["for", few([...components], reader, (name) => word("sensor", name, reader.messages))],
      ["who", who(tests, reader, MOST_NAMED)],
      ["when", when(tests, reader)],
    ]),
  ];
  for (const tested of results.values()) {
    const { first } = tested;
    rows.push(
      row(
        `tests.${rows.length}`,
        word("sensor", first.component, reader.messages),
        href(tested.accounts, reader),
        [
          ["range", range(tested.values, first.unit, reader)],
          ["result", saidOf(tested.said, reader)],
          ["count", shownCount(tested.accounts.length, reader)],
          ["on", tested.about],
          ["who", who(tested.accounts, reader)],
          ...limitParts(limitsOf(tested.product, first), tested.outside, tested.compared, reader),
        ],
      ),
    );
  }
  return capped("tests", rows, reader);
}

/**
 * Return how cold goods were at each stage, and at how many steps nobody measured.
 *
 * @param {readonly Account[]} accounts in any order
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function coldRows(accounts, reader) {
  const told = counted(accounts);
  const products = productsOf(told);
  const harvests = harvestsOf(told);
  /** @type {Row[]} */
  const rows = [];
  const found = stages(told, reader);
  for (const stage of found) {
    const { length } = stage.accounts;
    const measured = stage.accounts.filter(({ event }) => cold(event, stage.phase).length > 0);
    if (stage.phase === "plant") continue;
    if (measured.length === 0 && !stage.accounts.some(({ event }) => isColdStep(event))) continue;
    rows.push(
      row(`cold.${rows.length}`, stage.title, href(stage.accounts, reader), [
        ["measured", say(reader, "cold.measured", { count: measured.length, all: length })],
        ["temperature", temperatures(stage, reader, BEFORE)],
        ...(isCooling(stage) ? cooling(stage, harvests, products, reader) : []),
      ]),
    );
  }
  if (harvests.size > 0 && !found.some(isCooling)) {
    const lacking = say(reader, "cold.uncooled", { count: harvests.size, all: harvests.size });
    rows.push(row(`cold.${rows.length}`, say(reader, "done.cooling"), "", [["uncooled", lacking]]));
  }
  return capped("cold", rows, reader);
}

/**
 * Return what a chart of the cold chain shows: seconds since 1970, tenths of a degree
 * Celsius and the phase, by time; nothing of before the cooling.
 *
 * @param {readonly Account[]} accounts in any order
 * @returns {[seconds: number, tenths: number, phase: string][]}
 */
export function coldPoints(accounts) {
  return counted(accounts).flatMap(({ event }) => {
    const phase = phaseOf(event);
    const seconds = Number(event.instantUs / ONE) - (event.instantUs % ONE < ZERO ? 1 : 0);
    return cold(event, phase)
      .filter(({ component }) => component !== BEFORE)
      .flatMap(({ values }) => values)
      .map((value) => /** @type {[number, number, string]} */ ([seconds, tenths(value), phase]));
  });
}

/**
 * Return what is missing, late or taken back, or that none of this was found.
 *
 * @param {readonly Account[]} accounts in any order
 * @param {Reader} reader
 * @returns {Row[]}
 */
export function gapRows(accounts, reader) {
  const given = [...accounts].sort((one, other) => one.index - other.index);
  const told = counted(given);
  const found = [
    ...late(told, reader),
    ...odd(told, reader),
    ...corrections(given, reader),
    ...withoutQuantities(told, reader),
    ...stages(told, reader).flatMap((stage) => lacking(stage, reader)),
  ];
  const apart = given.filter(({ isApart }) => isApart).length;
  if (apart > 0) found.push([say(reader, "gaps.apart", { count: apart }), "#apart", []]);
  if (found.length === 0) {
    const none = say(reader, "gaps.none", { count: given.length });
    return [row("gaps.0", none, "", [["means", say(reader, "gaps.means")]])];
  }
  const rows = found.map(([said, link, parts], place) => row(`gaps.${place}`, said, link, parts));
  return capped("gaps", rows, reader);
}

/**
 * Return what tells whether some of named goods went into others of them.
 *
 * @param {readonly Account[]} told
 * @returns {(names: ReadonlySet<string>) => boolean}
 */
function mixing(told) {
  /** @type {Map<string, string[][]>} */
  const making = new Map();
  for (const { event } of told) {
    if (event.type !== "TransformationEvent") continue;
    const inputs = inputsOf(event);
    for (const name of event.created) {
      const made = making.get(name);
      if (made === undefined) making.set(name, [inputs]);
      else made.push(inputs);
    }
  }
  return (names) => {
    /** @type {Set<string[]>} */
    const done = new Set();
    const todo = [...names];
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      for (const inputs of making.get(name) || []) {
        if (done.has(inputs)) continue;
        done.add(inputs);
        if (inputs.some((input) => names.has(input))) return true;
        todo.push(...inputs);
      }
    }
    return false;
  };
}

/**
 * @param {readonly Account[]} accounts
 * @returns {Account[]} those that enter sums, in order of time
 */
function counted(accounts) {
  return inTime(accounts.filter(counts));
}

/**
 * @param {Account[]} accounts
 * @returns {Account[]}
 */
function inTime(accounts) {
  return accounts.sort((one, other) => {
    const [at, then] = [one.event.instantUs, other.event.instantUs];
    if (at === then) return one.index - other.index;
    return at < then ? -1 : 1;
  });
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {Stage[]} in the order in which they began
 */
function stages(told, reader) {
  const related = (/** @type {string} */ wanted) =>
    reader.members.flatMap(({ subject, relation }) => (relation === wanted ? subject : []));
  const labels = new Set(related("trade-item"));
  const begun = new Set([...labels, ...related("parent")]);
  /** @type {Map<string, Stage>} */
  const found = new Map();
  for (const account of told) {
    const { event } = account;
    // That a case has a code is no step; what was packed in it is.
    if (isPaperwork(account, event.bizStep === "commissioning" ? begun : labels)) continue;
    const said = reportsOf(event).some(isOfCooling) ? "" : title(event, reader);
    const phase = phaseOf(event);
    const key = JSON.stringify([said, phase, event.type === "TransformationEvent"]);
    let stage = found.get(key);
    if (stage === undefined) {
      stage = { title: said || say(reader, "done.cooling"), phase, accounts: [] };
      found.set(key, stage);
    }
    stage.accounts.push(account);
  }
  return [...found.values()];
}

/**
 * @param {string} name
 * @param {readonly Stage[]} given of one part of the way
 * @param {(names: ReadonlySet<string>) => boolean} areMixed
 * @param {Reader} reader
 * @returns {Row[]} the row of the part, and those of its stages
 */
function partRows(name, given, areMixed, reader) {
  const told = inTime(given.flatMap(({ accounts }) => accounts));
  const phase = given[0]?.phase;
  /** @type {Parts} */
  const shared = [["when", when(told, reader)], ["where", where(told, reader)]];
  const head = row(name, say(reader, `phase.${phase}`), "", [
    ...shared,
    ["signed", phase === "test" ? passed(told, reader) : ""],
    ["alarm", alarms(told, reader)],
  ]);
  const rows = given.map((stage, place) => {
    /** @type {Parts} */
    const parts = [
      ["when", when(stage.accounts, reader)],
      ["who", who(stage.accounts, reader)],
      ["where", where(stage.accounts, reader)],
      ["things", things(stage.accounts, reader)],
      ["mass", mass(stage, areMixed, reader)],
      ["temperature", temperatures(stage, reader)],
      ["signed", phase === "test" ? passed(stage.accounts, reader) : ""],
      ["alarm", alarms(stage.accounts, reader)],
      ["how", how(stage.accounts, reader)],
    ];
    const own = parts.filter(
      ([part, shown]) => !shared.some(([as, told]) => as === part && told === shown),
    );
    return row(`${name}.${place}`, stage.title, href(stage.accounts, reader), own);
  });
  return [head, ...rows];
}

/**
 * @param {readonly Account[]} told
 * @returns {Account[]} without what befell animals after these goods were taken; alarms
 *   remain, whenever they come
 */
function untilHarvest(told) {
  const last = told.filter(({ event, about }) => {
    const members = new Set(about);
    return (
      HARVESTS.includes(text(event.body["caravan:process"])) &&
      event.created.some((name) => members.has(name))
    );
  }).at(-1);
  return told.filter(
    ({ event }) =>
      last === undefined ||
      event.instantUs <= last.event.instantUs ||
      event.isAlarm ||
      phaseOf(event) !== "herd",
  );
}

/**
 * @param {Account} account
 * @param {ReadonlySet<string>} labels
 * @returns {boolean} whether it is no part of the way of these goods
 */
function isPaperwork({ event, about }, labels) {
  const { created } = event;
  const members = new Set(about);
  const isElsewhere =
    event.type === "TransformationEvent" &&
    created.length > 0 &&
    !created.some((name) => members.has(name));
  return (
    PAPERWORK.includes(event.bizStep) ||
    isElsewhere ||
    about.every((name) => labels.has(name) || /^(party|place)\//.test(short(name)))
  );
}

/**
 * @param {Event} event
 * @returns {string} the part of the way: herd, milk, road, plant, test, delivery or shop
 */
function phaseOf(event) {
  const { type, bizStep, body } = event;
  const isPacked = isOfPacks(event);
  const isMade = type === "TransformationEvent";
  if (RAW.includes(text(body["caravan:process"]))) return "milk";
  if (!isPacked && !isMade && !hasClasses(event)) return "herd";
  if (type === "TransactionEvent" || ROAD.includes(bizStep)) {
    return isPacked ? "delivery" : "road";
  }
  if (TEST.includes(bizStep)) return "test";
  const isKept = KEPT.includes(bizStep) && !isMade;
  if (SHOP.includes(bizStep) || (isPacked && isKept)) return "shop";
  return isKept ? "milk" : "plant";
}

/**
 * @param {Event} event
 * @returns {boolean}
 */
function isOfPacks({ subjects }) {
  return subjects.some((name) => name.startsWith(GS1));
}

/**
 * @param {Event} event
 * @returns {boolean}
 */
function hasClasses({ body }) {
  return QUANTITIES.some((name) => items(body[name]).length > 0);
}

/**
 * @param {Event} event
 * @returns {string[]}
 */
function inputsOf({ body }) {
  const classes = items(body.inputQuantityList).map((element) => text(member(element, "epcClass")));
  return [...items(body.inputEPCList).map(text), ...classes];
}

/**
 * @param {Event} event
 * @param {string} phase
 * @returns {Report[]} how warm goods or a process were: no property of milk, no tests
 */
function cold(event, phase) {
  if (phase === "herd" || phase === "test") return [];
  return reportsOf(event).filter(
    ({ component, kind, unit, values }) =>
      kind === "Temperature" &&
      unit === "CEL" &&
      component !== "caravan:freezing_point" &&
      values.length > 0,
  );
}

/**
 * @param {Event} event
 * @returns {boolean}
 */
function isColdStep(event) {
  return COLD_STEPS.includes(event.bizStep) && !isOfPacks(event) && hasClasses(event);
}

/**
 * @param {Report} report
 * @returns {boolean}
 */
function isOfCooling({ component }) {
  return component === TIME || component === AFTER;
}

/**
 * @param {Stage} stage
 * @returns {boolean}
 */
function isCooling({ accounts }) {
  return accounts.some(({ event }) => reportsOf(event).some(isOfCooling));
}

/**
 * @param {readonly Account[]} told
 * @returns {Set<string>} the milk that was milked, by the name of each milking's
 */
function harvestsOf(told) {
  const milkings = told.filter(({ event }) => text(event.body["caravan:process"]) === "milking");
  return new Set(
    milkings.flatMap(({ event, about }) => {
      const members = new Set(about);
      return event.created.filter((name) => members.has(name));
    }),
  );
}

/**
 * @param {Stage} stage
 * @param {ReadonlySet<string>} harvests
 * @param {ReadonlyMap<string, string>} products
 * @param {Reader} reader
 * @returns {Parts} how fast milk was cooled, and how often not within the limit
 */
function cooling({ accounts }, harvests, products, reader) {
  /** @type {bigint[]} */
  const times = [];
  let [compared, outside] = [0, 0];
  /** @type {Set<Limit>} */
  const limits = new Set();
  /** @type {Set<string>} */
  const cooled = new Set();
  for (const account of accounts) {
    const found = reportsOf(account.event).filter(({ values }) => values.length > 0);
    if (found.some(isOfCooling)) for (const name of account.about) cooled.add(name);
    const product = productOf(account, products);
    const judged = new Set();
    let isOutside = false;
    for (const report of found) {
      if (report.component === TIME && report.unit === "MIN") times.push(...report.values);
      for (const limit of limitsOf(product, report)) {
        limits.add(limit);
        judged.add(limit.component);
        if (report.values.some((value) => breaks(limit, value))) isOutside = true;
      }
    }
    // Who tells only one of the two has not shown that both were kept.
    if (judged.has(TIME) && judged.has(AFTER)) {
      compared += 1;
      if (isOutside) outside += 1;
    }
  }
  const count = [...harvests].filter((name) => !cooled.has(name)).length;
  return [
    ["time", range(times, "MIN", reader)],
    ...limitParts([...limits], outside, compared, reader),
    ["uncooled", count > 0 ? say(reader, "cold.uncooled", { count, all: harvests.size }) : ""],
  ];
}

/**
 * @param {readonly Account[]} told
 * @returns {Map<string, string>} what goods are, by name: of what they were made
 */
function productsOf(told) {
  /** @type {Map<string, string>} */
  const products = new Map();
  for (const { event } of told) {
    if (event.type !== "TransformationEvent") continue;
    const process = text(event.body["caravan:process"]);
    const product = KEEPS.includes(process)
      ? onlyOf(inputsOf(event), products)
      : MAKES.get(process) || "";
    for (const name of event.created) {
      const known = products.get(name);
      products.set(name, known === undefined || known === product ? product : "");
    }
  }
  return products;
}

/**
 * @param {Account} account
 * @param {ReadonlyMap<string, string>} products
 * @returns {string}
 */
function productOf({ about }, products) {
  return onlyOf(about, products);
}

/**
 * @param {readonly string[]} names
 * @param {ReadonlyMap<string, string>} products
 * @returns {string} the one product that all of them are; empty if there is none
 */
function onlyOf(names, products) {
  const [product, ...others] = new Set(names.map((name) => products.get(name) || ""));
  return others.length > 0 ? "" : product || "";
}

/**
 * @param {readonly Report[]} found
 * @returns {bigint} the solids that are not fat, in millionths of a percent; 0 if unknown
 */
function shareOf(found) {
  let rest = HUNDRED;
  for (const wanted of ["caravan:fat", "caravan:moisture"]) {
    const report = found.find(({ component, unit }) => component === wanted && unit === "P1");
    const value = report && report.values[0];
    if (value === undefined) return ZERO;
    rest -= value;
  }
  return rest;
}

/**
 * @param {string} product
 * @param {Report} report
 * @returns {Limit[]}
 */
function limitsOf(product, { component, unit }) {
  return LIMITS.filter(
    (limit) => limit.product === product && limit.component === component && limit.unit === unit,
  );
}

/**
 * @param {Limit} limit
 * @param {bigint} value of a hundred or of a share of it
 * @param {bigint} [whole]
 * @returns {boolean} whether it is outside the limit
 */
function breaks(limit, value, whole = HUNDRED) {
  const bound = (scaled(limit.value) || ZERO) * whole;
  const got = value * HUNDRED;
  return limit.comparison === ">=" ? got < bound : got > bound;
}

/**
 * @param {readonly Limit[]} limits
 * @param {number} outside
 * @param {number} compared
 * @param {Reader} reader
 * @returns {Parts}
 */
function limitParts(limits, outside, compared, reader) {
  const [first] = limits;
  if (first === undefined) return [];
  const shown = limits.map(({ comparison, value, unit, of }) => {
    const bound = `${comparison === ">=" ? "≥" : "≤"} ${measure(value, unit, reader.messages)}`;
    return of ? say(reader, `limit.of.${of}`, { limit: bound }) : bound;
  });
  const isVerified = limits.every(({ verified }) => verified);
  return [
    ["limit", shown.join(", ")],
    ["edition", `${say(reader, `limit.source.${first.source}`)} · ${first.edition}`],
    ["outside", say(reader, "limit.outside", { count: outside, all: compared })],
    ["unverified", isVerified ? "" : say(reader, "limit.unverified")],
  ];
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {string}
 */
function when(told, { messages }) {
  const days = [told[0], told.at(-1)].flatMap((account) =>
    account === undefined ? [] : date(account.event.eventTime.slice(0, 10), messages),
  );
  return [...new Set(days)].join(" – ");
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @param {number} [most]
 * @returns {string} who says so: the first issuers by name, and how many others
 */
function who(told, reader, most = 1) {
  return few(issuers(told), reader, (name) => named(name, reader.names), most);
}

/**
 * @param {readonly Account[]} told
 * @returns {string[]} the species that statements name
 */
function speciesOf(told) {
  const bodies = told.flatMap(({ event: { body } }) => [body, body.ilmd]);
  const found = new Set(bodies.map((one) => text(member(one, "caravan:species"))));
  found.delete("");
  return [...found];
}

/**
 * @param {readonly Account[]} told
 * @returns {string[]}
 */
function issuers(told) {
  return [...new Set(told.flatMap(({ parties }) => parties.slice(0, 1)))];
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {string} the areas, and how many places if these are more; else the places
 */
function where(told, reader) {
  const places = [...new Set(told.map(({ event }) => event.readPoint))];
  const codes = new Set(told.map(({ event }) => areaOf(event.body["caravan:area"])));
  const areas = [...codes].filter((code) => code !== "");
  const count = say(reader, "way.places", { count: places.length });
  if (areas.length > 0) {
    const listed = few(areas, reader, (code) => areaName(code, reader.messages));
    return places.length <= areas.length ? listed : `${listed} · ${count}`;
  }
  if (places.length > MOST_NAMED) return count;
  const parties = issuers(told);
  const holders = parties.map((party) => named(party, reader.names));
  const shown = places.map((place) => named(place, reader.names));
  // A place that is called after who says so is not told again.
  const isTold = shown.every(
    (name) =>
      holders.includes(name) || holders.includes(name.slice(0, Math.max(0, name.lastIndexOf(" · ")))),
  );
  return isTold && places.length <= parties.length ? "" : shown.join(", ");
}

/**
 * @param {readonly string[]} found
 * @param {Reader} reader
 * @param {(one: string) => string} show
 * @param {number} [most]
 * @returns {string} the first of them, and how many more there are
 */
function few(found, reader, show, most = MOST_NAMED) {
  const shown = found.slice(0, most).map(show);
  const count = found.length - shown.length;
  return [...shown, ...(count > 0 ? [say(reader, "fact.more", { count })] : [])].join(", ");
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {string} how many animals, trees or cases, each counted once; no single packs
 */
function things(told, reader) {
  /** @type {Map<string, Set<string>>} */
  const found = new Map();
  const [species = "", ...others] = speciesOf(told);
  const animal = species && others.length === 0 ? word("kind.own", species, reader.messages) : "";
  for (const { event, about } of told) {
    const { body } = event;
    const members = new Set(about);
    const each = ONE_BY_ONE.flatMap((listed) => items(body[listed]).map(text));
    for (const name of [text(body.parentID), ...each]) {
      if (!members.has(name) || (name !== body.parentID && name.startsWith(GS1))) continue;
      const kind = (short(name).startsWith("animal/") && animal) || kindOf(name, reader);
      found.set(kind, (found.get(kind) || new Set()).add(name));
    }
  }
  const shown = [...found].map(([kind, { size }]) => `${kind} × ${shownCount(size, reader)}`);
  return shown.slice(0, MOST_NAMED).join(", ");
}

/**
 * @param {Account} account
 * @param {Reader} reader
 * @returns {string}
 */
function kinds({ about }, reader) {
  const found = new Set(about.map((name) => kindOf(name, reader)));
  return [...found].slice(0, MOST_NAMED).join(", ");
}

/**
 * @param {string} name
 * @param {Reader} reader
 * @returns {string} the word for what an identifier names
 */
function kindOf(name, { messages }) {
  if (name.startsWith(GS1)) {
    const key = name.split("/").at(-2) || "";
    return word("kind", GS1_KINDS.get(key) || key, messages);
  }
  return word("kind.own", short(name).split("/")[0] || "", messages);
}

/**
 * Return how much came out or was there, in all; nothing if that cannot be said. Every
 * statement has to give it, in one unit (masses in kilograms). What was seen twice, or
 * went into other goods of the same stage, would be counted twice.
 *
 * @param {Stage} stage
 * @param {(names: ReadonlySet<string>) => boolean} areMixed
 * @param {Reader} reader
 * @returns {string}
 */
function mass({ accounts, phase }, areMixed, reader) {
  /** @type {Set<string>} */
  const seen = new Set();
  /** @type {Set<string>} */
  const units = new Set();
  let total = ZERO;
  for (const { event, about } of accounts) {
    const isMade = event.type === "TransformationEvent";
    const members = new Set(about);
    const told = items(event.body[isMade ? "outputQuantityList" : "quantityList"]).filter(
      (element) => members.has(text(member(element, "epcClass"))),
    );
    if (told.length === 0 || phase === "test") return "";
    for (const element of told) {
      const name = text(member(element, "epcClass"));
      const amount = scaled(member(element, "quantity"));
      if (amount === null || amount < ZERO || (seen.has(name) && !isMade)) return "";
      seen.add(name);
      // A quantity without a unit is a count.
      const unit = text(member(element, "uom")) || "C62";
      const grams = GRAMS.get(unit);
      units.add(grams === undefined ? unit : "KGM");
      total += amount * (grams === undefined ? THOUSAND : grams);
    }
  }
  const [unit, ...others] = units;
  if (others.length > 0 || areMixed(seen)) return "";
  return measure(decimal(total, 9), unit, reader.messages);
}

/**
 * @param {Stage} stage
 * @param {Reader} reader
 * @param {string} [apart] what is left out
 * @returns {string} the lowest and highest of each thing measured, the first few of them
 */
function temperatures({ accounts, phase }, reader, apart) {
  /** @type {Map<string, bigint[]>} */
  const found = new Map();
  for (const { event } of accounts) {
    for (const { component, kind, values } of cold(event, phase)) {
      const name = component === kind ? "" : component;
      if (name === apart) continue;
      const known = found.get(name);
      if (known === undefined) found.set(name, [...values]);
      else known.push(...values);
    }
  }
  const shown = [...found].slice(0, MOST_NAMED + 1).map(([name, values]) => {
    const label = name ? `${word("sensor", name, reader.messages)}: ` : "";
    return label + range(values, "CEL", reader);
  });
  return shown.join(", ");
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {string} how many statements there are, and how their figures came to be
 */
function how(told, reader) {
  let [device, typed] = [0, 0];
  for (const { event } of told) {
    const found = reportsOf(event);
    const hasAmounts = QUANTITIES.some((name) =>
      items(event.body[name]).some((element) => number(member(element, "quantity"))),
    );
    if (found.some(({ byDevice }) => byDevice)) device += 1;
    if (hasAmounts || found.some(({ byDevice }) => !byDevice)) typed += 1;
  }
  const all = Object.entries({
    // What was typed, or told by a device, each time is as many as there are records.
    records: [device, typed].includes(told.length) ? 0 : told.length,
    device,
    typed,
    late: told.filter(({ flags }) => flags.some(({ code }) => code === "late")).length,
    cosigned: told.filter(({ signers }) => signers > 1).length,
  });
  const shown = all.flatMap(([name, count]) =>
    count > 0 ? say(reader, `how.${name}`, { count }) : [],
  );
  return shown.join(" · ");
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {string} the words that raise an alarm, and in how many statements each stands
 */
function alarms(told, reader) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const { event } of told) for (const name of raisedBy(event)) add(found, name);
  return dispositions(found, reader);
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {string} how often testers signed that goods conform; what did not is an alarm
 */
function passed(told, reader) {
  const { length } = told.filter(({ event }) => event.disposition === "conformant");
  return dispositions(new Map(length > 0 ? [["conformant", length]] : []), reader);
}

/**
 * @param {ReadonlyMap<string, number>} signed
 * @param {Reader} reader
 * @returns {string} dispositions, and how often each was signed
 */
function dispositions(signed, reader) {
  const shown = [...signed].map(([name, count]) => {
    const said = word("disposition", name || "unknown", reader.messages);
    return `${said} × ${shownCount(count, reader)}`;
  });
  return shown.join(" · ");
}

/**
 * @param {readonly bigint[]} values
 * @param {string} unit
 * @param {Reader} reader
 * @returns {string}
 */
function range(values, unit, { messages }) {
  const [first] = values;
  if (first === undefined) return "";
  let [low, high] = [first, first];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const most = measure(decimal(high, PLACES), unit, messages);
  return low === high ? most : `${grouped(decimal(low, PLACES), messages)} – ${most}`;
}

/**
 * @param {ReadonlyMap<string, number>} said
 * @param {Reader} reader
 * @returns {string}
 */
function saidOf(said, reader) {
  return few([...said.keys()], reader, (result) => {
    return `${word("value", result, reader.messages)} × ${said.get(result)}`;
  });
}

/** @typedef {[said: string, href: string, parts: Parts]} Gap */

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {Gap[]}
 */
function late(told, reader) {
  const found = told.flatMap((account) =>
    account.flags.flatMap(({ code, detail }) => {
      const [digits = "0"] = /^[0-9]{1,9}/.exec(detail) || [];
      return code === "late" ? { account, hours: Number(digits) } : [];
    }),
  );
  const [first] = found;
  if (first === undefined) return [];
  const longest = found.reduce((most, one) => (one.hours > most.hours ? one : most), first);
  const said = say(reader, "gaps.late", { count: found.length, all: told.length });
  const days = Math.floor(longest.hours / 24);
  const after = days > 1 ? ["days", days] : ["hours", longest.hours];
  const part = say(reader, `gaps.${after[0]}`, { count: Number(after[1]) });
  return [[said, href([longest.account], reader), [["longest", part]]]];
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {Gap[]} every other sort of flag, with how many statements have it
 */
function odd(told, reader) {
  /** @type {Map<string, Account[]>} */
  const found = new Map();
  for (const account of told) {
    for (const code of new Set(account.flags.map((flag) => flag.code))) {
      if (code !== "late") found.set(code, [...(found.get(code) || []), account]);
    }
  }
  return [...found].map(([code, accounts]) => [
    word("flag", code, reader.messages),
    href(accounts.slice(0, 1), reader),
    [["count", shownCount(accounts.length, reader)]],
  ]);
}

/**
 * @param {readonly Account[]} given
 * @param {Reader} reader
 * @returns {Gap[]}
 */
function corrections(given, reader) {
  const byIndex = new Map(given.map((account) => [account.index, account]));
  const back = given.filter(({ declaredBy, isApart }) => declaredBy !== null && !isApart);
  /** @type {Gap[]} */
  const gaps = back.slice(0, MOST_CORRECTIONS).map((account) => {
    const { index, declaredBy } = account;
    const by = byIndex.get(declaredBy || 0);
    const reason = text(member(by && by.event.body.errorDeclaration, "reason")) || "unknown";
    return [
      say(reader, "gaps.correction", { index: String(index), by: String(declaredBy) }),
      href([account], reader),
      [["reason", word("error", reason, reader.messages)]],
    ];
  });
  const count = back.length - gaps.length;
  if (count > 0) gaps.push([say(reader, "gaps.corrections", { count }), "", []]);
  return gaps;
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {Gap[]} transformations that do not say how much went in or came out
 */
function withoutQuantities(told, reader) {
  const made = told.filter(({ event }) => event.type === "TransformationEvent");
  const without = made.filter(({ event: { body } }) => {
    const listed = [...items(body.inputQuantityList), ...items(body.outputQuantityList)];
    return listed.length === 0 || !listed.every((element) => number(member(element, "quantity")));
  });
  if (without.length === 0) return [];
  const said = say(reader, "gaps.amounts", { count: without.length, all: made.length });
  return [[said, href(without.slice(0, 1), reader), []]];
}

/**
 * @param {Stage} stage
 * @param {Reader} reader
 * @returns {Gap[]} what some statements of a stage lack and most of it have
 */
function lacking({ title: step, accounts }, reader) {
  const measured = accounts.filter(({ event }) => reportsOf(event).length > 0);
  // A release says "for sale" where a test says "conformant": it is of another sort.
  const alike = new Set(measured.map(({ event }) => event.disposition));
  const like = accounts.filter(({ event }) => alike.has(event.disposition));
  const cosigned = accounts.filter(({ signers }) => signers > 1);
  return [
    { name: "cosigned", having: new Set(cosigned), most: accounts },
    { name: "measured", having: new Set(measured), most: like },
  ].flatMap(({ name, having, most }) => {
    const without = most.filter((account) => !having.has(account));
    if (without.length === 0 || 2 * having.size <= most.length) return [];
    const values = { count: without.length, all: most.length, step };
    /** @type {Gap} */
    const gap = [say(reader, `gaps.${name}`, values), href(without.slice(0, 1), reader), []];
    return [gap];
  });
}

/**
 * @param {readonly Account[]} told
 * @param {Reader} reader
 * @returns {string} where the first statement stands: alone, on this page
 */
function href([first, ...others], { lang }) {
  const index = first ? first.index : 0;
  return others.length > 0 ? `/entries/${index}?lang=${lang}` : `#entry-${index}`;
}

/**
 * @param {string} name
 * @param {string} said
 * @param {string} link
 * @param {Parts} parts
 * @returns {Row}
 */
function row(name, said, link, parts) {
  /** @type {Row} */
  const head = visible([[name, said]]).map(([as, shown]) => (link ? [as, shown, link] : [as, shown]));
  return [...head, ...visible(parts.map(([part, shown]) => [`${name}.${part}`, shown]))];
}

/**
 * @param {string} block
 * @param {Row[]} rows
 * @param {Reader} reader
 * @returns {Row[]} the first of them, and how many more there are
 */
function capped(block, rows, reader) {
  const kept = rows.slice(0, MOST - (rows.length > MOST ? 1 : 0));
  return [...kept, ...more(block, kept.length, rows.length - kept.length, reader)];
}

/**
 * @param {string} block
 * @param {number} place
 * @param {number} count of what is not shown
 * @param {Reader} reader
 * @returns {Row[]}
 */
function more(block, place, count, reader) {
  return count > 0 ? [row(`${block}.${place}`, say(reader, "fact.more", { count }), "", [])] : [];
}

/**
 * @param {Reader} reader
 * @param {string} key
 * @param {Readonly<Record<string, string | number>>} [values] numbers are counts
 * @returns {string}
 */
function say({ messages }, key, values = {}) {
  const message = messages[key];
  let said = message === undefined ? key : message;
  for (const [name, value] of Object.entries(values)) {
    const shown = typeof value === "number" ? grouped(String(value), messages) : value;
    said = said.split(`{${name}}`).join(shown);
  }
  return said;
}

/**
 * @param {number} count
 * @param {Reader} reader
 * @returns {string}
 */
function shownCount(count, { messages }) {
  return grouped(String(count), messages);
}

/**
 * @param {Map<string, number>} counter
 * @param {string} name
 */
function add(counter, name) {
  counter.set(name, (counter.get(name) || 0) + 1);
}

/**
 * @param {bigint} value
 * @returns {number} tenths of it, to the nearest, halves outwards
 */
function tenths(value) {
  const nearest = ((value < ZERO ? -value : value) * BigInt(10) + ONE / BigInt(2)) / ONE;
  return nearest === ZERO ? 0 : Number(value < ZERO ? -nearest : nearest);
}
