"""Fill in the form of an expense as people do, in English or German."""

from playwright.sync_api import Locator, Page, Response, expect

from tests.e2e.browser.accounts import minor

ENGLISH = {
    "amount": "Amount",
    "for": "What was it for?",
    "paid_by": "Paid by",
    "several": "Several people…",
    "save": "Save",
    "edit": "Edit",
    "currency": "Currency",
    "notes": "Notes (optional)",
    "equally": "Equally",
    "split": "How to split",
}
GERMAN = {
    "amount": "Betrag",
    "for": "Wofür?",
    "paid_by": "Bezahlt von",
    "several": "Mehrere …",
    "save": "Speichern",
    "edit": "Bearbeiten",
    "currency": "Währung",
    "notes": "Notizen (freiwillig)",
    "equally": "Gleich",
    "split": "Wie teilen?",
}


class ExpenseForm:
    """The form in its dialog, once it is open."""

    def __init__(self, page: Page, words: dict[str, str] = ENGLISH) -> None:
        self.page = page
        self.words = words
        self.dialog = page.get_by_role("dialog")
        self.amount = self.dialog.get_by_label(words["amount"], exact=True)
        self.title = self.dialog.get_by_label(words["for"], exact=True)
        self.payer = self.dialog.get_by_label(words["paid_by"], exact=True)

    def is_open(self) -> "ExpenseForm":
        """Wait until one can type."""
        expect(self.amount).to_be_focused()
        return self

    def field(self, label: str) -> Locator:
        """Find a field by its whole label."""
        return self.dialog.get_by_label(label, exact=True)

    def say(self, **fields: str) -> None:
        """Type into fields; the names of arguments are the labels, with `_` for a space."""
        for label, text in fields.items():
            self.field(label.replace("_", " ")).fill(text)

    def choose(self, split: str) -> None:
        """Choose a kind of split, by the words on it."""
        self.dialog.get_by_text(split, exact=True).click()

    def change_currency(self, code: str) -> None:
        """Choose another currency."""
        field = self.dialog.get_by_role("combobox", name=self.words["currency"], exact=True)
        field.click()
        field.fill(code)
        field.press("Enter")

    def preview(self) -> dict[str, int]:
        """Give what each one who takes part comes to, in minor units, as it is shown."""
        shown = {row["name"]: row["text"] for row in self._rows()}
        return {name: minor(text) for name, text in shown.items() if text}

    def odd(self) -> list[str]:
        """Give whose share is said to hold the odd cent."""
        return [row["name"] for row in self._rows() if row["odd"]]

    def _rows(self) -> list[dict[str, str]]:
        rows = []
        for output in self.dialog.get_by_role("group", name=self.words["split"]).locator("output").all():
            text, odd, _ = output.inner_text().partition("+")
            rows.append({"name": output.get_attribute("aria-label") or "", "text": text.strip(), "odd": odd})
        return rows

    def save(self) -> None:
        """Save, and see the form go."""
        self.press_save()
        expect(self.dialog).to_have_count(0)

    def press_save(self) -> None:
        """Press the button, whatever comes of it."""
        self.dialog.get_by_role("button", name=self.words["save"], exact=True).click()

    def send(self, method: str = "POST") -> Response:
        """Save, and give what the server answers."""
        with self.page.expect_response(
            lambda answer: answer.request.method == method and "/expenses" in answer.url
        ) as answered:
            self.save()
        return answered.value
