"""What the tests of forgeries forge; see tests/test_forgeries.py."""

from grader.running import agent


def reply(value):
    """A reply as from a student's process where all went well."""
    node = agent.encode(value)
    return {"status": "ok", "value": node, "changed": [], "warnings": [], "printed": 0}


def with_stubs(request, stubs):
    """The reply of the request's own probe, to stubs in the place of the student's functions."""
    return agent.call(request, dict(stubs)) | {"changed": [], "warnings": []}
