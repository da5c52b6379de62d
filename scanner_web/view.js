/**
 * Touches the document, which else only `sections.js` does: reads what the server has written there
 * and writes what was verified.
 *
 * Everything is text: no markup is ever made from what was fetched. Its contract with
 * the templates: `main[data-subject][data-lang][data-size]`, `#verdict`, an
 * `article[data-index]` for each statement, in `#apart` if it counts for nothing,
 * `[data-block]` for what is said of all of them, and a `[data-fact]` for each fact.
 * `[data-drawing]` holds a drawing and nothing else. What sums up all of the way stands in
 * `[data-whole]`, by block in `[data-sum]`, and is not checked until all of it is. What
 * stands in `[data-unchecked]` says first of itself that it was not checked.
 */

import { pieces } from "./verify/direction.js";
import { isLabel } from "./verify/fragment.js";
import { PLACES, spelled } from "./whole.js";

/** @typedef {import("./content.js").Block} Block */
/** @typedef {import("./content.js").BlockName} BlockName */
/** @typedef {import("./content.js").ShownFact} ShownFact */
/** @typedef {import("./shown.js").PageContent} PageContent */
/** @typedef {import("./shown.js").PageDrawing} PageDrawing */
/** @typedef {import("./shown.js").PageFact} PageFact */
/** @typedef {import("./whole.js").Shape} Shape */
/** @typedef {import("./words.js").Told} Told */

/**
 * What the server has written.
 *
 * @typedef {object} Page
 * @property {string} path of the address bar, as it was scanned
 * @property {string} fragment of the address bar
 * @property {string} subject what the server says the page is about
 * @property {string} lang
 * @property {string} claim the word for the alarm that the server says there is, or empty
 * @property {PageContent} content
 * @property {string[]} strays names of facts outside articles and blocks: none can be checked
 * @property {PageFact[]} parts of the code, by name
 */

const BLOCKS = /** @type {const} */ ([
  "simulated", "alarms", "product", "members", "growth", "milk",
]);
/** The facts that are compared. */
const COMPARED = [
  "article[data-index] [data-fact]",
  ...BLOCKS.map((name) => `[data-block="${name}"] [data-fact]`),
].join();
/** Members of one level that stand in the open; the others are folded away. */
const OPEN_MEMBERS = 2;
/** What the script writes itself; of two such places it writes in the first. */
const OWN = ["#verdict .verdict-title", "#verdict .verdict-detail", "#verdict .verdict-more"];
/** What is compared by itself, what says that it is not checked, what nobody sees. */
const NO_WORDS = "[data-fact], [data-part], [data-drawing], [data-unchecked], noscript";
/** What sums up all of the way. */
const WHOLE = "main [data-whole][data-unchecked]";
/** The same, of what stands in there. */
const NO_WHOLE_WORDS = "[data-fact], [data-drawing]";
/** What the script says was checked; nothing unchecked stands in it or around it. */
const CHECKED = "article, [data-block], [data-part], #verdict, #subject";
/** The same, of what stands in there: what the script writes when it has checked it. */
const WRITTEN = `${CHECKED}, ${PLACES.map(([place]) => `#${place}`).join()}, [data-whole]`;
/** What says something to a reader that is no text of the page. */
const NO_TEXT = [
  "audio", "button", "canvas", "embed", "iframe", "img", "input", "math", "meter", "object",
  "progress", "select", "svg", "textarea", "video",
];

/**
 * Return the page as the server wrote it.
 *
 * @returns {Page}
 */
export function readPage() {
  const main = element("main");
  const wholes = all(document, WHOLE);
  const compared = new Set(all(main, COMPARED));
  return {
    path: document.location.pathname,
    fragment: document.location.hash,
    subject: main.dataset.subject || "",
    lang: main.dataset.lang || "",
    claim: element("#verdict").dataset.alarm || "",
    content: {
      size: Number(main.dataset.size),
      hasAll: main.dataset.records === "all",
      articles: all(main, "article[data-index]").map((article) => ({
        index: Number(article.dataset.index),
        isApart: article.closest("#apart") !== null,
        facts: all(article, "[data-fact]").map(readFact),
      })),
      blocks: {
        simulated: readBlock(main, "simulated"),
        alarms: readBlock(main, "alarms"),
        product: readBlock(main, "product"),
        members: readBlock(main, "members"),
        growth: readBlock(main, "growth"),
        milk: readBlock(main, "milk"),
      },
      drawings: readDrawings(document, "[data-drawing]:not([data-unchecked] *)"),
      whole: {
        size: Math.max(0, ...wholes.map((section) => Number(section.dataset.whole))),
        facts: wholes.flatMap((section) => all(section, "[data-fact]")).map(readFact),
        drawings: wholes.flatMap((section) => readDrawings(section, "[data-drawing]")),
        words: wholes.flatMap((section) => readWords(section, NO_WHOLE_WORDS)),
      },
      words: readWords(element("body"), NO_WORDS),
      unchecked: [...document.querySelectorAll("[data-unchecked]")].map(readTitle),
    },
    strays: all(document, "[data-fact]")
      .filter((fact) => !compared.has(fact) && !fact.matches(`${WHOLE} *`))
      .map((fact) => fact.dataset.fact || ""),
    parts: all(document, "[data-part]").map((part) => ({
      name: part.dataset.part || "",
      text: textOf(part),
    })),
  };
}

