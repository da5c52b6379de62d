"""A sheet of labels as SVG: what a browser draws is read as a phone reads it."""

import base64

import zxingcpp

from ledger.drawing import to_svg
from ledger.sheet import PAGES, Label, Size, lay_out

URI = "https://milk.example/01/09520123456788/10/S01/21/{:08}#c=4797." + "_-" * 16
DRAW = """async ([source, width, height]) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = data.filter((_, place) => place % 4 === 0);
  return btoa(Array.from(grey, (each) => String.fromCharCode(each)).join(""));
}"""


def test_every_code_of_a_page_is_read_as_a_browser_draws_it(phone):
    uris = [URI.format(number) for number in range(32)]
    labels = [Label(uri, ("(10) <L&1>", "milk.example")) for uri in uris]
    (page,) = to_svg(lay_out(labels, label=Size(40, 30), page=PAGES["a4"]))
    source = "data:image/svg+xml;base64," + base64.b64encode(page).decode()
    width, height = 1240, 1754

    drawn = base64.b64decode(phone.evaluate(DRAW, [source, width, height]))

    rows = memoryview(drawn).cast("B", (height, width))
    assert {read.text for read in zxingcpp.read_barcodes(rows)} == {*uris}
