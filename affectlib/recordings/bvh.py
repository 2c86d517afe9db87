"""BVH: a hierarchy of joints with channels, and rows of channel values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.kinematics import Joint, forward_kinematics
from affectlib.recordings.motion import Motion, check_joint_names, decode_text, read_bytes, without_mark
from affectlib.recordings.rows import parse_number, parse_rows

_CHANNEL = re.compile(r"([xyz])(position|rotation)", re.IGNORECASE)
_MAX_JOINTS = 10_000
# A comma within one number; with a point or a second comma it divides thousands or numbers.
_DECIMAL_COMMA = re.compile(rb"(?<![\d.,])(\d+),(?=\d+(?![\d.,]))")


def read_motion(file: Path) -> Motion:
    """Read one file and place its joints in space.

    Any hierarchy and channel order will do; position channels on inner joints take the place
    of the offset; end sites appear as ``<parent>_end``. A frame time of zero, or none, leaves
    the rate open.

    Parameters
    ----------
    file : Path
        A ``.bvh`` file.

    Returns
    -------
    Motion
        World positions in the file's unit and axes.

    Raises
    ------
    RecordingError
        If the hierarchy or the motion part is broken; the message names the line.
    """
    data, notes = _plain(read_bytes(file))
    start = re.search(rb"^[ \t]*MOTION\b", data, re.MULTILINE)
    if start is None:
        raise RecordingError(
            "no MOTION part: no BVH file, or a truncated one",
            file=file,
            where="line 1",
            found=repr(data[:30].decode("latin-1").strip()),
            remedy="Export the take again as BVH.",
        )
    joints = _Hierarchy(decode_text(data[: start.start()]), file=file).joints
    rate_hz, rows, odd_count = _motion(
        data[start.end() :],
        sum(len(joint.channels) for joint in joints),
        line=data.count(b"\n", 0, start.end()) + 1,
        file=file,
    )
    names = tuple(joint.name for joint in joints)
    check_joint_names(names, file=file, where="HIERARCHY")
    return Motion(
        position=forward_kinematics(joints, rows),
        joints=names,
        rate_hz=rate_hz,
        notes=(*notes, *odd_count),
    )


def _plain(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return the text without a byte order mark and with decimal points, and notes on what was odd."""
    data = without_mark(data)
    if b"," not in data or not _DECIMAL_COMMA.search(data):
        return data, ()
    # A name may hold a comma, too; numbers stand where OFFSET is and after MOTION.
    lines = data.split(b"\n")
    names_end = next((number for number, line in enumerate(lines) if line.strip() == b"MOTION"), len(lines))
    plain = [
        _DECIMAL_COMMA.sub(rb"\1.", line) if number > names_end or b"OFFSET" in line.upper() else line
        for number, line in enumerate(lines)
    ]
    return b"\n".join(plain), ("decimal commas, read as points",)


def _broken(problem: str, *, file: Path, line: int, found: str) -> RecordingError:
    return RecordingError(
        problem,
        file=file,
        where=f"line {line}",
        found=repr(found[:40]),
        remedy="Mend this line or export the take again as BVH.",
    )


