"""Know the words Splitwise writes into an export, which follow the language of the account.

Sources (public repositories, read in November 2026; every word below was seen in one of them):

- The twelve headers and the total lines: antonio-ivanovski/spliit-cloud, in `packages/domain/src/import/` the files
  `splitwise-headers.ts` and `splitwise-csv.test.ts` (commit ede684c). Some headers were seen again elsewhere: German
  in julien-nc/cospend-nc (issues 159 and 216), Spanish in alejaz92/JazFinanzasApp (`SplitwiseCsvParserTests`), Polish,
  Portuguese and Italian in importers that a text search shows without their paths.
- The note above a friend's export: spliit-cloud, a fixture of 2026-06-30 in `packages/domain/src/fixtures/`. It is not
  matched by its words, which are translated too.
- The category of a payment: English as above; German in spliit-app/spliit (pull request 483); Spanish in
  JazFinanzasApp; Portuguese and Italian (`Pagamento`) in the importers without paths. No source was found for the
  other seven languages: a payment there is read as an expense, which gives the same balances.
"""

import unicodedata

FIXED_COLUMNS = 5
"""Date, description, category, cost, currency; one column for each member follows."""

_HEADERS = {
    "en": ("Date", "Description", "Category", "Cost", "Currency"),
    "de": ("Datum", "Beschreibung", "Kategorie", "Kosten", "Währung"),
    "es": ("Fecha", "Descripción", "Categoría", "Coste", "Moneda"),
    "fr": ("Date", "Description", "Catégorie", "Coût", "Devise"),
    "id": ("Tanggal", "Keterangan", "Kategori", "Biaya", "Mata uang"),
    "it": ("Data", "Descrizione", "Categorie", "Costo", "Valuta"),
    "ja": ("日付", "概要", "カテゴリ", "費用", "通貨"),
    "nl": ("Datum", "Omschrijving", "Categorie", "Kosten", "Valuta"),
    "pl": ("Data", "Opis", "Kategoria", "Koszt", "Waluta"),
    "pt": ("Data", "Descrição", "Categoria", "Custo", "Moeda"),
    "sv": ("Datum", "Beskrivning", "Kategori", "Kostnad", "Valuta"),
    "th": ("วันที่", "คำอธิบาย", "หมวดหมู่", "ราคา", "สกุลเงิน"),
}

# The total lines and payment categories of all languages are known together: a file has one language, and none of these
# words means something else in another one.
_TOTAL_LABELS = (
    "Total balance",
    "Gesamtbilanz",
    "Saldo total",  # Spanish and Portuguese
    "Solde total",
    "Total saldo",
    "Bilancio totale",
    "合計残高",
    "Totaal saldo",
    "Całkowite saldo",
    "Totalsumma",
    "ยอดคงเหลือรวม",
)

_PAYMENT_CATEGORIES = ("Payment", "Zahlung", "Pago", "Pagamento")


def normal_text(text: str) -> str:
    """Return the text without surrounding blanks, its accents composed, so that equal words are equal strings."""
    return unicodedata.normalize("NFC", text.strip())


def _folded(text: str) -> str:
    return normal_text(text).casefold()


_LANGUAGE_OF = {tuple(_folded(word) for word in words): language for language, words in _HEADERS.items()}
_TOTALS = frozenset(_folded(word) for word in _TOTAL_LABELS)
_PAYMENTS = frozenset(_folded(word) for word in _PAYMENT_CATEGORIES)

LANGUAGES = tuple(_HEADERS)
"""The languages whose header is known, English first."""


def header_of(language: str) -> tuple[str, ...]:
    """Return the five fixed column names of a known language."""
    return _HEADERS[language]


def find_language(record: list[str]) -> str | None:
    """Return the language whose fixed columns the record starts with, or None if it is no header."""
    return _LANGUAGE_OF.get(tuple(_folded(cell) for cell in record[:FIXED_COLUMNS]))


def is_total_label(description: str) -> bool:
    """Tell whether a description is the one Splitwise gives to its closing balance lines."""
    return _folded(description) in _TOTALS


def is_payment_category(category: str) -> bool:
    """Tell whether a category is the one Splitwise gives to recorded payments."""
    return _folded(category) in _PAYMENTS
