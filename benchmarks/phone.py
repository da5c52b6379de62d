"""How long a buyer waits: on a slow phone, until a page is read and is verified.

``python -m benchmarks.phone URL`` opens a page of a ledger in Chromium as a phone
that has never been there, with 4 times less CPU, 400 kbit/s and 400 ms, with the
WebCrypto of the browser and without; the wholesaler's patience is 5 s for the first
verdict and 1.5 s for something to read. What stands in the address behind ``#`` is the
label, as it is scanned.
"""

import sys
from dataclasses import dataclass

from playwright.sync_api import Browser

from tests.support.browser import PHONE, launched

SLOWER = 4
BYTES_A_SECOND = 400_000 / 8
DELAY_MS = 400
NO_ED25519 = """
const importKey = SubtleCrypto.prototype.importKey
SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...more) {
  if ((algorithm.name || algorithm) === "Ed25519") {
    return Promise.reject(new DOMException("", "NotSupportedError"))
  }
  return importKey.call(this, format, key, algorithm, ...more)
}"""
NO_SUBTLE = "Object.defineProperty(crypto, 'subtle', { value: undefined })"
CRYPTO = {"native": "", "without Ed25519": NO_ED25519, "without WebCrypto": NO_SUBTLE}
SETTLED = '#verdict:not([data-state="checking"])'
# The time of the first verdict is written down as it comes.
WATCH = """
new MutationObserver(() => {
  const verdict = document.querySelector("#verdict")
  const isTold = verdict && verdict.dataset.state !== "checking"
  if (isTold) window.verdictAt ??= performance.now()
}).observe(document, { attributes: true, childList: true, subtree: true });"""
FIRST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime))
    .observe({ type: "largest-contentful-paint", buffered: true })
})"""


@dataclass(frozen=True, slots=True)
class Waited:
    """What one visit took: milliseconds, and what was loaded until the verdict."""

    read_ms: float
    verdict_ms: float
    requests: int
    bytes: int
    state: str


def visit(browser: Browser, url: str, script: str) -> Waited:
    """Open a page on a slow phone that has never been there."""
    context = browser.new_context(
        viewport=PHONE,
        device_scale_factor=2,
        is_mobile=True,
        locale="zh-CN",
        service_workers="block",
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    loaded: list[float] = []
    session.on(
        "Network.loadingFinished", lambda e: loaded.append(e["encodedDataLength"])
    )
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": DELAY_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH + script)
    page.goto(url, wait_until="commit", timeout=60_000)
    page.wait_for_selector(SETTLED, timeout=60_000)
    waited = Waited(
        page.evaluate(FIRST_PAINT),
        page.evaluate("window.verdictAt"),
        len(loaded),
        int(sum(loaded)),
        page.get_attribute("#verdict", "data-state") or "",
    )
    context.close()
    return waited


def main(url: str) -> None:
    """Print a table for a page."""
    with launched() as browser:
        for name, script in CRYPTO.items():
            visits = sorted(
                (visit(browser, url, script) for _ in range(3)),
                key=lambda waited: waited.verdict_ms,
            )
            median = visits[1]
            print(
                f"{name:18} read {median.read_ms / 1000:.2f} s, "
                f"verdict {median.verdict_ms / 1000:.2f} s ({median.state}), "
                f"{median.requests} requests, {median.bytes / 1000:.1f} kB"
            )


if __name__ == "__main__":
    main(sys.argv[1])
