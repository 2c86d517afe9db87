"""File formats that cannot be read, and how to convert each."""

from __future__ import annotations

from collections.abc import Sequence

_TABLE = "columns <joint>_x, <joint>_y, <joint>_z (README)"
_SAVEZ = "numpy.savez(name, position=<(frames, joints, 3)>, joints=[...], rate_hz=...)"
_ACCLAIM = "List .bvh files instead: convert .asf and .amc together (amc2bvh), or take CMU's set as BVH."
_MARKERS = "List the marker file it was made from, as .c3d or .csv."

CONVERSIONS = {
    ".trc": (
        "TRC markers (OpenSim, Cortex, Pose2Sim)",
        "Convert it to .csv: below the header, pandas.read_csv(file, sep='\\t', skiprows=5, header=None) has "
        f"frame, time, and x, y, z of each marker of line 4; name the {_TABLE}.",
    ),
    ".tsv": (
        "tab-separated table (Qualisys QTM, Motion-BIDS)",
        "Export the take from QTM as .c3d; or convert it to .csv with pandas.read_csv(file, sep='\\t', "
        f"skiprows=<lines of the header>, header=None), with {_TABLE}.",
    ),
    ".txt": ("text table", f"Save it as .csv with {_TABLE}."),
    ".dat": ("table or measurement file", f"Save it as .csv with {_TABLE}."),
    ".xlsx": ("Excel workbook", f"Save the sheet as .csv in UTF-8, with {_TABLE}."),
    ".xls": ("Excel workbook", f"Save the sheet as .csv in UTF-8, with {_TABLE}."),
    ".mvnx": ("Xsens MVN XML", "Export the take from MVN Analyze as .bvh or .c3d."),
    ".mvn": ("Xsens MVN project", "Export the take from MVN Analyze as .bvh or .c3d."),
    ".fbx": ("FBX animation", "Import it into Blender or MotionBuilder and export the armature as .bvh."),
    ".glb": ("glTF animation", "Import it into Blender and export the armature as .bvh."),
    ".gltf": ("glTF animation", "Import it into Blender and export the armature as .bvh."),
    ".dae": ("Collada animation", "Import it into Blender and export the armature as .bvh."),
    ".blend": ("Blender project", "Open it in Blender and export the armature as .bvh."),
    ".bip": ("3ds Max Biped", "Open it in 3ds Max and export the skeleton as .bvh."),
    ".htr": ("Motion Analysis HTR skeleton", "Export the take from Cortex as .c3d, or convert it to .bvh."),
    ".asf": ("Acclaim skeleton, which belongs to .amc files", _ACCLAIM),
    ".amc": ("Acclaim motion, which needs its .asf skeleton", _ACCLAIM),
    ".h5": (
        "HDF5 file (Emotion-Gait and others)",
        f"Write each walk as .npz, its positions from h5py.File(file)[key][:]: {_SAVEZ}.",
    ),
    ".mat": (
        "MATLAB file",
        f"Read it with scipy.io.loadmat (h5py for version 7.3) and write each take as .npz: {_SAVEZ}.",
    ),
    ".npy": ("bare array without joint names", f"Load it with numpy and write .npz: {_SAVEZ}."),
    ".pkl": (
        "Python pickle, which may run any program when it is opened",
        f"If you trust its source, open it and write .npz: {_SAVEZ}.",
    ),
    ".json": ("JSON file", f"Write the positions as .npz: {_SAVEZ}."),
    ".mot": ("OpenSim motion: joint angles or forces, no positions", _MARKERS),
    ".sto": ("OpenSim storage: joint angles or forces, no positions", _MARKERS),
    ".tak": ("Motive take", "Export it from Motive as .bvh or .c3d."),
    ".qtm": ("Qualisys project file", "Export the take from QTM as .c3d."),
    ".x2d": ("Vicon camera data", "Process the take in Nexus and export it as .c3d."),
    ".trb": ("Motion Analysis binary markers", "Export the take from Cortex as .c3d."),
    ".cap": ("Motion Analysis project", "Export the take from Cortex as .c3d."),
    ".bag": ("ROS recording", f"Write the positions of the joints as .csv with {_TABLE}."),
}  # fmt: skip
"""What a file is and how to convert it, by its ending."""

_ALIKE = {
    ".hdf5": ".h5", ".hdf": ".h5", ".pickle": ".pkl", ".p": ".pkl", ".tab": ".tsv", ".ods": ".xlsx",
    ".xcp": ".x2d", ".vrm": ".glb",
}  # fmt: skip
_VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".wmv")
_PACKED = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")


def explain(suffix: str, supported: Sequence[str]) -> tuple[str, str]:
    """Return a clause about the format of an ending, and sentences on how to convert it."""
    suffix = suffix.lower()
    if suffix in _VIDEOS:
        kind, remedy = "video", "Estimate 3D poses from it first (Pose2Sim, OpenCap)."
    elif suffix in _PACKED:
        kind, remedy = "packed file", "Unpack it and list what is in it."
    else:
        kind, remedy = CONVERSIONS.get(_ALIKE.get(suffix, suffix), ("", ""))
    endings = f"{', '.join(supported)}."
    if not kind:
        return "unknown kind of file", f"Use one of {endings}"
    return f"{kind}: this format is not read", f"{remedy} Formats that are read: {endings}"
