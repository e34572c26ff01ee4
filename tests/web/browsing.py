"""How a browser asks for a page, and how a test reads one."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
VOID = frozenset("area base br col embed hr img input link meta source track wbr path rect circle".split())


class _Reader(HTMLParser):
    """Collect the text of a page, its attributes, and what is not closed as it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} closed at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Page:
    """A page as it was answered: `text` is what it says, without markup and runs of blanks."""

    def __init__(self, html: str) -> None:
        """Read a page, which must be well-formed, with every id in it once and every link within it to one."""
        reader = _Reader()
        reader.feed(html)
        assert (reader.faults, reader.open) == ([], [])
        self.html = html
        self.text = re.sub(r"\s+", " ", " ".join(reader.texts))
        self.attributes = reader.attributes
        ids = self.all("id")
        assert sorted(ids) == sorted(set(ids))
        assert {to for to in self.all("href", "a") if to.startswith("#")} - {f"#{id_}" for id_ in ids} == set()

    def all(self, attribute: str, tag: str | None = None) -> list[str]:
        """List the values of an attribute."""
        return [value for t, name, value in self.attributes if name == attribute and tag in {None, t}]


def fields_of(page: Page) -> dict[str, str]:
    """Read what a browser would send of a form as it is shown: its fields, of one line each, choices, and texts."""
    html = page.html.partition('id="entry"')[2].partition("</form>")[0]
    fields = {}
    for tag, name, value in re.findall(r'(<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"[^>]*>)', html):
        if 'type="checkbox"' not in tag or " checked" in tag:
            fields[name] = value if 'type="hidden"' in tag else value.replace("\n", "")
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', html, re.DOTALL))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        fields[name] = next(iter(re.findall(r'value="([^"]*)" selected', options)), "")
    return {name: unescape(value) for name, value in fields.items()}


def tick(shown: TestResponse) -> dict[str, str]:
    """Read what a browser would send of the boxes of a form, were all of them ticked."""
    return dict(re.findall(r'<input type="checkbox" name="(sure/[^"]+)" value="([^"]+)"', shown.text))


def browse(client: FlaskClient, path: str, status: int = 200, **headers: str) -> Page:
    """Ask for a page as a browser does."""
    response = client.get(path, headers={**PAGE, **headers})
    assert (status, "text/html; charset=utf-8") == (response.status_code, response.content_type), response.text
    return Page(response.text)


def sign_in(client: FlaskClient, token: str) -> str:
    """Sign in as a browser does; answers the secret of the session, which the client keeps as its cookie."""
    response = client.post("/sign-in", data={"token": token}, headers={**PAGE, "Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 303, response.text
    cookie = client.get_cookie("onrecord")
    assert cookie is not None
    return str(cookie.value)


def send(client: FlaskClient, path: str, fields: dict[str, str], action: str = "record") -> TestResponse:
    """Send a form of a page as a browser does."""
    headers = {**PAGE, "Sec-Fetch-Site": "same-origin"}
    return client.post(path, data={**fields, "action": action}, headers=headers)


def in_words(html: str) -> str:
    """Give what a piece of a page says, without blanks before its stops."""
    return re.sub(r" ([.,;)])", r"\1", re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))).replace("( ", "(").strip()


def reason_of(page: Page) -> str:
    """Give the sentences about where a claim stands."""
    return in_words(page.html.partition('<p class="verdict-reason">')[2].partition("</p>")[0])


def rows_of(page: Page) -> list[str]:
    """Give the rows of the table of who stands where."""
    return [in_words(row) for row in page.html.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]]


def who_is_listed(page: Page) -> str:
    """Give who stands where in a row of a list, or in the small page to embed."""
    return in_words(page.html.partition('<p class="row-who">')[2].partition("</p>")[0])
