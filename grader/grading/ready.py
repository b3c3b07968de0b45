"""Imports the banks of some sheets, and with them the frameworks, for all workers at once.

The process that workers are forked from imports this module last; it must compute nothing.
"""

import gc
import os
from contextlib import suppress

from grader.course import banks
from grader.grading import pool

for sheet in os.environ.get(pool.SHEETS, "").split():
    with suppress(Exception):  # a worker says what is wrong with it
        banks.bank(sheet)
gc.collect()
gc.freeze()  # or the first collection in each worker would copy what they share
