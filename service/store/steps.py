"""What is stored in steps: each asks something at its end, and looks at the answers when it goes on.

So all that several ask goes to the server at once, and is waited for once.
"""

from __future__ import annotations

from collections.abc import Iterator

Steps = Iterator[None]


def in_step(*each: Steps) -> Steps:
    """Go through several to their ends, a step of each at a time."""
    going = list(each)
    while going := [steps for steps in going if next(steps, going) is None]:
        yield


def take_steps(*each: Steps) -> None:
    """Go through several likewise, all at once."""
    for _ in in_step(*each):
        pass
