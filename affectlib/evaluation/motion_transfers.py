"""What errors of transfers to held-out cells show: means, intervals and tests over subjects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from affectlib.evaluation.conclusions import SIGNIFICANT
from affectlib.evaluation.statistics import bootstrap_interval, holm, signed_rank

BLIND = "affect-blind mean"
"""The kind that all others are compared with: a subject's mean over its other labels."""

STILL = "pelvis"
"""The origin of every cycle, which has no error."""


def compare_transfers(errors: pd.DataFrame, *, seed: int = 0) -> pd.DataFrame:
    """Compare each kind of motion with the affect-blind mean, over subjects.

    Parameters
    ----------
    errors : pandas.DataFrame
        From `affectlib.stages.held_out_errors`.
    seed : int
        Seed of the bootstrap intervals.

    Returns
    -------
    pandas.DataFrame
        One row per target and kind: ``error_mm``, the mean over joints, then labels, then subjects, with its
        95 % interval ``low_mm`` to ``high_mm``; ``difference_mm`` to the affect-blind mean, negative if the
        kind is nearer to the target, with ``difference_low_mm`` to ``difference_high_mm``; ``p_holm`` of the
        signed-rank test, adjusted over the kinds of a target; the number of ``subjects``.
    """
    moving = errors[errors["joint"] != STILL].dropna(subset=["error_mm"])
    of_cells = moving.groupby(["target", "kind", "subject", "label"])["error_mm"].mean()
    by_subject = of_cells.groupby(["target", "kind", "subject"]).mean().unstack("kind")
    rows = [
        {"target": target, "kind": kind} | _compared(table[kind], table[BLIND], seed)
        for target, table in by_subject.groupby("target")
        for kind in table.mean().sort_values().index
    ]
    table = pd.DataFrame(rows)
    table["p_holm"] = table.groupby("target")["p_holm"].transform(lambda p: holm(p.to_numpy()))
    return table


def _compared(errors_mm: pd.Series, blind_mm: pd.Series, seed: int) -> dict[str, float]:
    both = errors_mm.notna() & blind_mm.notna()
    values, blind = errors_mm[both].to_numpy(), blind_mm[both].to_numpy()
    low, high = bootstrap_interval(values, seed=seed)
    row = {"error_mm": values.mean(), "low_mm": low, "high_mm": high}
    # The mean itself has no difference to be tested, and a single subject no test.
    if errors_mm.name == BLIND or len(values) < 2:
        test = dict.fromkeys(("difference_mm", "difference_low_mm", "difference_high_mm", "p_holm"), np.nan)
    else:
        found = signed_rank(values, blind, seed=seed)
        test = {"difference_mm": found.difference, "difference_low_mm": found.low}
        test |= {"difference_high_mm": found.high, "p_holm": found.p}
    return row | test | {"subjects": len(values)}


def transfer_conclusion(table: pd.DataFrame, *, target: str, kinds: tuple[str, ...]) -> str:
    """Return whether transfers are nearer to a target than the affect-blind mean, in words.

    Parameters
    ----------
    table : pandas.DataFrame
        From `compare_transfers`.
    kinds : tuple of str
        Kinds of transfer.
    """
    rows = table[table["target"] == target].set_index("kind")
    blind = rows["error_mm"].loc[[BLIND]].iloc[0]
    phrases = [f"{kind}: {_verdict(rows.loc[[kind]].iloc[0])}" for kind in kinds]
    return f"Distance to the {target} of held-out cells: {BLIND} {blind:.1f} mm; {'; '.join(phrases)}."


def _verdict(row: pd.Series) -> str:
    names = ("difference_mm", "difference_low_mm", "difference_high_mm")
    difference, low, high = (f"{row[name]:+.1f}" for name in names)
    nearer = "nearer than" if row["difference_mm"] < 0 else "further away than"
    relation = nearer if row["p_holm"] < SIGNIFICANT else "not shown to differ from"
    return f"{row['error_mm']:.1f} mm, {relation} the {BLIND} ({difference} mm [{low}, {high}])"
