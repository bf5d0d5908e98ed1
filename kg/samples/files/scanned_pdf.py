"""A PDF of pictures, as scanners make it: every page a little turned, specked and blurred, no text at all.

The pictures show the glyphs of this machine's Chinese font, so that bytes are the same on one machine only.
"""

import io
from collections.abc import Sequence
from random import Random

import pypdfium2 as pdfium

from kg.samples.files.content import Content
from kg.samples.files.manners import Manner
from kg.samples.files.ruled_pdf import as_pdf

_POINTS = 72
_MOST_TURNED = 0.8
_SPECKS = 150
_PAPER = 246
_QUALITY = 80


def as_scan(content: Sequence[Content], manner: Manner, dpi: int = 200) -> bytes:
    """The pages of :func:`as_pdf` as grey pictures of ``dpi``. Raises :class:`ValueError` as that does."""
    printed = as_pdf(content, manner)
    from PIL import Image, ImageDraw, ImageFilter
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    document = pdfium.PdfDocument(printed)
    for number, page in enumerate(document):
        rng = Random(number)  # noqa: S311
        width, height = page.get_size()
        picture = page.render(scale=dpi / _POINTS, grayscale=True).to_pil().point(lambda level: level * _PAPER // 255)
        turned = picture.rotate(rng.uniform(-_MOST_TURNED, _MOST_TURNED), Image.Resampling.BICUBIC, fillcolor=_PAPER)
        draw = ImageDraw.Draw(turned)
        for _ in range(_SPECKS):
            x, y = rng.randrange(turned.width), rng.randrange(turned.height)
            draw.point((x, y), fill=rng.randrange(60, 200))
        jpeg = io.BytesIO()
        turned.filter(ImageFilter.GaussianBlur(0.5)).save(jpeg, "JPEG", quality=_QUALITY)
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(jpeg), 0, 0, width, height)
        canvas.showPage()
    document.close()
    canvas.save()
    return out.getvalue()
