"""Attackers on what is released of a walk: who, the same again, whose recording, which gender."""

from affectlib.privacy.attackers.attribute import attack_attribute, attribute_table
from affectlib.privacy.attackers.classifiers import ATTACKERS
from affectlib.privacy.attackers.closed import attack_closed
from affectlib.privacy.attackers.enrolment import Attacker, Enrolment, FittedAttacker
from affectlib.privacy.attackers.linkage import attack_link, gallery_and_probes
from affectlib.privacy.attackers.tables import closed_table, strongest, with_fitness
from affectlib.privacy.attackers.verification import attack_open, open_table, roc_table, verify

__all__ = [
    "ATTACKERS",
    "Attacker",
    "Enrolment",
    "FittedAttacker",
    "attack_attribute",
    "attack_closed",
    "attack_link",
    "attack_open",
    "attribute_table",
    "closed_table",
    "gallery_and_probes",
    "open_table",
    "roc_table",
    "strongest",
    "verify",
    "with_fitness",
]