/** @returns {string} the page as it stands there now */
export function pageText() {
  return `<!doctype html>\n${document.documentElement.outerHTML}`;
}

/**
 * Keep a label in the address while the reader changes the language, and in the evidence
 * that the reader saves; check anew when another one is asked about, and unfold what a
 * link leads to.
 *
 * @param {string | null} label that is checked
 * @param {number | null} size of the tree that it was printed from
 */
export function keepLabel(label, size) {
  for (const link of document.querySelectorAll('#save a[href^="/passport?"]')) {
    const href = link.getAttribute("href") || "";
    if (size !== null) link.setAttribute("href", `${href}&label=${size}`);
  }
  for (const link of document.querySelectorAll("header a[hreflang]")) {
    if (label !== null && link instanceof HTMLAnchorElement) link.hash = label;
  }
  addEventListener("hashchange", () => {
    const { hash } = document.location;
    if (isLabel(hash) && hash !== label) document.location.reload();
    const found = document.getElementById(hash.slice(1));
    for (let at = found; at !== null; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) at.open = true;
    }
    if (found !== null) found.scrollIntoView();
  });
}

/**
 * Say that the check goes on. What the server says of an alarm stays above it.
 *
 * @param {string} title
 * @param {string} detail
 */
export function showChecking(title, detail) {
  showState("checking", title, [paragraph(detail)]);
}

/** Say that nothing was checked, without any words but the page's own. */
export function showUnchecked() {
  const { dataset } = element("#verdict");
  showState("cannot-check", dataset.cannotTitle || "", [paragraph(dataset.cannotDetail || "")]);
}

/**
 * Say what came out.
 *
 * @param {Told} told
 */
export function showVerdict({ state, alarm, title, attention, paragraphs, absent, more }) {
  const verdict = element("#verdict");
  if (alarm) verdict.dataset.alarm = alarm;
  else delete verdict.dataset.alarm;
  const parts = paragraphs.map(paragraph);
  if (attention !== null) parts.unshift(textElement("p", attention, "attention"));
  if (absent.items.length > 0) {
    const list = document.createElement("ul");
    list.append(...absent.items.map((item) => textElement("li", item)));
    const open = document.createElement("details");
    open.append(textElement("summary", absent.title), list);
    parts.push(open);
  }
  const details = document.createElement("details");
  details.append(textElement("summary", more.title), ...more.lines.map(paragraph));
  showState(state, title, [...parts, details]);
}

/**
 * Write the facts of an article again, from what was verified, and mark it: that it was
 * checked, and whether it raises an alarm.
 *
 * @param {number} index
 * @param {{facts: readonly ShownFact[], isAlarm: boolean, mark: string}} verified
 *   `mark` are the words for "checked"
 */
export function showVerified(index, { facts, isAlarm, mark }) {
  const article = element(`article[data-index="${index}"]`);
  const texts = new Map(facts.map(([name, text]) => [name, text]));
  for (const fact of all(article, "[data-fact]")) {
    put(fact, texts.get(fact.dataset.fact || "") || "");
  }
  article.dataset.checked = "";
  article.classList.toggle("alarm", isAlarm);
  article.append(textElement("p", mark, "checked"));
}

/**
 * Write a block again, from what was verified, and mark it.
 *
 * @param {BlockName} name
 * @param {Block} rows
 * @param {{mark: string, more: string}} words `mark` are the words for "checked", `more`
 *   those above what is folded away
 */
