"""Hold the web app's own table of currencies to the server's."""

import re
from pathlib import Path

from allsquare.core.money import EXPONENTS

TABLE = Path(__file__).parents[2] / "web" / "src" / "money" / "currency.ts"


def test_the_web_app_knows_the_same_currencies_with_the_same_decimals() -> None:
    text = TABLE.read_text(encoding="utf-8")
    (listed,) = re.findall(r"const CODES = `([^`]*)`", text)
    (others,) = re.findall(r"const OTHER_EXPONENTS[^=]*= \{([^}]*)\}", text)
    decimals = dict.fromkeys(listed.split(), 2)
    for exponent, codes in re.findall(r'(\d): "([A-Z ]+)"', others):
        decimals |= dict.fromkeys(codes.split(), int(exponent))
    assert decimals == EXPONENTS
    assert listed.split() == sorted(EXPONENTS)
