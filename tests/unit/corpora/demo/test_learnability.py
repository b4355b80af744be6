"""The channels carry what was planted: simple classifiers on other speakers find it in the encoded films."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from fairemo_gui.core.records import CorpusBundle, FaceRegion, Gender, Utterance
from fairemo_gui.corpora.demo.sheet import HALF_WIDTH

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
Table = npt.NDArray[np.float64]


def _recalls(corpus: CorpusBundle, features: Table, strength: float) -> dict[str, float]:
    """Mean class recall over speaker-disjoint folds: of all, of women, of men."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import recall_score
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    genders = {speaker.code: speaker.gender for speaker in corpus.speakers}
    truth = np.array([utterance.intended for utterance in corpus.utterances])
    speakers = np.array([utterance.speaker for utterance in corpus.utterances])
    women = np.array([genders[code] is Gender.FEMALE for code in speakers])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000, C=strength))
    said = cross_val_predict(classifier, features, truth, groups=speakers, cv=GroupKFold(4))
    groups = {"all": women | True, "women": women, "men": ~women}
    return {name: float(recall_score(truth[k], said[k], average="macro")) for name, k in groups.items()}


def test_voices_of_women_are_harder_to_read(corpus: CorpusBundle) -> None:
    import torch
    import torchaudio

    mfcc = torchaudio.transforms.MFCC(22_050, 20, melkwargs={"n_fft": 552, "hop_length": 220, "n_mels": 40})

    def describe(samples: npt.NDArray[np.float32]) -> Table:
        table = mfcc(torch.from_numpy(samples)).numpy()
        return np.concatenate([table.mean(1), table.std(1), np.diff(table, axis=1).std(1)])

    recalls = _recalls(corpus, np.stack([describe(samples) for samples in _sounds(corpus)]), 0.05)
    assert 0.45 < recalls["all"] < 0.75, recalls
    assert recalls["men"] - recalls["women"] > 0.05, recalls


def test_faces_of_women_and_men_are_read_alike(corpus: CorpusBundle) -> None:
    from skimage.feature import hog

    def describe(picture: npt.NDArray[np.uint8]) -> Table:
        return np.asarray(hog(picture, orientations=8, pixels_per_cell=(15, 15), cells_per_block=(2, 2)))

    faces = [np.mean([describe(picture) for picture in shown], axis=0) for shown in _faces(corpus)]
    recalls = _recalls(corpus, np.stack(faces), 0.01)
    assert 0.5 < recalls["all"] < 0.95, recalls
    assert abs(recalls["men"] - recalls["women"]) < 0.12, recalls


def test_words_tell_a_little(corpus: CorpusBundle) -> None:
    from sklearn.feature_extraction.text import HashingVectorizer

    texts = [utterance.transcript for utterance in corpus.utterances]
    table = HashingVectorizer(n_features=1024).transform(texts).toarray()
    assert 0.2 < _recalls(corpus, table, 1.0)["all"] < 0.45


def _sounds(corpus: CorpusBundle) -> list[npt.NDArray[np.float32]]:
    whole: dict[str, npt.NDArray[np.float32]] = {}
    for file in {utterance.audio for utterance in corpus.utterances if utterance.audio}:
        with av.open(Path(corpus.root) / file) as container:
            whole[file] = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    return [
        whole[str(u.audio)][int((u.start or 0.0) * 22_050) : int((u.end or 0.0) * 22_050)] for u in corpus.utterances
    ]


def _faces(corpus: CorpusBundle) -> list[list[npt.NDArray[np.uint8]]]:
    """Four pictures per utterance, cut where the heads are drawn."""
    whole: dict[str, list[tuple[float, npt.NDArray[np.uint8]]]] = {}
    for file in {utterance.video for utterance in corpus.utterances if utterance.video}:
        with av.open(Path(corpus.root) / file) as container:
            whole[file] = [
                (f.time or 0.0, np.asarray(f.to_ndarray(format="gray"), dtype=np.uint8))
                for f in container.decode(video=0)
            ]
    return [_cut(u, whole[str(u.video)]) for u in corpus.utterances]


def _cut(utterance: Utterance, frames: list[tuple[float, npt.NDArray[np.uint8]]]) -> list[npt.NDArray[np.uint8]]:
    left = 0 if utterance.face_region is FaceRegion.LEFT else HALF_WIDTH
    shown = [p for time, p in frames if (utterance.start or 0.0) <= time < (utterance.end or 0.0)]
    chosen = np.linspace(1, len(shown) - 2, 4).round().astype(int)
    return [shown[k][70:220, left + 53 : left + 203] for k in chosen]
