"""Pictures of lines of text to text, with how sure the recognition is of each. Models come with the package; no network is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
from rapidocr import RapidOCR

from kg.readers.scan.picture import Picture

_HEIGHT = 48


@dataclass(frozen=True)
class Recognised:
    """The text of a line and how sure it is, from 0 to 1."""

    text: str
    confidence: float


class Recogniser:
    """Holds the model; loading it takes about a second."""

    def __init__(self) -> None:
        self._engine: Any = RapidOCR(params={"Global.log_level": "error"})

    def lines(self, pictures: Sequence[Picture]) -> list[Recognised]:
        """What each picture of one line says."""
        if not pictures:
            return []
        found = self._engine.recognize_txt([cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) for picture in pictures])
        return [Recognised(text.strip(), float(score)) for text, score in zip(found.txts, found.scores, strict=True)]
