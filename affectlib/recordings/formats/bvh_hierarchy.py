"""The HIERARCHY part of a BVH file: joints, their offsets and channels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from affectlib.errors import RecordingError
from affectlib.recordings.kinematics import Joint
from affectlib.recordings.rows import parse_number

_CHANNEL = re.compile(r"([xyz])(position|rotation)", re.IGNORECASE)
_MAX_JOINTS = 10_000


def broken(problem: str, *, file: Path, line: int, found: str) -> RecordingError:
    """Return the error for one line of a BVH file."""
    return RecordingError(
        problem,
        file=file,
        where=f"line {line}",
        found=repr(found[:40]),
        remedy="Correct this line or export the take again as BVH.",
    )


@dataclass
class Hierarchy:
    """Parser of the HIERARCHY part, the text before MOTION.

    Its `joints` have parents before children, and end sites named ``<parent>_end``.
    """

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

    def _next(self, expected: str) -> tuple[str, int]:
        """Return the next token and its line."""
        if self._at >= len(self._tokens):
            line = self.text.count("\n") + 1
            raise broken(f"the hierarchy ends before {expected}", file=self.file, line=line, found="")
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _expect(self, word: str) -> None:
        token, line = self._next(word)
        if token.upper() != word:
            raise broken(f"{word} expected", file=self.file, line=line, found=token)

    def _numbers(self, count: int) -> tuple[float, ...]:
        values = []
        for _ in range(count):
            token, line = self._next("a number")
            value = parse_number(token)
            if value is None or np.isnan(value):
                raise broken("OFFSET needs three numbers", file=self.file, line=line, found=token)
            values.append(value)
        return tuple(values)

    def _name(self) -> str:
        words: list[str] = []
        while (token := self._next("'{'"))[0] != "{":
            words.append(token[0])
        return " ".join(words)

    def _parse(self) -> None:
        open_joints: list[int | None] = []
        while self._at < len(self._tokens):
            token, line = self._next("a joint")
            word = token.upper()
            if word in ("ROOT", "JOINT", "END"):
                if len(self.joints) >= _MAX_JOINTS:
                    raise broken("too many joints", file=self.file, line=line, found=str(len(self.joints)))
                if (word == "ROOT") != (not open_joints) or (open_joints and open_joints[-1] is None):
                    raise broken(f"{word} not allowed here", file=self.file, line=line, found=token)
                open_joints.append(self._open(word, parent=open_joints[-1] if open_joints else None))
            elif word == "}" and open_joints:
                open_joints.pop()
            else:
                raise broken("ROOT, JOINT, End Site or '}' expected", file=self.file, line=line, found=token)
        if open_joints or not self.joints:
            line = self.text.count("\n") + 1
            raise broken(
                "the hierarchy is not closed", file=self.file, line=line, found=f"{len(open_joints)} open"
            )

    def _open(self, word: str, *, parent: int | None) -> int | None:
        """Read one joint up to its children; return its index, or None for an end site."""
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
        if not (token.isascii() and token.isdigit() and len(token) == 1):
            raise broken("CHANNELS needs a count from 0 to 9", file=self.file, line=line, found=token)
        channels = []
        for _ in range(int(token)):
            word, line = self._next("a channel name")
            match = _CHANNEL.fullmatch(word)
            if match is None:
                raise broken("unknown channel", file=self.file, line=line, found=word)
            channels.append((match[2].lower(), "xyz".index(match[1].lower())))
        return tuple(channels)
