"""Marker sets and words for joints and bones, by which joints are found among unknown names.

Marker names are those of Plug-in Gait (Vicon) with its joint centres (``LFEP``, ``LCLO`` ...) and their
variants of other laboratories; words are those of skeletons in animation, motion suits, depth cameras and
body models.
"""

from __future__ import annotations

# '@' is the side; case and separators do not count. The best alternative comes first.
_ALTERNATIVES = {
    "head": "LFHD RFHD LBHD RBHD | LFHD RFHD | LEAR REAR | HEADL HEADR",
    "neck": "C7 CLAV | C7 IJ | C7 SUPS | CV7 SJN | C7 STRN | C7",
    "pelvis": "LFEP RFEP | LHJC RHJC | LASI RASI LPSI RPSI | LASIS RASIS LPSIS RPSIS | LIAS RIAS LIPS RIPS | "
    "LASI RASI SACR | LASI RASI VSAC | LASIS RASIS SACR",
    "shoulder": "@CLO | @SJC | @SHO | @SH | @ACR | @SAE | @SHOULDERTOP",
    "elbow": "@HUO | @EJC | @ELB @ELBM | @HLE @HME | @ELB | @ELBOWOUT @ELBOWIN",
    "wrist": "@RAO | @WJC | @WRA @WRB | @RSP @USP | @WRI | @WR | @WRISTOUT @WRISTIN",
    "hip": "@FEP | @HJC | @ASI @PSI | @ASIS @PSIS | @IAS @IPS | @ASI SACR | @ASI VSAC | @ASIS SACR",
    "knee": "@FEO | @KJC | @KNE @KNEM | @KNE @KNM | @FLE @FME | @KNE | @LEPI @MEPI | @LEPI | "
    "@KNEEOUT @KNEEIN",
    "ankle": "@TIO | @AJC | @ANK @ANKM | @ANK @MED | @FAL @TAM | @ANK | @LMAL @MMAL | @LMAL | "
    "@ANKLEOUT @ANKLEIN",
}
MARKERS = {
    part: tuple(tuple(names.split()) for names in text.split("|")) for part, text in _ALTERNATIVES.items()
}
"""Lists of marker names by part of the body: the joint is the midpoint of the first list that a file has."""

ABOVE_HIPS = ("ASI", "ASIS", "IAS")
"""Markers of the iliac crest, which lie above the hip joint."""

# Joint naming: a body has elbows and knees. Bone naming: a joint carries the name of the bone that
# it moves, so that 'LeftArm' sits at the shoulder and 'LeftShoulder' is the collar bone.
MIDDLE_WORDS = {
    "head": ("head", "skull"),
    "neck": ("neck", "shouldercenter", "shouldercentre", "spineshoulder", "cervical"),
    "pelvis": ("pelvis", "hips", "hip", "spinebase", "hipcenter", "hipcentre", "hipcentro", "root", "waist"),
}
JOINT_WORDS = {
    "shoulder": ("shoulder", "shldr", "acromion"),
    "elbow": ("elbow",),
    "wrist": ("wrist", "hand"),
    "hip": ("hip", "hipjoint", "thigh", "upleg", "upperleg"),
    "knee": ("knee",),
    "ankle": ("ankle", "foot"),
}
BONE_WORDS = {
    "shoulder": ("upperarm", "uparm", "uarm", "humerus", "arm", "shldr", "shoulder"),
    "elbow": ("forearm", "lowerarm", "lowarm", "larm", "farm", "radius", "ulna"),
    "wrist": ("wrist", "hand"),
    "hip": ("upleg", "upperleg", "uleg", "thigh", "femur", "hip"),
    "knee": ("lowerleg", "lowleg", "lleg", "shin", "calf", "tibia", "shank", "leg"),
    "ankle": ("ankle", "foot"),
}
COLLAR_WORDS = ("clavicle", "collar", "clav", "clavicula")
END_WORDS = ("end", "nub", "site", "tip", "effector")
"""Endings of the names of end sites, which are no joints."""
