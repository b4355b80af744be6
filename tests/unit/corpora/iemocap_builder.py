"""A miniature IEMOCAP with the traps of the real one: see `build` for what lies in it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from fairemo_gui.corpora.iemocap import WHOLE, WHOLE_BY_EMOTION
from fairemo_gui.corpora.iemocap_text import CODES, NO_AGREEMENT
from tests.unit.corpora.builders import sound

# Turns per dialogue: code, start, end, consensus, mean (valence, activation, dominance), raters' lines.
EVALUATIONS = {
    "Ses01F_impro01": """
        [6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]
        C-E2:\tNeutral;\t()
        C-E3:\tNeutral;\t()
        C-E4:\tNeutral; Other;\t(a bit; bored (really): C-E9)
        C-F1:\tNeutral state;\t()
        A-E3:\tval 3; act 2; dom  2;\t()
        A-E4:\tval 2; act 3; dom  3;\t(calm)
        A-F1:\tval 3; act 2; dom  1;\t()

        [10.0100 - 11.3925]\tSes01F_impro01_M000\txxx\t[1.5000, 4.0000, 4.5000]
        C-E2:\tAnger; Frustration;\t()
        C-E3:\tSurprise;\t()
        C-E4:\tOther;\t(mocking)
        C-M1:\tFrustration;\t()
        A-E1:\tval 2; act 4; dom  4;\t()
        A-E2:\tval 1; act 4; dom 5;\t()
        A-M1:\tval ; act 3; dom  ;\t()

        [8.5000 - 9.9000]\tSes01F_impro01_F001\tfru\t[2.0000, 3.0000, 3.0000]
        C-E2:\tFrustration;\t()
        C-E3:\tFrustration;\t()
        C-E4:\t;\t()
        A-E3:\tval 2; act 3; dom  3;\t()
    """,
    "Ses01M_script02_1": """
        [0.5000 - 2.0000]\tSes01M_script02_1_F000\texc\t[4.0000, 4.0000, 3.0000]
        C-E2:\tExcited; Happiness;\t()
        C-E3:\tExcited;\t()
        A-E2:\tval 4; act 4; dom 3;\t()

        [2.1000 - 3.0000]\tSes01M_script02_1_M000\thap\t[4.0000, 3.0000, 3.0000]
        C-E2:\tHappiness;\t()
        A-E2:\tval 4; act 3; dom 3;\t()
    """,
    "Ses03M_impro05a": """
        [1.0000 - 2.5000]\tSes03M_impro05a_M000\tsad\t[2.0000, 2.0000, 2.0000]
        C-E1:\tSadness;\t()
        C-M1:\tNeutral;\t()
        A-E1:\tval 2; act 2; dom 2;\t()
    """,
    "Ses05M_script01_1b": """
        [3.0000 - 4.0000]\tSes05M_script01_1b_F026\toth\t[3.0000, 3.0000, 3.0000]
        C-E6:\tOther;\t(indifferent)
        A-E6:\tval 3; act 3; dom 3;\t()

        [4.2000 - 5.0000]\tSes05M_script01_1b_M010\tang\t[1.0000, 5.0000, 5.0000]
        C-E6:\tAnger; Disgust; Fear;\t()
        A-E6:\tval 1; act 5; dom 5;\t()
    """,
}
TRANSCRIPTIONS = {
    "Ses01F_impro01": """
        Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.
        Ses01F_impro01_FXX0 [008.2357-008.4000]: Mm-hmm.
        M: [LAUGHTER]
        Ses01F_impro01_F001 [008.5000-009.9000]: Is that: a caf\xe9 [BREATHING]?
        Ses01F_impro01_M000 [010.0100-011.3925]: That\x92s all.
    """,
    "Ses01M_script02_1": """
        Ses01M_script02_1_F000 [000.5000-002.0000]: Look!
        Ses01M_script02_1_MXX1 [002.0000-002.1000]: Oh.
        Ses01M_script02_1_M000 [002.1000-003.0000]: I see.
    """,
    "Ses05M_script01_1b": "Ses05M_script01_1b_F026 [003.0000-004.0000]: [GARBAGE]",
}
ALIGNMENT = """\
\tSFrm\tEFrm\tSegAScr\tWord
\t0\t9\t-110\t<s>
\t10\t59\t-93231\tEXCUSE(2)
\t60\t69\t-5\t<sil>
\t70\t99\t-400\tME
\t100\t120\t-1\t++LAUGHTER++
\t121\t130\t-40\t</s>
Total score: -2512121
"""
HEADER = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"


def session_of(name: str) -> str:
    """Folder of the session of a dialogue or turn."""
    return f"Session{int(name[3:5])}"


def lines(text: str) -> str:
    """A text whose lines are indented as the code around it is."""
    return "\n".join(line.strip() for line in text.strip().split("\n")) + "\n"


def evaluation(root: Path, dialogue: str, text: str) -> Path:
    """One evaluation file."""
    path = root / session_of(dialogue) / "dialog/EmoEvaluation" / f"{dialogue}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((HEADER + lines(text)).encode())
    return path


def build(root: Path) -> Path:
    """Texts of four dialogues of three sessions, no media.

    In it: turns out of order, a rater of several labels, free text with every separator, one and two spaces after
    `dom`, missing attributes and labels, self-evaluations, no agreement, dialogues with letters at the end, unsegmented
    turns and speech without id, bytes of Windows-1252, a dialogue without transcription, macOS's `._` files, and
    the raters' own files and motion capture under the same names as the evaluations.
    """
    for dialogue, text in EVALUATIONS.items():
        path = evaluation(root, dialogue, text)
        (path.parent / f"._{path.name}").write_bytes(b"\0\5\x16\7Mac OS X")
        for folder, content in (("Categorical", f"{dialogue}_F000 :Neutral; ()"), ("../MOCAP_hand", "Frame# Time")):
            (path.parent / folder).mkdir(exist_ok=True)
            (path.parent / folder / path.name).write_text(content)
        (path.parent / f"Categorical/{dialogue}_e2_cat.txt").write_text(f"{dialogue}_F000 :Neutral; ()")
    for dialogue, text in TRANSCRIPTIONS.items():
        path = root / session_of(dialogue) / "dialog/transcriptions" / f"{dialogue}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lines(text).encode("latin-1"))
    align(root, "Ses01F_impro01_F000", ALIGNMENT)
    return root


def align(root: Path, turn: str, text: str) -> Path:
    """One forced alignment."""
    path = root / session_of(turn) / "sentences/ForcedAlignment" / turn[:-5] / f"{turn}.wdseg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def turn_sound(root: Path, turn: str) -> Path:
    """A turn's own sound."""
    return sound(root / session_of(turn) / "sentences/wav" / turn[:-5] / f"{turn}.wav")


