"""Kinds of motion files that are not read, and how to convert each."""

from __future__ import annotations

_TABLE = "columns <joint>_x, <joint>_y, <joint>_z (README)"

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
    ".asf": (
        "Acclaim skeleton, which belongs to .amc files",
        "List .bvh files instead: convert .asf and .amc together (amc2bvh), or take the BVH release of the CMU set.",
    ),
    ".amc": (
        "Acclaim motion, which needs its .asf skeleton",
        "List .bvh files instead: convert .asf and .amc together (amc2bvh), or take the BVH release of the CMU set.",
    ),
    ".h5": (
        "HDF5 file (Emotion-Gait and others)",
        "Write each walk as .npz: numpy.savez(name, position=h5py.File(file)[key][:].reshape(frames, joints, 3), "
        "joints=[...], rate_hz=...).",
    ),
    ".mat": (
        "MATLAB file",
        "Write each take as .npz: read it with scipy.io.loadmat (pymatreader for version 7.3), then "
        "numpy.savez(name, position=<(frames, joints, 3)>, joints=[...], rate_hz=...).",
    ),
    ".npy": (
        "bare array without joint names",
        "Write it as .npz: numpy.savez(name, position=numpy.load(file), joints=[...], rate_hz=...).",
    ),
    ".pkl": (
        "Python pickle, which may run any program when it is opened",
        "If you trust its source, open it and write .npz: numpy.savez(name, position=..., joints=[...], rate_hz=...).",
    ),
    ".json": (
        "JSON file",
        "Write the positions as .npz: numpy.savez(name, position=<(frames, joints, 3)>, joints=[...], rate_hz=...).",
    ),
    ".mot": ("OpenSim motion: joint angles or forces, no positions", "List the marker file it was made from, as .c3d or .csv."),
    ".sto": ("OpenSim storage: joint angles or forces, no positions", "List the marker file it was made from, as .c3d or .csv."),
    ".tak": ("Motive take", "Export it from Motive as .bvh, .c3d or .csv."),
    ".qtm": ("Qualisys project file", "Export the take from QTM as .c3d."),
    ".x2d": ("Vicon camera data", "Process the take in Nexus and export it as .c3d."),
    ".trb": ("Motion Analysis binary markers", "Export the take from Cortex as .c3d."),
    ".cap": ("Motion Analysis project", "Export the take from Cortex as .c3d."),
    ".bag": ("ROS recording", f"Write the positions of the joints as .csv with {_TABLE}."),
}  # fmt: skip
"""Ending to what the file is and how to convert it."""

_ALIKE = {
    ".hdf5": ".h5", ".hdf": ".h5", ".pickle": ".pkl", ".p": ".pkl", ".tab": ".tsv", ".ods": ".xlsx",
    ".xcp": ".x2d", ".vrm": ".glb",
}  # fmt: skip
_VIDEOS = (".mp4", ".avi", ".mov", ".mkv", ".webm", ".wmv")
_PACKED = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz")


def foreign_kind(suffix: str) -> tuple[str, str] | None:
    """Return what a file is by its ending, and how it becomes one that is read.

    Parameters
    ----------
    suffix : str
        Ending with its full stop, in any letter case.

    Returns
    -------
    tuple of (str, str) or None
        A noun for the kind, and a sentence; None where the ending is not known.
    """
    suffix = suffix.lower()
    if suffix in _VIDEOS:
        return (
            "video",
            "Estimate 3D poses from it first (Pose2Sim, OpenCap), then list those as .c3d or .csv.",
        )
    if suffix in _PACKED:
        return "packed file", "Unpack it and list what is in it."
    return CONVERSIONS.get(_ALIKE.get(suffix, suffix))
