"""Measure the import of a Splitwise file, as the command does it: parse, post in one transaction, check the totals."""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 10_000


def measure_import(folder: Path) -> float:
    """Import a made-up file of 10,000 rows and 5 members; rows a second, the command's own start included."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / f"flat-{time.time_ns()}.csv"
        file.write_text(_made_up_export())
        environment = {**os.environ, "ALLSQUARE_DATA_DIR": str(folder)}
        environment.pop("ALLSQUARE_DATABASE_URL", None)
        program = str(Path(sys.executable).with_name("allsquare"))
        begun = time.perf_counter()
        subprocess.run(
            [program, "import", "splitwise", str(file), "--json"], env=environment, check=True, capture_output=True
        )
        return ROWS / (time.perf_counter() - begun)


def _made_up_export() -> str:
    chance = random.Random(7)
    members = ["Asha", "Ben", "Chen", "Dia", "Eli"]
    lines = ["Date,Description,Category,Cost,Currency," + ",".join(members), ""]
    totals = [0] * len(members)
    for row in range(ROWS):
        share = chance.randrange(100, 20_000)
        payer = chance.randrange(len(members))
        cells = [share * 4 if member == payer else -share for member in range(len(members))]
        totals = [total + cell for total, cell in zip(totals, cells, strict=True)]
        day = f"2026-{1 + row % 12:02}-{1 + row % 28:02}"
        lines.append(f"{day},Row {row},General,{_money(share * 5)},EUR," + ",".join(map(_money, cells)))
    lines += ["", "2026-12-31,Total balance, , ,EUR," + ",".join(map(_money, totals)), ""]
    return "\n".join(lines)


def _money(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02}"
