"""What woven programs call while they run, by the names that woven code knows."""

from __future__ import annotations

from .binding import binding_hooks
from .counting import Counting
from .in_place import InPlace
from .leaving import leaving_hooks
from .looking import Looking
from .plan import MISSING, Layout, Plan, Write


class Pass:
    """One run of a woven program. `names` are the hooks by the name that woven code calls them."""

    def __init__(self, layout: Layout, plan: Plan, cap: int, write: Write) -> None:
        self.layout = layout
        self.told = [0] * len(layout.lines)
        self._counting = counting = Counting(layout, plan, cap, write)
        self._in_place = in_place = InPlace(counting)
        self.counts = counting.counts
        self.endless = False
        looking = Looking(counting)
        hooks = [*counting.hooks, *in_place.hooks, *looking.hooks]
        hooks += [*binding_hooks(counting, in_place), *leaving_hooks(counting, in_place, looking)]
        self.names = {f"_nx_{hook.__name__}": hook for hook in hooks} | {
            "_nx_missing": MISSING,
            "_nx_list": list,
            "_nx_len": len,
            "_nx_log": in_place.log,
            "_nx_n": counting.counts,
            "_nx_d": counting.due,
            "_nx_int": int,
        }

    @property
    def steps(self) -> int:
        return sum(self.counts) - self.counts[-1]

    def skipped(self) -> list[tuple[str, int, int]]:
        """(unit, line, how many of its steps were not told)."""
        rows = zip(self.layout.lines, self._counting.at_cap or self.counts, self.told)
        return [("program", line, count - told) for line, count, told in rows if count > told]

    @property
    def beyond_cap(self) -> bool:
        return self._counting.at_cap is not None

    def reset(self) -> None:
        """What ran so far was the program's loading and its setup, which are no part of the trace."""
        self._counting.restart()
        self._in_place.restart()
        self._counting.started = True
