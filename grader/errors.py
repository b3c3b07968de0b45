"""The errors that commands show without a traceback."""


class CourseError(Exception):
    """Something that the course's staff can fix; the message says what, where and how."""


class MachineTrouble(CourseError):
    """The machine, not the student's code, kept a submission from being judged.

    Nothing of it is recorded; it can be tried again, best alone.
    """

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))  # one line, as the failures of a batch are
