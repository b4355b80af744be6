"""Principal components: the directions in which vectors differ most (Pearson 1901; Hotelling 1933)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Components:
    """The leading principal components of some vectors.

    Attributes:
        centre: Mean per dimension, shape (d,).
        scale: What each dimension is divided by, shape (d,); ones where dimensions keep their own scale.
        directions: Unit vectors as columns, shape (d, k), by falling variance.
        explained: Share of the variance along each, shape (k,).
    """

    centre: Vectors
    scale: Vectors
    directions: Vectors
    explained: npt.NDArray[np.float64]

    def project(self, vectors: npt.ArrayLike) -> Vectors:
        """Coordinates along the components: shape (n, d) → (n, k), float32."""
        centred = (np.asarray(vectors, dtype=np.float32) - self.centre) / self.scale
        return np.asarray(centred @ self.directions, dtype=np.float32)


def principal_components(vectors: npt.ArrayLike, most: int, standardise: bool) -> Components:
    """The components of vectors, shape (n, d); at least two even where d is 1, so that there is something to draw.

    The sign of a direction means nothing; each is turned so that its greatest weight is positive, which makes the
    picture the same every time.

    Args:
        vectors: n ≥ 1 finite vectors.
        most: At most so many components.
        standardise: Divide each dimension by its standard deviation: for features of different units.
    """
    x = np.asarray(vectors, dtype=np.float64)
    centre = x.mean(axis=0)
    deviation = x.std(axis=0)
    scale = np.where(deviation > 1e-12, deviation, 1.0) if standardise else np.ones(x.shape[1])
    centred = (x - centre) / scale
    variance, directions = np.linalg.eigh(centred.T @ centred / len(x))
    order = np.argsort(variance)[::-1][: max(most, 2)]
    variance, directions = np.maximum(variance, 0), directions[:, order]
    greatest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[greatest, np.arange(directions.shape[1])])
    explained = variance[order] / (variance.sum() or 1.0)
    if directions.shape[1] < 2:
        directions, explained = np.pad(directions, ((0, 0), (0, 1))), np.pad(explained, (0, 1))
    return Components(centre.astype(np.float32), scale.astype(np.float32), directions.astype(np.float32), explained)
