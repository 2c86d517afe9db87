"""Widgets: each lets a person explore results that exist; nothing is computed in here."""

from affectlib.widgets.player import Player, player, player_html

__all__ = ["Player", "player", "player_html"]
