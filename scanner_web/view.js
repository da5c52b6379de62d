/**
 * The only module that touches the document: reads what the server has written there
 * and writes what was verified.
 *
 * Everything is text: no markup is ever made from what was fetched. Its contract with
 * the templates: `main[data-subject][data-size]`, `#verdict`, `article[data-index]` with
 * one `[data-fact]` for each fact, and the words in `#messages`.
 */

/** @typedef {import("./shown.js").ShownArticle} ShownArticle */
/** @typedef {import("./words.js").Told} Told */
/** @typedef {Readonly<Record<string, string>>} Messages */

/**
 * What the server has written.
 *
 * @typedef {object} Page
 * @property {string} path of the address bar, as it was scanned
 * @property {string} fragment of the address bar
 * @property {string} lang the reader's language
 * @property {string} subject what the server says the page is about
 * @property {number} size of the ledger when the page was made
 * @property {ShownArticle[]} articles
 * @property {string[]} strays names of facts outside every article: none can be checked
 * @property {[string, string][]} parts of the code, by name
 * @property {Messages} messages
 */

/**
 * Return the page as the server wrote it.
 *
 * @returns {Page}
 */
export function readPage() {
  const main = element("main");
  return {
    path: document.location.pathname,
    fragment: document.location.hash,
    lang: main.dataset.lang || "",
    subject: main.dataset.subject || "",
    size: Number(main.dataset.size),
    articles: all(main, "article[data-index]").map((article) => ({
      index: Number(article.dataset.index),
      facts: all(article, "[data-fact]").map((fact) => [fact.dataset.fact || "", textOf(fact)]),
    })),
    strays: all(document, "[data-fact]")
      .filter((fact) => !fact.closest("main article[data-index]"))
      .map((fact) => fact.dataset.fact || ""),
    parts: all(main, "[data-part]").map((part) => [part.dataset.part || "", textOf(part)]),
    messages: JSON.parse(textOf(element("#messages"))),
  };
}

/**
 * Say that the check goes on.
 *
 * @param {string} title
 * @param {string} detail
 */
export function showChecking(title, detail) {
  showState("checking", title, [paragraph(detail)]);
}

/**
 * Say what came out.
 *
 * @param {Told} told
 */
export function showVerdict({ state, title, attention, paragraphs, absent, more }) {
  const parts = paragraphs.map(paragraph);
  if (attention !== null) {
    const first = paragraph(attention);
    first.className = "attention";
    parts.unshift(first);
  }
  if (absent.items.length > 0) {
    const list = document.createElement("ul");
    list.append(...absent.items.map((item) => textElement("li", item)));
    parts.push(paragraph(absent.title), list);
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
 * @param {{facts: readonly (readonly [string, string])[], isAlarm: boolean, mark: string}} verified
 *   `mark` are the words for "checked"
 */
export function showVerified(index, { facts, isAlarm, mark }) {
  const article = element(`article[data-index="${index}"]`);
  const texts = new Map(facts);
  for (const fact of all(article, "[data-fact]")) {
    fact.textContent = texts.get(fact.dataset.fact || "") || "";
  }
  const checked = paragraph(mark);
  checked.className = "checked";
  article.dataset.checked = "";
  article.classList.toggle("alarm", isAlarm);
  article.append(checked);
}

/**
 * @param {string} state
 * @param {string} title
 * @param {HTMLElement[]} detail
 */
function showState(state, title, detail) {
  const verdict = element("#verdict");
  element("#verdict .verdict-title").textContent = title;
  element("#verdict .verdict-detail").replaceChildren(...detail);
  verdict.dataset.state = state;
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
 * @returns {HTMLElement}
 */
function textElement(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/**
 * @param {Element} node
 * @returns {string} its text with white space collapsed
 */
function textOf(node) {
  return (node.textContent || "").replace(/[ \t\n\r]+/g, " ").trim();
}

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function element(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`page: no ${selector}`);
  return found;
}

/**
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
function all(parent, selector) {
  return [...parent.querySelectorAll(selector)].filter((found) => found instanceof HTMLElement);
}
