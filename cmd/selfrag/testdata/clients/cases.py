"""Runs the cases of a client: functions with the decorator case run at once, and the last line lists them."""

import asyncio
import atexit
import inspect

passed = []


def case(f):
    asyncio.run(f()) if inspect.iscoroutinefunction(f) else f()
    passed.append(f.__name__)


@atexit.register
def report():
    print(len(passed), "passed:", " ".join(passed))


def raises(kind, f, code=None):
    """Returns the error of f, which must be of this kind and have this code."""
    try:
        f()
    except kind as e:
        if code:
            assert e.code == code, e.code
        return e
    raise AssertionError(f"nothing raised in place of {kind.__name__}")