export function showBlock(name, rows, { mark, more }) {
  const block = element(`main [data-block="${name}"]`);
  if (name === "product" || name === "simulated") {
    const texts = new Map(rows.flat().map(([fact, text]) => [fact, text]));
    for (const fact of all(block, "[data-fact]")) {
      put(fact, texts.get(fact.dataset.fact || "") || "");
    }
  } else if (name === "alarms") {
    block.replaceChildren(...rows.map(rowElement));
  } else {
    block.replaceChildren(...memberElements(rows, more));
  }
  if (rows.length === 0 || name === "alarms" || name === "simulated") return;
  block.dataset.checked = "";
  block.append(textElement("p", mark, "checked"));
}

/**
 * Offer to check the rest; calls back once when the reader wants it.
 *
 * @param {string} text of the button
 * @param {() => void} onWanted
 */
export function offerMore(text, onWanted) {
  const button = textElement("button", text);
  button.setAttribute("type", "button");
  button.addEventListener("click", onWanted, { once: true });
  element("#verdict .verdict-more").replaceChildren(button);
}

/**
 * Say how the check of the rest goes; with nothing to say, say nothing.
 *
 * @param {string} text
 * @param {{done: number, total: number} | null} [progress]
 */
export function showMore(text, progress = null) {
  const said = text ? [paragraph(text)] : [];
  if (progress !== null) {
    const bar = document.createElement("progress");
    bar.max = progress.total;
    bar.value = progress.done;
    bar.setAttribute("aria-label", text);
    said.push(bar);
  }
  element("#verdict .verdict-more").replaceChildren(...said);
}

/**
 * Say at the end of the page that it is kept; with nothing to say, say it no more.
 *
 * @param {string} text
 */
export function showKept(text) {
  const footer = element("body > footer");
  for (const said of footer.querySelectorAll(".kept")) said.remove();
  if (text) footer.append(textElement("p", text, "kept"));
}

/** @returns {boolean} whether the reader has asked to load no more than is needed */
export function savesData() {
  // No browser's type has this yet.
  const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (navigator);
  return connection !== undefined && connection.saveData === true;
}

/**
 * @param {string} state
 * @param {string} title
 * @param {HTMLElement[]} detail
 */
function showState(state, title, detail) {
  const verdict = element("#verdict");
  put(element("#verdict .verdict-title"), title);
  element("#verdict .verdict-detail").replaceChildren(...detail);
  verdict.dataset.state = state;
}

/**
 * @param {readonly ShownFact[]} row
 * @returns {HTMLElement}
 */
export function rowElement(row) {
  const made = document.createElement("li");
  for (const [name, text, href] of row) {
    const fact = textElement(href === undefined ? "span" : "a", text);
    if (href !== undefined) fact.setAttribute("href", href);
    fact.dataset.fact = name;
    made.append(fact, " ");
  }
  return made;
}

/**
 * @param {Block} rows
 * @param {string} more
 * @returns {HTMLElement[]}
 */
function memberElements(rows, more) {
  /** @type {HTMLElement[]} */
  const made = [];
  let list = document.createElement("ul");
  let count = 0;
  for (const row of rows) {
    const [first] = row;
    if (first && first[0].startsWith("member.")) {
      count += 1;
      if (count === OPEN_MEMBERS + 1) {
        const details = document.createElement("details");
        list = document.createElement("ul");
        details.append(textElement("summary", more), list);
        made.push(details);
      }
      list.append(rowElement(row));
      continue;
    }
    const heading = textElement("p", "", "level");
    heading.append(...rowElement(row).childNodes);
    list = document.createElement("ul");
    count = 0;
    made.push(heading, list);
  }
  return made.filter((each) => each.textContent !== "");
}

/**
 * @param {HTMLElement} fact
 * @returns {PageFact}
 */
function readFact(fact) {
  const href = fact.getAttribute("href");
  const place = fact.parentElement !== null && fact.parentElement.tagName === "DD" ? fact.parentElement : fact;
  const before = place.previousElementSibling;
  return {
    name: fact.dataset.fact || "",
    text: textOf(fact),
    ...(href === null ? {} : { href }),
    ...(before !== null && before.tagName === "DT" ? { label: textOf(before) } : {}),
  };
}

/**
 * @param {HTMLElement} main
 * @param {BlockName} name
 * @returns {PageFact[]}
 */
function readBlock(main, name) {
  return all(main, `[data-block="${name}"] [data-fact]`).map(readFact);
}

