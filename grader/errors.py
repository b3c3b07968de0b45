"""The one error that commands show without a traceback."""


class CourseError(Exception):
    """Something that the course's staff can fix; the message says what, where and how."""
