"""Somebody logs what was said, with a mouse, with the keyboard alone, and without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

STATEMENT = {
    "party/name": "Russian Foreign Ministry",
    "speaker/name": "Maria Zakharova",
    "summary": "The delegation was not here on any such errand.",
    "said_on": "2025-12-21",
    "source/publisher": "The Wire",
    "source/url": "https://wire.example/zakharova",
}


SEND_AGAIN = """async ([url, body]) => {
  const headers = {"Content-Type": "application/x-www-form-urlencoded"};
  return (await fetch(url, {method: "POST", body, headers})).url;
}"""


def open_new_claim(page):
    """Open the claim of the story by the form; answers its address."""
    page.goto("/claims/new")
    page.fill("[name=text]", "A delegation negotiated in Moscow in December 2025.")
    page.get_by_role("button", name="Open the claim").click()
    page.wait_for_url("**/claims/*-*")
    return page.url


def fill_statement(page):
    """Fill the seven fields, one of which is chosen."""
    page.select_option("[name=type]", "denied")
    for name, value in STATEMENT.items():
        page.fill(f"[name='{name}']", value)


def test_a_newcomer_logs_the_denial(own_site, visitor):
    """The denial of the Moscow story is previewed, sent twice, recorded once, and amended by an editor."""
    page = visitor.open(own_site, role="reporter")
    claim = open_new_claim(page)
    page.get_by_role("link", name="Log a statement").click()
    fill_statement(page)
    page.get_by_role("button", name="Preview the standing").click()
    preview = page.locator("#preview")
    preview.get_by_text("Denied").wait_for()
    assert "Opened → Denied" in " ".join(preview.inner_text().split())
    assert page.input_value("[name=summary]") == STATEMENT["summary"]
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="Record", exact=True).dblclick()
    page.wait_for_url("**#event-2")
    assert claim == page.evaluate(SEND_AGAIN, [sent.value.url, sent.value.post_data])
    path = claim.removeprefix(own_site.base)
    assert [1, 2] == [event["version"] for event in own_site.read(f"{path}/events.json")["events"]]

    editor = visitor.open(own_site, role="editor")
    editor.goto(path)
    editor.locator("#event-2").get_by_role("link", name="amend").click()
    editor.fill("[name=summary]", "No delegation was here on any such errand.")
    editor.fill("[name=reason]", "Her words were logged wrongly.")
    editor.get_by_role("button", name="Record", exact=True).click()
    editor.wait_for_url("**#event-3")
    told = editor.locator("#event-2")
    assert "No delegation was here on any such errand." in told.inner_text()
    told.get_by_text("As first logged").click()
    assert STATEMENT["summary"] in told.inner_text()


def test_the_keyboard_alone_does_it(own_site, visitor):
    """From the skip link, and from the first field, to the recorded statement nothing needs a mouse."""
    page = visitor.open(own_site, role="reporter")
    page.goto(own_site.claims["meeting"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(f"{own_site.claims['meeting']}/log")
    page.wait_for_function("document.activeElement.name === 'party/name'")
    typed = STATEMENT | {"type": "denied"}
    for _ in range(60):
        name = page.evaluate("document.activeElement.name")
        if name in typed:
            page.keyboard.type(typed.pop(name))
        if page.evaluate("document.activeElement.value") == "record":
            break
        page.keyboard.press("Tab")
    assert typed == {}
    page.keyboard.press("Enter")
    page.wait_for_url("**#event-10")


def test_without_javascript_it_is_all_the_same(own_site, visitor):
    """Open, preview, fail, mend the fault, record: all of it with JavaScript off."""
    page = visitor.open(own_site, role="reporter", java_script_enabled=False)
    claim = open_new_claim(page)
    page.goto(f"{claim}/log")
    fill_statement(page)
    page.fill("[name=said_on]", "on Sunday")
    page.get_by_role("button", name="Record", exact=True).click()
    assert "is not an EDTF date" in page.locator("#fault-said_on").inner_text()
    assert page.input_value("[name=summary]") == STATEMENT["summary"]
    page.fill("[name=said_on]", STATEMENT["said_on"])
    page.get_by_role("button", name="Preview the standing").click()
    assert "Denied" in page.locator("#preview").inner_text()
    page.get_by_role("button", name="Record", exact=True).click()
    assert page.locator("#event-2").inner_text().count(STATEMENT["summary"]) == 1
    visitor.expect("the server responded with a status of 422")


@pytest.mark.parametrize("kind", ["", "agency"])
def test_a_party_on_record_is_suggested(own_site, visitor, kind):
    """As one types, parties on record are suggested; the chosen one brings kind and country where they are empty."""
    page = visitor.open(own_site, role="reporter")
    page.goto(f"{own_site.claims['muscat']}/log")
    page.get_by_text("A party that is new on record").first.click()
    page.select_option("[name='party/kind']", kind)
    field = page.locator("[name='party/name']")
    field.press_sequentially("russian f")
    page.locator("datalist option[value='Russian Foreign Ministry']").wait_for(state="attached")
    field.fill("Russian Foreign Ministry")
    field.blur()
    brought = (page.input_value("[name='party/kind']"), page.input_value("[name='party/country']"))
    assert (kind or "ministry", "RU") == brought


def test_a_party_that_is_not_known_is_asked_for_its_kind(own_site, visitor):
    """Beside a name that nobody has on record kind and country are unfolded, and so the first try is recorded."""
    page = visitor.open(own_site, role="reporter")
    page.goto(f"{own_site.claims['muscat']}/log")
    page.locator("[name='party/name']").press_sequentially("Qatari Foreign Ministry")
    page.keyboard.press("Tab")
    page.keyboard.type("denied")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("ministry")
    page.keyboard.press("Tab")
    page.keyboard.type("qa")
    page.fill("[name=summary]", "There was no such round.")
    page.fill("[name='source/publisher']", "The Wire")
    page.keyboard.press("Enter")
    page.wait_for_url("**#event-*")
    assert own_site.read("/parties/qatari-foreign-ministry")["party"]["country"] == "QA"


def test_advice_comes_as_one_types(own_site, visitor):
    """As a claim is typed, the page warns of a negated one and names one that is on record already."""
    page = visitor.open(own_site, role="reporter")
    page.goto("/claims/new")
    page.locator("[name=text]").press_sequentially("No second round of talks was held in Muscat")
    page.locator("#advice").get_by_text("It seems negated").wait_for()
    page.locator("#advice").get_by_text("A second round of talks was held in Muscat").wait_for()


def test_what_was_refused_is_there_when_one_comes_back(own_site, visitor):
    """Whoever looks at the claim in between finds what they typed as it was; once they have signed out, nobody does."""
    page = visitor.open(own_site, role="reporter", java_script_enabled=False)
    page.goto(f"{own_site.claims['muscat']}/log")
    fill_statement(page)
    page.fill("[name=said_on]", "on Sunday")
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_role("heading", name="Nothing was recorded").wait_for()
    page.goto(own_site.claims["muscat"])
    page.go_back()
    page.get_by_role("heading", name="Nothing was recorded").wait_for()
    assert page.input_value("[name=summary]") == STATEMENT["summary"]
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{own_site.base}/")
    visitor.expect("the server responded with a status of 422")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()


def test_a_preview_that_cannot_be_made_is_no_error(own_site, visitor):
    """What a preview needs is told in its place, and what no record of this claim can be; the console stays clean."""
    page = visitor.open(own_site, role="editor")
    page.goto(f"{own_site.claims['muscat']}/log")
    preview = page.get_by_role("button", name="Preview the standing")
    preview.click()
    page.locator("#preview").get_by_text("A preview needs what is missing").wait_for()
    page.goto(f"{own_site.claims['muscat']}/log/link")
    page.fill("[name=claim]", own_site.claims["muscat"])
    preview.click()
    page.get_by_role("heading", name="Nothing was recorded").wait_for()
    page.goto("/claims/new")
    preview.click()
    page.locator("#preview").get_by_text("A preview needs what is missing").wait_for()


def test_a_session_ends_and_a_language_is_chosen_meanwhile(own_site, visitor):
    """A preview without a session says so; signing in and another language keep what was typed, which is recorded."""
    page = visitor.open(own_site, role="reporter")
    page.goto(f"{own_site.claims['muscat']}/log")
    fill_statement(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Preview the standing").click()
    page.locator("#preview").get_by_text("No preview: you are not signed in any more.").wait_for()
    assert visitor.complaints == []
    page.get_by_role("button", name="Sign in and go on").click()
    page.fill("[name=token]", own_site.tokens["reporter"])
    visitor.expect("401")
    page.press("[name=token]", "Enter")
    page.get_by_text("Preview: nothing is recorded yet").wait_for()
    page.get_by_role("button", name="Русский").click()
    page.locator("html[lang=ru]").wait_for(state="attached")
    assert {name: page.input_value(f"[name='{name}']") for name in STATEMENT} == STATEMENT
    page.get_by_role("button", name="Внести", exact=True).click()
    page.wait_for_url("**#event-*")
    assert STATEMENT["summary"] in page.locator("li:target").inner_text()


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("/claims/new", lambda page: page.locator("[name=text]").press_sequentially("They met.")),
        ("{muscat}/log", lambda page: page.locator("[name=again]").click()),
    ],
)
def test_a_page_that_asks_for_a_part_of_itself_says_that_the_session_ended(own_site, visitor, path, act):
    """Advice as one types and a source used again say in place that signing in is needed; the console stays clean."""
    page = visitor.open(own_site, role="editor")
    page.goto(path.format(**own_site.claims))
    page.context.clear_cookies()
    act(page)
    page.locator("#preview").get_by_text("No preview: you are not signed in any more.").wait_for()


def test_a_role_goes_down_meanwhile(own_site, visitor):
    """A preview that one's role does not allow any more says so, and what was typed goes on with another token."""
    page = visitor.open(own_site, role="editor")
    page.goto(f"{own_site.claims['muscat']}/log/strike?regarding=3")
    page.fill("[name=reason]", "It was said of another round.")
    other = page.context.new_page()
    other.goto("/sign-in")
    other.fill("[name=token]", own_site.tokens["reporter"])
    other.press("[name=token]", "Enter")
    other.wait_for_url("**/desk")
    page.get_by_role("button", name="Preview the standing").click()
    page.locator("#preview").get_by_text("No preview: the role of your token does not go that far.").wait_for()
    assert visitor.complaints == []
    page.get_by_role("button", name="Sign in and go on").click()
    page.fill("[name=token]", own_site.tokens["editor"])
    visitor.expect("403")
    page.press("[name=token]", "Enter")
    page.get_by_text("Preview: nothing is recorded yet").wait_for()
    assert page.input_value("[name=reason]") == "It was said of another round."


def test_a_refusal_is_gone_to_and_goes_away(own_site, visitor):
    """After a refusal one is where it says why; a preview that goes well takes it away, and asks of what is odd."""
    page = visitor.open(own_site, role="reporter")
    page.goto(f"{own_site.claims['muscat']}/log")
    fill_statement(page)
    page.fill("[name=said_on]", "on Sunday")
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_role("heading", name="Nothing was recorded").wait_for()
    assert page.evaluate("document.activeElement.id") == "faults"
    page.fill("[name=said_on]", STATEMENT["said_on"])
    page.fill("[name='source/url']", "wire.example/1")
    page.get_by_role("button", name="Preview the standing").click()
    page.get_by_text("Preview: nothing is recorded yet").wait_for()
    assert [0, 0, 0] == [page.locator(one).count() for one in ("#faults", ".fault", "[aria-invalid]")]
    page.get_by_label("Record the address as it is").check()
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_url("**#event-*")
    visitor.expect("the server responded with a status of 422")
