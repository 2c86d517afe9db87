"""Attackers on what is released of a walk: who, the same again, which gender."""

from affectlib.evaluation.attackers.classifiers import ATTACKERS, Attacker, Enrolment, FittedAttacker
from affectlib.evaluation.attackers.closed import attack_closed
from affectlib.evaluation.attackers.tables import closed_table, strongest, with_fitness

__all__ = [
    "ATTACKERS",
    "Attacker",
    "Enrolment",
    "FittedAttacker",
    "attack_closed",
    "closed_table",
    "strongest",
    "with_fitness",
]
