"""BIIC-Podcast (NTHU): Taiwanese Mandarin podcasts, labelled by MSP-Podcast's protocol."""

from __future__ import annotations

from pathlib import Path

from fairemo_gui.core.records import Problem
from fairemo_gui.corpora.msp_podcast import MspPodcast, first_recording
from fairemo_gui.corpora.plain_text import read_text


class BiicPodcast(MspPodcast):
    """Importer of BIIC-Podcast: the same files and labels as MSP-Podcast, other recordings, texts in UTF-8."""

    name = "biic-podcast"
    title = "BIIC-Podcast (NTHU)"
    licence = "BIIC-Podcast licence of NTHU; not to be passed on"
    prefix = "BIIC-PODCAST_"

    def is_recording(self, name: str) -> bool:
        """Whether a file is named as this corpus names its recordings."""
        return "BIIC" in name.upper()

    def is_labels(self, labels: Path) -> bool:
        """Labels in MSP-Podcast's form of recordings that are none of the MSP corpora's."""
        named = first_recording(labels)
        return bool(named) and not named.upper().startswith("MSP-")

    def transcript(self, path: Path, problems: list[Problem]) -> str | None:
        """What is said in a turn; a text that is no UTF-8 is left out, for read otherwise it would be garbled."""
        text, problem = read_text(path, path.name)
        if text is None or problem is not None:
            problems.append(Problem(path.name, None, "is not UTF-8; its text was left out: save it as UTF-8"))
            return None
        return " ".join(text.split()) or None
