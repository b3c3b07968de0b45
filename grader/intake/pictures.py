"""Pictures in written answers: kept where a browser can show them, else replaced by words.

Everything that shows Markdown later (nbconvert for the feedback page, the formgrader) stops at a
picture that is referred to and not attached. So here every reference gets an attachment with a
plain name, whether the picture was attached, written into the text as `data:`, or handed in as a
file of its own; for what is not there, or is no picture, the text says so.
"""

import base64
import binascii
import contextlib
import html
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote

from grader.intake.files import Unreadable, Upload
from grader.intake.texts import MANY, plain

MAX_PICTURE_BYTES = 20_000_000
ATTACHMENT = "attachment:"
# What is no picture but code: in fences or between backquotes.
CODE = re.compile(r"(```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]+`)", re.DOTALL)
TAG = re.compile(r"<img\b([^<>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
# A destination between < and >, or `data:`, or words; its length is limited, or this takes long.
WORD = r"(?:[^()<>\s]|\([^()<>\s]{0,100}\)){1,500}"
WORDS = rf"(?![\"']){WORD}(?:[ ](?![\"']){WORD}){{0,9}}"
TITLE = r"""(?:[ \t]{1,9}["'][^"'\n]{0,300}["'])?"""
INLINE = re.compile(
    r"!\[([^\[\]]{0,300})\]\([ \t]{0,9}"
    rf"(?:<([^<>\n]{{0,1000}})>|(data:[^\s()<>\"']*)|({WORDS})|){TITLE}[ \t]{{0,9}}\)"
)
DEFINITION = re.compile(
    r"^([ \t>*+-]{0,20}\[[^\]\n]{1,300}\]:[ \t]{0,9})<?(attachment:[^>\n]{1,300}?)>?[ \t]{0,9}$",
    re.MULTILINE,
)
DATA = re.compile(r"data:([\w/+.-]{1,50})(?:;[\w=-]{1,50})*;base64,([A-Za-z0-9+/=%\s]*)")
STARTS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
    "image/bmp": b"BM",
}


class Pictures:
    """The pictures of one notebook.

    beside: pictures that were handed in as files, by name.
    """

    def __init__(self, beside: Mapping[str, Upload]):
        self.beside = {_key(name): upload for name, upload in beside.items()}
        self.missing: dict[str, None] = {}  # a sentence for each, in order

    def notes(self) -> list[str]:
        """What could not be shown, and why: each, or how many they are."""
        if len(self.missing) > MANY:
            return [f"{len(self.missing)} pictures are not attached or cannot be shown."]
        return list(self.missing)

    def settle(self, source: str, attachments: object) -> tuple[str, dict[str, dict[str, str]]]:
        """A Markdown cell's text and attachments, with a picture for each reference.

        Attachments to which nothing refers are kept as they are, if they are pictures.
        """
        cell = _Cell(self, _attached(attachments))
        parts = CODE.split(source)
        parts[::2] = [cell.with_pictures(part) for part in parts[::2]]
        return "".join(parts), cell.attachments


