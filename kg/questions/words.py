"""A text in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        return self.en if language == "en" else self.zh