/**
 * Return what a part of the page that is not checked says first of itself; nothing if a
 * reader does not see that first, or cannot tell how far it reaches.
 *
 * @param {Element} section
 * @returns {string}
 */
function readTitle(section) {
  const [first] = [...section.childNodes].filter(
    (node) => node instanceof Element || (node instanceof Text && textOf(node) !== ""),
  );
  const isMixed = section.closest(CHECKED) || section.querySelector(WRITTEN);
  if (!(first instanceof Element) || isMixed || isHidden(first)) return "";
  const isPlain = section.localName === "section" && ["h2", "p"].includes(first.localName);
  return isPlain && !first.querySelector(":not(bdi)") ? textOf(first) : "";
}

/**
 * Tell whether an element shows what its text does not say, or in another order.
 *
 * @param {Element} found
 * @param {string} apart
 * @returns {boolean}
 */
function isMore(found, apart) {
  const { parentElement, localName } = found;
  const by = parentElement && parentElement.closest("[data-fact], [data-part]");
  if (by) return localName !== "bdi" || found.matches("[hidden], [dir]:not([dir=ltr])");
  const isText = !NO_TEXT.includes(localName) && found.shadowRoot === null;
  const isStraight = localName !== "bdo" && !found.matches("[dir]:not([dir=ltr])");
  return !(isText || isApart(found, apart)) || !(isStraight || found.closest("[data-unchecked]"));
}

/**
 * Return every text that is no fact and no part of the code.
 *
 * @param {HTMLElement} root
 * @param {string} apart what is compared by itself, or says that it is not checked
 * @returns {string[]}
 */
function readWords(root, apart) {
  const words = [];
  const own = OWN.map(element);
  for (const found of root.querySelectorAll("*")) {
    if (isMore(found, apart)) words.push(found.localName);
  }
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent === null || isApart(parent, apart)) continue;
    if (own.some((place) => place.contains(parent))) continue;
    words.push(node.textContent || "");
  }
  return words.filter((word) => word.trim() !== "");
}

/**
 * @param {Element} found
 * @param {string} apart
 * @returns {boolean} whether it is compared by itself, or not at all
 */
function isApart(found, apart) {
  const by = found.closest(apart);
  // What is hidden is not compared, and a style may show it all the same.
  return by !== null && !isHidden(by);
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {PageDrawing[]}
 */
function readDrawings(root, selector) {
  return all(root, selector).map((figure) => ({
    name: figure.dataset.drawing || "",
    spelling: [...figure.childNodes].map(readShape).map(spelled).join(),
  }));
}

/**
 * @param {Node} node
 * @returns {Shape | string}
 */
function readShape(node) {
  if (!(node instanceof Element)) return node.textContent || "";
  return {
    tag: node instanceof SVGElement ? node.localName : `not ${node.localName}`,
    attributes: [...node.attributes].map(({ name, value }) => /** @type {const} */ ([name, value])),
    children: [...node.childNodes].map(readShape),
  };
}

/**
 * @param {string} text
 * @returns {HTMLElement}
 */
function paragraph(text) {
  return textElement("p", text);
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} [className]
 * @returns {HTMLElement}
 */
export function textElement(name, text, className) {
  const made = document.createElement(name);
  put(made, text);
  if (className !== undefined) made.className = className;
  return made;
}

/**
 * Write a text; what is read from the left stands apart in a page written from the right.
 *
 * @param {HTMLElement} place
 * @param {string} text
 */
export function put(place, text) {
  if (document.dir !== "rtl") {
    place.textContent = text;
    return;
  }
  const parts = pieces(text).map(([piece, isApart]) => {
    if (!isApart) return piece;
    const made = document.createElement("bdi");
    made.dir = "ltr";
    made.textContent = piece;
    return made;
  });
  place.replaceChildren(...parts);
}

/**
 * @param {Node} node
 * @returns {string} its text with white space collapsed
 */
function textOf(node) {
  return (node.textContent || "").replace(/[ \t\n\r]+/g, " ").trim();
}

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function element(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`page: no ${selector}`);
  return found;
}

/**
 * Return what a reader can see: what is hidden counts as not there.
 *
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(parent, selector) {
  // Of a drawing or a formula too, which have the same attributes.
  return [...parent.querySelectorAll(selector)].filter(
    /** @returns {found is HTMLElement} */
    (found) => !isHidden(found),
  );
}

/**
 * @param {Element} found
 * @returns {boolean} whether its page says that nobody sees it
 */
function isHidden(found) {
  return found.closest("[hidden]") !== null;
}
