"""The errors that commands show without a traceback."""


class CourseError(Exception):
    """Something that the course's staff can fix; the message says what, where and how."""


class MachineTrouble(CourseError):
    """The machine, not the submission, kept it from being judged; it is tried again alone."""
