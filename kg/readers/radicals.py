"""Radicals for characters: some programs write ⽀⼊⽬⻔ where the page shows 支入目门.

Kangxi radicals (U+2F00 to U+2FD5) all have a compatibility mapping in Unicode. The CJK Radicals Supplement (U+2E80 to
U+2EF3) has almost none; the pairs below are those of the Unicode table of equivalent unified ideographs
(EquivalentUnifiedIdeograph.txt) that are characters of their own right.
"""

import unicodedata

_SUPPLEMENT = (
    "⺁厂⺇几⺌小⺎兀⺏尣⺐尢⺑尣⺒巳⺓幺⺛旡⺝月⺟母⺠民⺢水⺧牛⺩王⺬示⺱冈⺲罒⺶羊⺷羊⺸羊⺻聿⺼肉⺽臼⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻑長⻒镸"
    "⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟飠⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
_PAIRS = {ord(_SUPPLEMENT[at]): _SUPPLEMENT[at + 1] for at in range(0, len(_SUPPLEMENT), 2)}
_TABLE = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)} | _PAIRS


def without_radicals(text: str) -> str:
    """``text`` with each radical replaced by the character of its shape; the length stays the same."""
    return text.translate(_TABLE)
