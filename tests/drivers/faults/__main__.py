"""`python -m tests.drivers.faults`: the fault matrix on standard output."""

from __future__ import annotations

import sys

from tests.drivers.faults.rows import ROWS
from tests.drivers.faults.table import Row, render
from tests.kernel.fault_rows import KERNEL_ROWS

rows: dict[str, Row] = {**ROWS, **KERNEL_ROWS}
sys.stdout.write(render(rows))
