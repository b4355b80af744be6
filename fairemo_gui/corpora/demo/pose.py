"""What a face does at one moment, and which poses emotions and speech sounds have."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Pose:
    """What a face does at one moment; 0 everywhere is calm, with a closed mouth. In head units or shares.

    Attributes:
        brow_in: Inner ends of the brows, up.
        brow_out: Outer ends, up.
        brow_close: Brows towards each other.
        lid: Upper lids: > 0 wide, < 0 drooping.
        squint: Lower lids up, 0–1.
        blink: Eyes shut, 0–1.
        smile: Corners of the mouth, up.
        wide: Width of the mouth, relative.
        open: Gap between the lips.
        lip_up: Upper lip pulled up, 0–1.
        lip_down: Lower lip pulled down, 0–1.
        press: Lips pressed thin, 0–1.
        round: Lips rounded forward, 0–1.
        cheek: Cheeks raised, 0–1.
        fold: Folds from nose to mouth, 0–1.
        wrinkle: Wrinkled nose, 0–1.
        frown: Folds between the brows, 0–1.
        forehead: Folds across the forehead, 0–1.
        look_x: Gaze, > 0 to picture right, −1…1.
        look_y: Gaze, > 0 down, −1…1.
        turn: Head turned to picture right, −1…1.
        nod: Head lowered, −1…1.
        tilt: Head tilted, degrees clockwise.
        sway: Body to picture right, head units.
    """

    brow_in: float = 0.0
    brow_out: float = 0.0
    brow_close: float = 0.0
    lid: float = 0.0
    squint: float = 0.0
    blink: float = 0.0
    smile: float = 0.0
    wide: float = 0.0
    open: float = 0.0
    lip_up: float = 0.0
    lip_down: float = 0.0
    press: float = 0.0
    round: float = 0.0
    cheek: float = 0.0
    fold: float = 0.0
    wrinkle: float = 0.0
    frown: float = 0.0
    forehead: float = 0.0
    look_x: float = 0.0
    look_y: float = 0.0
    turn: float = 0.0
    nod: float = 0.0
    tilt: float = 0.0
    sway: float = 0.0

    def plus(self, other: Pose, share: float = 1.0) -> Pose:
        """This pose with `share` of another added."""
        return Pose(*(getattr(self, name) + share * getattr(other, name) for name in _NAMES))


_NAMES = tuple(field.name for field in fields(Pose))

# fmt: off
EMOTIONS = {
    "anger": Pose(brow_in=-0.13, brow_out=0.03, brow_close=0.055, lid=0.15, squint=0.45, smile=-0.22, wide=0.03,
                  lip_up=0.25, lip_down=0.5, press=0.35, frown=1.0, wrinkle=0.2, fold=0.35, nod=0.55),
    "disgust": Pose(brow_in=-0.075, brow_out=-0.03, brow_close=0.03, lid=-0.5, squint=0.75, smile=-0.28,
                    wide=-0.06, lip_up=1.0, cheek=0.4, fold=0.9, wrinkle=1.0, frown=0.35, nod=-0.45, turn=0.35,
                    tilt=3.0),
    "fear": Pose(brow_in=0.13, brow_out=0.06, brow_close=0.05, lid=0.95, smile=-0.12, wide=0.10, open=0.07,
                 lip_down=0.45, forehead=1.0, frown=0.25, nod=-0.25),
    "happy": Pose(brow_in=0.02, brow_out=0.035, squint=0.62, smile=1.0, wide=0.22, open=0.05, lip_up=0.35,
                  cheek=1.0, fold=0.65, nod=-0.15, tilt=-2.0),
    "neutral": Pose(),
    "sad": Pose(brow_in=0.125, brow_out=-0.075, brow_close=0.03, lid=-0.62, squint=0.1, smile=-0.62, wide=-0.09,
                press=0.15, forehead=0.3, frown=0.3, look_y=0.6, nod=0.5, tilt=2.5),
}
# fmt: on