@dataclass
class _Hierarchy:
    """One pass over the tokens of the HIERARCHY part."""

    text: str
    file: Path = field(kw_only=True)
    joints: list[Joint] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._tokens = [
            (token, number)
            for number, line in enumerate(self.text.split("\n"), start=1)
            for token in line.replace("{", " { ").replace("}", " } ").split()
        ]
        self._at = 0
        self._expect("HIERARCHY")
        self._parse()

    def _next(self, wanted: str) -> tuple[str, int]:
        if self._at >= len(self._tokens):
            line = self.text.count("\n") + 1
            raise _broken(
                f"the hierarchy ends where {wanted} should stand", file=self.file, line=line, found=""
            )
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _expect(self, word: str) -> None:
        token, line = self._next(word)
        if token.upper() != word:
            raise _broken(f"{word} should stand here", file=self.file, line=line, found=token)

    def _numbers(self, count: int) -> tuple[float, ...]:
        values = []
        for _ in range(count):
            token, line = self._next("a number")
            value = parse_number(token)
            if value is None or np.isnan(value):
                raise _broken("OFFSET needs three numbers", file=self.file, line=line, found=token)
            values.append(value)
        return tuple(values)

    def _name(self) -> str:
        parts: list[str] = []
        while (token := self._next("'{'"))[0] != "{":
            parts.append(token[0])
        return " ".join(parts)

    def _parse(self) -> None:
        open_joints: list[int | None] = []
        while self._at < len(self._tokens):
            token, line = self._next("a joint")
            word = token.upper()
            if word in ("ROOT", "JOINT", "END"):
                if len(self.joints) >= _MAX_JOINTS:
                    raise _broken("too many joints", file=self.file, line=line, found=str(len(self.joints)))
                if (word == "ROOT") != (not open_joints) or (open_joints and open_joints[-1] is None):
                    raise _broken(f"{word} cannot stand here", file=self.file, line=line, found=token)
                open_joints.append(self._open(word, parent=open_joints[-1] if open_joints else None))
            elif word == "}" and open_joints:
                open_joints.pop()
            else:
                raise _broken(
                    "ROOT, JOINT, End Site or '}' should stand here", file=self.file, line=line, found=token
                )
        if open_joints or not self.joints:
            line = self.text.count("\n") + 1
            raise _broken(
                "the hierarchy is not closed", file=self.file, line=line, found=f"{len(open_joints)} open"
            )

    def _open(self, word: str, *, parent: int | None) -> int | None:
        """Read one joint up to its children; give its index, or None for an end site."""
        name = self._name()
        if word == "END":
            ends = sum(joint.parent == parent and not joint.channels for joint in self.joints)
            name = f"{self.joints[parent or 0].name}_end" + (str(ends + 1) if ends else "")
        self._expect("OFFSET")
        offset = self._numbers(3)
        channels = self._channels() if word != "END" else ()
        self.joints.append(Joint(name=name, parent=parent, offset=offset, channels=channels))
        return None if word == "END" else len(self.joints) - 1

    def _channels(self) -> tuple[tuple[str, int], ...]:
        # A joint without channels is rigid; some exporters leave the line out.
        if self._at < len(self._tokens) and self._tokens[self._at][0].upper() != "CHANNELS":
            return ()
        self._expect("CHANNELS")
        token, line = self._next("the number of channels")
        if not (token.isascii() and token.isdigit() and int(token[:4]) <= 9 and len(token) == 1):
            raise _broken("CHANNELS needs a count from 0 to 9", file=self.file, line=line, found=token)
        channels = []
        for _ in range(int(token)):
            word, line = self._next("a channel name")
            match = _CHANNEL.fullmatch(word)
            if match is None:
                raise _broken("unknown channel", file=self.file, line=line, found=word)
            channels.append((match[2].lower(), "xyz".index(match[1].lower())))
        return tuple(channels)


def _motion(
    data: bytes, n_channels: int, *, line: int, file: Path
) -> tuple[float | None, np.ndarray, tuple[str, ...]]:
    """Read what follows MOTION, whose own line number is `line`: rate, rows, and a note on their number."""
    frames: int | None = None
    rate_hz: float | None = None
    at = 0
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        text = data[at:end].decode("latin-1").strip()
        key, _, value = text.partition(":")
        if key.strip().lower() == "frames":
            frames = _frames(value.strip(), line=line, file=file)
        elif " ".join(key.split()).lower() == "frame time":
            rate_hz = _rate_hz(value.strip(), line=line, file=file)
        elif text:
            break
        at, line = end + 1, line + 1
    if frames is None:
        raise _broken("'Frames: <count>' should stand after MOTION", file=file, line=line, found=text)
    rows = parse_rows(data[at:], n_channels, first_line=line, file=file)
    return rate_hz, rows, _odd_count(len(rows), frames, file=file)


def _odd_count(n_rows: int, frames: int, *, file: Path) -> tuple[str, ...]:
    """Return a note where one row is too many or too few, as some exporters count; more is an error."""
    if abs(n_rows - frames) > 1 or not n_rows:
        raise RecordingError(
            "fewer rows than Frames says: the file is truncated"
            if n_rows < frames
            else "more rows than Frames says",
            file=file,
            where="Frames",
            found=f"{n_rows} rows, Frames: {frames}",
            remedy="Copy the file again, or correct Frames if the rows are all there.",
        )
    if n_rows == frames:
        return ()
    # Without the numbers, so that the takes of one exporter share the note.
    return (f"one row {'more' if n_rows > frames else 'less'} than Frames says",)


def _frames(text: str, *, line: int, file: Path) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 12 and int(text) > 0):
        raise _broken("Frames needs a count", file=file, line=line, found=text)
    return int(text)


def _rate_hz(text: str, *, line: int, file: Path) -> float | None:
    seconds = parse_number(text)
    if seconds is None or not seconds >= 0:
        raise _broken("Frame Time needs seconds", file=file, line=line, found=text)
    return 1 / seconds if seconds > 1e-9 else None
