"""How a person wants confusion to be shown: of what, as shares of what; kept from one start to the next."""

from __future__ import annotations

from dataclasses import dataclass

from fairemo_gui.evaluation.matrices import Share as Share
from fairemo_gui.evaluation.matrices import View as View


@dataclass(frozen=True)
class Look:
    """One way of showing it.

    Attributes:
        counts: Numbers of utterances in the cells instead of per cent; colours stay those of the shares.
    """

    view: View = View.CLASSES
    share: Share = Share.ROW
    counts: bool = False

    @property
    def words(self) -> str:
        """What the cells hold, as `Row %`."""
        return "Counts" if self.counts else {"row": "Row %", "column": "Col %", "all": "All %"}[self.share]

    def key_words(self, top: float) -> str:
        """The upper end of the colour key, as `100 % of row`."""
        return f"{100 * top:.0f} % of {self.share}"
