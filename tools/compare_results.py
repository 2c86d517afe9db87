"""Compare the tables of two runs: equal but for renamed files, columns and values, or what differs.

    .venv/bin/python tools/compare_results.py RUN_A RUN_B [--renamings tools/renamings.csv]

Prints one line for each file in ``results/`` and exits with 1 where any differs; ``timings.csv`` is not
compared. Pictures that differ are listed without that, since a changed word moves them too.
The renamings are a CSV file with the columns ``kind,file,old,new``. ``kind`` is ``file``,
``column`` or ``value`` (a whole cell); a ``stage`` occurs in ``timings.csv`` only. ``file`` limits the
renaming of a column or value to one table, by its new name without suffix; empty for all tables.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

RENAMINGS = Path(__file__).parent / "renamings.csv"
IGNORED = "timings"


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison and return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run_a", type=Path, metavar="RUN_A")
    parser.add_argument("run_b", type=Path, metavar="RUN_B")
    parser.add_argument("--renamings", type=Path, default=RENAMINGS, metavar="FILE")
    options = parser.parse_args(arguments)
    renamings = read_text(options.renamings)
    old = {renamed_file(name, renamings): table for name, table in tables(options.run_a).items()}
    new = tables(options.run_b)
    status = 0
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            differences = [f"only in {options.run_b if name in new else options.run_a}"]
        else:
            differences = compare(renamed(old[name], name, renamings), new[name])
        print(f"{name}: {'; '.join(differences) or 'equal'}")
        status = status or bool(differences)
    if pictures := changed_pictures(options.run_a, options.run_b):
        print(f"pictures that differ: {', '.join(pictures)}")
    if not old and not new:
        print("no tables in either run", file=sys.stderr)
    return int(status or not (old or new))


def tables(run: Path) -> dict[str, pd.DataFrame]:
    """Load all tables of a run as text, by path below ``results/`` without suffix."""
    files = {
        file.relative_to(run / "results").with_suffix("").as_posix(): file
        for file in (run / "results").rglob("*.csv")
    }
    return {name: read_text(file) for name, file in files.items() if name != IGNORED}


def changed_pictures(run_a: Path, run_b: Path) -> list[str]:
    """Return the names of figures that both runs have and that differ in any pixel or word."""
    shared = [
        file.name
        for file in sorted((run_a / "figures").glob("*.png"))
        if (run_b / "figures" / file.name).exists()
    ]
    return [
        name.removesuffix(".png")
        for name in shared
        if (run_a / "figures" / name).read_bytes() != (run_b / "figures" / name).read_bytes()
    ]


def read_text(file: Path) -> pd.DataFrame:
    """Load a CSV file with every cell as text."""
    return pd.read_csv(file, dtype=str, keep_default_na=False)


def renamed_file(name: str, renamings: pd.DataFrame) -> str:
    """Return the new name of a table."""
    files = renamings[renamings["kind"] == "file"]
    return dict(zip(files["old"], files["new"], strict=True)).get(name, name)


def renamed(table: pd.DataFrame, name: str, renamings: pd.DataFrame) -> pd.DataFrame:
    """Return an old table with new names of columns and values."""
    here = renamings[renamings["file"].isin(["", name])]
    columns, values = (
        dict(zip(rows["old"], rows["new"], strict=True))
        for rows in (here[here["kind"] == kind] for kind in ("column", "value"))
    )
    return table.rename(columns=columns).map(lambda cell: values.get(cell, cell))


def compare(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return what differs between two tables of text; empty where they are equal."""
    if old.equals(new):
        return []
    differences = []
    for which, first, second in (("first", old, new), ("second", new, old)):
        if missing := [column for column in first if column not in second]:
            differences.append(f"columns only in the {which}: {', '.join(missing)}")
    columns = [column for column in old if column in new]
    if columns != [column for column in new if column in old]:
        differences.append("columns in another order")
    old, new = old[columns], new[columns]
    names = [column for column in columns if not (_is_real(old[column]) and _is_real(new[column]))]
    if len(old) != len(new) or not old[names].equals(new[names]):
        keys = [_with_repeats(table[names]) for table in (old, new)]
        for which, key, other in (("first", *keys), ("second", *reversed(keys))):
            if only := [row for row in key if row not in set(other)]:
                example = ", ".join(cell for cell in only[0][:-1] if cell)
                differences.append(f"{len(only)} of {len(key)} rows only in the {which} ({example[:80]})")
        if len(differences) == 0 or "rows only" not in differences[-1]:
            differences.append("rows in another order")
        old, new = (
            table.set_index(pd.Index(key, tupleize_cols=False))
            for table, key in zip((old, new), keys, strict=True)
        )
        shared = [row for row in old.index if row in new.index]
        old, new = old.loc[shared], new.loc[shared]
    for column in columns:
        changed = old[column].to_numpy() != new[column].to_numpy()
        if changed.any():
            before, after = (pd.to_numeric(table[column]).to_numpy() for table in (old, new))
            differences.append(
                f"{column}: {changed.sum()} of {len(changed)} numbers, "
                f"largest difference {pd.Series(abs(after - before)).max():.3g}"
            )
    return differences


def _is_real(column: pd.Series) -> bool:
    """Return whether a column holds numbers that are not all whole: results, and not names of rows."""
    numbers = pd.to_numeric(column, errors="coerce")
    return bool((numbers.notna() | (column == "")).all() and (numbers.dropna() % 1 != 0).any())


def _with_repeats(names: pd.DataFrame) -> list[tuple]:
    """Return each row's names and how many equal rows precede it."""
    repeats = names.groupby(list(names)).cumcount() if len(names.columns) else pd.Series(range(len(names)))
    return [(*row, repeat) for row, repeat in zip(names.itertuples(index=False), repeats, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
