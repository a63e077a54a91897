"""Do on the page of an event what people do there."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.accounts import Account, page_of
from tests.e2e.browser.expense_form import ExpenseForm
from tests.e2e.browser.people import Person
from tests.e2e.cli_helpers import looks

NOT_SENT = "Not sent yet"
IS_KEPT = """new Promise((done, fail) => {
    navigator.serviceWorker.ready.then(() => done(navigator.serviceWorker.controller !== null));
    setTimeout(fail, 30_000, "the app was not kept");
})"""


def open_event(person: Person, event: str) -> Page:
    """Open the page of an event, and wait until it is kept for later."""
    page = person.open(page_of(event))
    expect(page.get_by_role("navigation", name="Parts of the event")).to_be_visible()
    if not page.evaluate(IS_KEPT):
        # It was on its way when the worker began, who takes over the next one.
        page.reload()
    return page


def row(page: Page, description: str) -> Locator:
    """Find an expense in the list."""
    return page.get_by_role("list", name="Expenses").get_by_role("listitem").filter(has_text=description)


def fill_in(page: Page, description: str, amount: str) -> ExpenseForm:
    """Open the form and fill it in."""
    page.get_by_role("link", name="Add expense").click()
    form = ExpenseForm(page).is_open()
    form.amount.fill(amount)
    form.title.fill(description)
    return form


def add(page: Page, description: str, amount: str) -> None:
    """Add an expense."""
    fill_in(page, description, amount).save()
    expect(row(page, description)).to_be_visible()


def open_form(page: Page, description: str) -> ExpenseForm:
    """Open an expense to be edited."""
    row(page, description).click()
    page.get_by_role("dialog").get_by_role("link", name="Edit").click()
    form = ExpenseForm(page)
    expect(form.amount).to_be_visible()
    return form


def rename(page: Page, description: str, to: str) -> None:
    """Change what an expense was for."""
    form = open_form(page, description)
    form.title.fill(to)
    form.save()


def delete(page: Page, description: str) -> None:
    """Delete an expense."""
    row(page, description).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def go_to(page: Page, tab: str) -> None:
    """Open another part of the event."""
    page.get_by_role("navigation", name="Parts of the event").get_by_role("link", name=tab).click()


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in, on the page for that."""
    page.get_by_label(re.compile("^E-?mail", re.IGNORECASE)).fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def invite(account: Account, event: str, role: str = "contributor") -> str:
    """Make a link into an event, and give its token."""
    answer = account.client.post(f"{event}/links", json={"role": role})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


def join(account: Account, token: str, member: int) -> None:
    """Take a seat with an account."""
    answer = account.client.post("/v1/links/join", json={"token": token, "member": member})
    assert answer.status_code == 201, answer.text


def kinds(account: Account, event: str) -> list[str]:
    """List what happened to expenses and payments, oldest first."""
    entries = account.get(f"{event}/journal?limit=200")["items"]
    return [each["kind"] for each in entries if each["kind"].startswith(("expense.", "settlement."))]


def settles(account: Account, event: str, count: int) -> list[str]:
    """Wait until so much happened, and give it all."""
    for _ in looks(f"{count} entries"):
        found = kinds(account, event)
        if len(found) >= count:
            return found
    raise AssertionError