class _Cell:
    """One cell's attachments while its text is gone through."""

    def __init__(self, pictures: Pictures, attachments: dict[str, dict[str, str]]):
        self.pictures, self.attachments = pictures, attachments
        self.names = {_key(name): name for name in attachments}

    def with_pictures(self, text: str) -> str:
        if "<img" in text.lower():
            text = TAG.sub(self._tag, text)
        text = INLINE.sub(lambda m: self._inline(m[1], m[2] or m[3] or m[4] or "", m[0]), text)
        return DEFINITION.sub(self._definition, text)

    def _tag(self, match: re.Match) -> str:
        """`<img>`, the only way to give a picture a size, as the picture without one."""
        values = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in ATTRIBUTE.finditer(match[1])}
        alt = re.sub(r"[\[\]\n]", " ", html.unescape(values.get("alt", "")))[:300]
        source = html.unescape(values.get("src", "")).strip()
        return self._inline(alt, source, f"![{alt}](<{source}>)" if source else "")

    def _inline(self, alt: str, source: str, unchanged: str) -> str:
        source = html.unescape(source).strip()
        if re.match(r"[a-z][a-z0-9+.-]+:", source, re.IGNORECASE) and not source.startswith(
            (ATTACHMENT, "data:")
        ):
            return unchanged  # from the web: what becomes of that is decided elsewhere
        name = self._name(source)
        return f"![{alt}]({ATTACHMENT}{name})" if name else f"(picture not shown: {_said(source)})"

    def _definition(self, match: re.Match) -> str:
        name = self._name(html.unescape(match[2]))
        return f"{match[1]}{ATTACHMENT}{name}" if name else f"{match[1]}#picture-not-attached"

    def _name(self, source: str) -> str:
        """The name of the attachment that a reference means; empty if there is no such picture."""
        try:
            if source.startswith("data:"):
                return self._new("picture", *_from_data(source))
            attached = source.startswith(ATTACHMENT)
            wanted = _key(unquote(source.removeprefix(ATTACHMENT)).replace("\\", "/"))
            if attached and wanted in self.names:
                return self._with_plain_name(self.names[wanted])
            upload = self.pictures.beside.get(wanted.rpartition("/")[2])
            if upload is None:
                raise Unreadable("is not attached")
            content = upload.read(MAX_PICTURE_BYTES)
            return self._new(upload.basename, _kind(content), base64.b64encode(content).decode())
        except Unreadable as reason:
            self.pictures.missing[f"The picture {_said(source)} {reason}".rstrip(".") + "."] = None
            return ""

    def _with_plain_name(self, name: str) -> str:
        bundle = self.attachments.pop(name)
        del self.names[_key(name)]
        return self._new(name, *next(iter(bundle.items())))

    def _new(self, name: str, kind: str, data: str) -> str:
        """Attach a picture; its name, with nothing in it that has a meaning in Markdown."""
        clean = re.sub(r"[^\w.-]+", "-", _ascii(name)).strip("-.") or "picture"
        clean = re.sub(r"_+", "-", clean)[-100:]
        while clean in self.attachments and self.attachments[clean] != {kind: data}:
            clean = f"{len(self.attachments) + 1}-{clean}"
        self.attachments[clean] = {kind: data}
        self.names[_key(name)] = clean
        return clean


def _said(source: str) -> str:
    if source.startswith("data:"):
        return "in the text"
    return plain(re.sub(r"[<>()\[\]`]", "", source.removeprefix(ATTACHMENT)), 80)


def _ascii(name: str) -> str:
    return unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode()


def _key(name: str) -> str:
    """Names that mean the same picture have the same key."""
    return unicodedata.normalize("NFC", name.strip()[:300]).casefold()


def _attached(value: object) -> dict[str, dict[str, str]]:
    """Of a cell's attachments the pictures, each in one form that browsers show."""
    if not isinstance(value, dict):
        return {}
    found = {str(name): _picture(bundle) for name, bundle in value.items()}
    return {name: picture for name, picture in found.items() if picture}


def _picture(bundle: object) -> dict[str, str]:
    """The first picture of an attachment; empty if there is none."""
    for data in bundle.values() if isinstance(bundle, dict) else ():
        lines = data if isinstance(data, list) else [data]
        if all(isinstance(line, str) for line in lines):
            with contextlib.suppress(Unreadable):
                return dict([_checked("".join(lines))])
    return {}


def _from_data(source: str) -> tuple[str, str]:
    match = DATA.fullmatch(source)
    if match is None:
        raise Unreadable("is not written as base64")
    return _checked(unquote(match[2]))


def _checked(text: str) -> tuple[str, str]:
    """The kind of a picture and its base64, of base64 or of SVG. Raises Unreadable."""
    if text.lstrip()[:1] == "<":
        content = text.encode("utf-8", "replace")
    else:
        try:
            content = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Unreadable("is damaged") from None
    return _kind(content), base64.b64encode(content).decode()


def _kind(content: bytes) -> str:
    """The MIME type of a picture, by how it starts. Raises Unreadable for what is not shown."""
    for kind, start in STARTS.items():
        if content.startswith(start) and (kind != "image/webp" or content[8:12] == b"WEBP"):
            return kind
    if re.match(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE svg|svg)", content) and (
        b"<svg" in content
    ):
        return "image/svg+xml"
    raise Unreadable("is in a form that browsers do not show")
