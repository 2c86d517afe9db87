"""Tables of other programs that end in ``.csv`` too, recognised for a message that names the program."""

from __future__ import annotations

from pathlib import Path

from affectlib.errors import RecordingError

_ONE_HEADER = "write one header line <joint>_x,<joint>_y,<joint>_z above rows of numbers"
_VICON = ("trajectories", "model outputs", "joints", "segments", "devices", "events")


def refuse(header: list[str], *, file: Path) -> None:
    """Raise an error for a header of other motion capture programs, whose tables have several header lines.

    Raises
    ------
    RecordingError
        If the first line is that of OptiTrack Motive, Vicon Nexus, Qualisys, a TRC file or
        DeepLabCut; it names the program and what to do.
    """
    words = [word.casefold().strip("\ufeff") for word in header]
    alone = not any(words[1:])
    if words[0] == "format version" or "capture frame rate" in words:
        program, remedy = "OptiTrack Motive", "Export the take from Motive as C3D or BVH"
    elif alone and words[0] in _VICON:
        program, remedy = "Vicon Nexus", "Export the trial from Nexus as C3D"
    elif words[0].startswith("no_of_frames"):
        program, remedy = "Qualisys Track Manager", "Export the measurement from QTM as C3D"
    elif words[0].startswith("pathfiletype"):
        program, remedy = "a marker file in TRC form", "Convert it to C3D"
    elif words[0] == "scorer":
        program, remedy = "DeepLabCut", "Triangulate the views to positions in space"
    else:
        return
    raise RecordingError(
        f"an export of {program}, not a joint table"
        if program[0] != "a"
        else f"{program}, not a joint table",
        file=file,
        where="line 1",
        found=repr(",".join(header).rstrip(",")[:60]),
        remedy=f"{remedy}, or {_ONE_HEADER}.",
    )
