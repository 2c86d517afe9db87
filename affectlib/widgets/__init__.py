"""Widgets to explore results that exist."""

from affectlib.widgets.player import Player, player, player_html

__all__ = ["Player", "player", "player_html"]
