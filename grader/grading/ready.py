"""What the process has imported from which workers are forked. It must compute nothing.

The banks import the frameworks, which takes seconds: once for all workers.
"""

import gc
import os
from contextlib import suppress

import derivations.ready
import grader.grading.one
import grader.pipeline  # noqa: F401
from grader.course import banks
from grader.grading import pool

for sheet in os.environ.get(pool.SHEETS, "").split():
    with suppress(Exception):  # a worker says what is wrong with it
        banks.bank(sheet)
gc.collect()
gc.freeze()  # or the first collection in each worker would copy what they share