def dialogue_sound(root: Path, dialogue: str, seconds: float = 12.0) -> Path:
    """A dialogue's sound."""
    return sound(root / session_of(dialogue) / "dialog/wav" / f"{dialogue}.wav", seconds)


def dialogue_video(root: Path, dialogue: str, seconds: float = 12.0, heard: bool = True) -> Path:
    """A dialogue's video: a small grey picture, with noise to hear."""
    path = root / session_of(dialogue) / "dialog/avi/DivX" / f"{dialogue}.avi"
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=5)
        picture.width, picture.height, picture.pix_fmt = 72, 48, "yuv420p"
        noise = container.add_stream("pcm_s16le", rate=8000, layout="mono") if heard else None
        for k in range(round(seconds * 5)):
            frame = av.VideoFrame.from_ndarray(np.full((48, 72, 3), 99, np.uint8), "rgb24")
            frame.pts, frame.time_base = k, Fraction(1, 5)
            container.mux(picture.encode(frame))
            if noise is not None:
                samples = np.random.default_rng(k).integers(-9000, 9000, (1, 1600), dtype=np.int16)
                block = av.AudioFrame.from_ndarray(samples, "s16", "mono")
                block.sample_rate, block.pts, block.time_base = 8000, k * 1600, Fraction(1, 8000)
                container.mux(noise.encode(block))
        container.mux(picture.encode(None))
    return path


def whole(root: Path) -> Path:
    """Evaluations and transcriptions of as many turns as the full release has, with its counts of labels."""
    codes = {name: code for code, name in CODES.items()} | {None: NO_AGREEMENT}
    labels = iter([codes[name] for name, n in WHOLE_BY_EMOTION.items() for _ in range(n)])
    parts = [f"impro{k:02d}" for k in range(1, 9)]
    parts += [f"script{k:02d}_{p}" for k in (1, 2, 3) for p in (1, 2)] + ["script01_3"]
    for session, turns in WHOLE.items():
        dialogues = [f"{session}{letter}_{part}" for letter in "FM" for part in parts]
        for number, dialogue in enumerate(dialogues):
            blocks, said = [], []
            for k in range(turns // len(dialogues) + (number < turns % len(dialogues))):
                code, times = f"{dialogue}_{'FM'[k % 2]}{k // 2:03d}", (k * 3.0, k * 3.0 + 2.5)
                head = f"[{times[0]:.4f} - {times[1]:.4f}]\t{code}\t{next(labels)}\t[3.0000, 2.0000, 2.0000]\n"
                answer = f"E%d:\tNeutral; Anger;\t(so {k})\n", "E%d:\tval 3; act 2; dom  2;\t()\n"
                raters = (f"{kind}-{line % r}" for kind, line in zip("CA", answer, strict=True) for r in (2, 3, 4))
                blocks.append(head + "".join(raters) + "\n")
                said.append(f"{code} [{times[0]:08.4f}-{times[1]:08.4f}]: Something that was said, number {k}.\n")
            path = evaluation(root, dialogue, "")
            path.write_text(HEADER + "".join(blocks))
            path = root / session_of(dialogue) / "dialog/transcriptions" / path.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(said))
    return root
