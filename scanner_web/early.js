/**
 * What runs before the page's script, in any engine: it asks for the evidence, and for
 * what a browser lacks, while that script is still on its way, and if it cannot run, says
 * so with the page's own words.
 *
 * ECMAScript 5, a classic script: engines that know no modules run this and nothing else.
 */
(function () {
  "use strict";
  var BUILT = /\/assets\/built\//;
  var verdict = document.getElementById("verdict");
  var main = document.querySelector("main[data-subject]");
  if (!verdict || !main) return;

  /**
   * @param {"detail" | "error" | "old"} why
   */
  function cannot(why) {
    if (!verdict || verdict.getAttribute("data-state") !== "checking") return;
    var place = verdict.querySelector(verdict.hasAttribute("data-alarm") ? ".verdict-more" : ".verdict-title");
    var detail = verdict.querySelector(".verdict-detail");
    // An alarm that the server says there is stays above.
    if (place) place.textContent = verdict.getAttribute("data-cannot-title");
    if (detail) detail.textContent = verdict.getAttribute("data-cannot-" + why);
    verdict.setAttribute("data-state", "cannot-check");
  }

  /**
   * Load what will stand in for WebCrypto, where it lacks something, beside the script
   * that will ask for it.
   */
  function bringMissing() {
    var subtle = window.crypto && window.crypto.subtle;
    if (!subtle) bring("sha2");
    // The base point: a key like any other.
    var key = new Uint8Array(32).fill(102);
    key[0] = 88;
    Promise.resolve()
      .then(function () {
        return subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
      })
      .catch(function () {
        bring("ed25519");
      });
  }

  /**
   * @param {"ed25519" | "sha2"} name
   */
  function bring(name) {
    var link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = "/assets/built/" + name + ".js";
    document.head.appendChild(link);
  }

  if (!("noModule" in document.createElement("script")) || !window.BigInt || !Object.hasOwn ||
      !document.body.replaceChildren) {
    window.cannotCheck = true;
    cannot("old");
    return;
  }
  window.addEventListener("error", function (event) {
    var script = event.target;
    if (script instanceof HTMLScriptElement && BUILT.test(script.src)) cannot("detail");
    else if (BUILT.test(event.filename)) cannot("error");
  }, true);
  var label = /^#c=([1-9][0-9]{0,14})\.[\w-]{32}$/.exec(location.hash);
  var path = "/passport?subject=" + encodeURIComponent(main.getAttribute("data-subject") || "");
  if (label) path += "&label=" + label[1];
  var abort = new AbortController();
  var answer = fetch(path, { redirect: "error", signal: abort.signal });
  // Who takes it over hears of a failure.
  answer.catch(function () {});
  window.early = { path: path, abort: abort, answer: answer };
  bringMissing();
})();
