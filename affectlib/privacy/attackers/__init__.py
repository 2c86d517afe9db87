"""Attackers on released walks: identification, verification, linkage to raw walks, gender."""

from affectlib.privacy.attackers.attribute import attack_attribute, attribute_table
from affectlib.privacy.attackers.classifiers import ATTACKERS
from affectlib.privacy.attackers.closed_set import attack_closed_set
from affectlib.privacy.attackers.linkage import attack_linkage, split_gallery
from affectlib.privacy.attackers.tables import closed_set_table, strongest, with_fitness
from affectlib.privacy.attackers.verification import (
    attack_verification,
    roc_table,
    verification_table,
    verify,
)

__all__ = [
    "ATTACKERS",
    "attack_attribute",
    "attack_closed_set",
    "attack_linkage",
    "attack_verification",
    "attribute_table",
    "closed_set_table",
    "roc_table",
    "split_gallery",
    "strongest",
    "verification_table",
    "verify",
    "with_fitness",
]
