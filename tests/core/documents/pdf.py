"""Reading a PDF back: by pypdf always, by poppler where it is installed."""

import io
import shutil
import subprocess

from pypdf import PdfReader


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    (page,) = read(pdf).pages
    return page.extract_text()


def raw_texts_of(pdf: bytes) -> list[str]:
    """Return what each reader extracts."""
    texts = [text_of(pdf)]
    if poppler := shutil.which("pdftotext"):
        run = subprocess.run([poppler, "-raw", "-", "-"], input=pdf, capture_output=True, check=True)  # noqa: S603 - found on PATH
        texts.append(run.stdout.decode())
    return texts


def texts_of(pdf: bytes) -> list[str]:
    """Return what each reader extracts, without white space: lines are broken as the layout likes."""
    return [joined(text) for text in raw_texts_of(pdf)]


def joined(text: str) -> str:
    return "".join(text.split())


def extent_of(pdf: bytes) -> tuple[float, float, float, float]:
    """Return the leftmost start, rightmost end, lowest and highest baseline of the page's texts."""
    boxes: list[tuple[float, float, float]] = []

    def visit(text: str, _cm: object, tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            widths = sum(size if ord(c) > 0xFF else size / 2 for c in text.strip("\n"))
            boxes.append((tm[4], tm[4] + widths, tm[5]))

    read(pdf).pages[0].extract_text(visitor_text=visit)
    lefts, rights, baselines = zip(*boxes, strict=True)
    return min(lefts), max(rights), min(baselines), max(baselines)
