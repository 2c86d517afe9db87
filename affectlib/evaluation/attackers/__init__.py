"""Attackers on what is released of a walk: who, the same again, whose recording, which gender."""

from affectlib.evaluation.attackers.attribute import attack_attribute, attribute_table
from affectlib.evaluation.attackers.classifiers import ATTACKERS
from affectlib.evaluation.attackers.closed import attack_closed
from affectlib.evaluation.attackers.enrolment import Attacker, Enrolment, FittedAttacker
from affectlib.evaluation.attackers.linkage import attack_link, gallery_and_probes
from affectlib.evaluation.attackers.tables import closed_table, strongest, with_fitness
from affectlib.evaluation.attackers.verification import attack_open, open_table, roc_table, verify

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
