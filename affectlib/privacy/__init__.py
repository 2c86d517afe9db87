"""Release mechanisms, attackers, and the trade-off between privacy and utility."""
