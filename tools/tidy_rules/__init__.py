"""The house rules, in the order in which `--list` explains them."""

from tools.tidy_rules.code import ALL as CODE
from tools.tidy_rules.database import ALL as DATABASE
from tools.tidy_rules.documents import ALL as DOCUMENTS
from tools.tidy_rules.house import Rule
from tools.tidy_rules.money import ALL as MONEY
from tools.tidy_rules.size import ALL as SIZE
from tools.tidy_rules.tests import ALL as TESTS
from tools.tidy_rules.text import ALL as TEXT

RULES: list[Rule] = [*MONEY, *CODE, *DATABASE, *SIZE, *TEXT, *DOCUMENTS, *TESTS]
