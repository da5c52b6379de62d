"""The camera page reads a code off a picture and off what a camera sees."""

import io

import pytest
import zxingcpp
from PIL import Image

from tests.support.browser import launched
from tests.web.pages import PATH, WORDS

FOREIGN = "https://scan.example.evil.example/01/09520123456788/21/7"


def picture(text):
    """Return a code as a photo has it: small, in the middle of something grey."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(
        scale=6
    )
    code = Image.fromarray(code)
    photo = Image.new("L", (640, 480), 170)
    photo.paste(code, ((640 - code.width) // 2, (480 - code.height) // 2))
    return photo.convert("RGB")


def jpeg(image):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def browser(tmp_path_factory, served):
    """Start Chromium with a camera before which somebody holds the code of the page."""
    film = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    film.write_bytes(jpeg(picture(f"{served.url}{PATH}")))
    with launched(
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ) as chromium:
        yield chromium


def choose(phone, content):
    file = {"name": "code.jpg", "mimeType": "image/jpeg", "buffer": content}
    phone.set_input_files("#picture", files=[file])


def test_what_the_camera_sees_leads_to_its_page(phone, served):
    phone.goto(f"{served.url}/scan?lang=en")

    phone.click("#start")

    phone.wait_for_url(f"{served.url}{PATH}?lang=en")
    assert phone.query_selector("#verdict")


def test_a_code_in_a_picture_leads_to_its_page_in_the_readers_language(phone, served):
    phone.goto(f"{served.url}/scan?lang=zh")

    choose(phone, jpeg(picture(f"{served.url}{PATH}")))

    phone.wait_for_url(f"{served.url}{PATH}?lang=zh")


def test_a_code_of_another_site_is_not_followed(phone, served):
    phone.goto(f"{served.url}/scan?lang=en")

    choose(phone, jpeg(picture(FOREIGN)))

    phone.wait_for_url("**/search?*")
    host = FOREIGN.split("/")[2]
    assert WORDS["en"]["search.foreign"].format(host=host) in phone.inner_text("main")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(
            jpeg(Image.new("RGB", (80, 80), "white")), "nothing", id="no-code"
        ),
        pytest.param(b"no picture", "unreadable", id="no-picture"),
    ],
)
def test_a_picture_without_a_code_is_told_as_that(phone, served, content, words):
    phone.goto(f"{served.url}/scan?lang=en")

    choose(phone, content)

    said = WORDS["en"][f"scan.{words}"]
    phone.wait_for_function(
        "(said) => document.querySelector('#said').textContent === said", arg=said
    )


def test_a_camera_that_is_not_allowed_leaves_the_field_to_type_in(phone, served):
    phone.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    phone.goto(f"{served.url}/scan?lang=en")

    phone.click("#start")

    phone.wait_for_function("document.querySelector('#said').textContent")
    assert phone.inner_text("#said") == WORDS["en"]["scan.refused"]
    phone.fill("#code", PATH)
    phone.press("#code", "Enter")
    phone.wait_for_url(f"{served.url}{PATH}?lang=en")


def test_nothing_but_the_page_is_loaded_before_the_reader_asks(phone, served):
    asked = []
    phone.on(
        "request", lambda request: asked.append(request.url.removeprefix(served.url))
    )

    phone.goto(f"{served.url}/scan?lang=en")
    phone.wait_for_load_state("networkidle")

    assert asked == ["/scan?lang=en", "/assets/camera.js"]
