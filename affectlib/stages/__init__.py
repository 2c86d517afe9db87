"""Results of a study, stage by stage, computed once and read from disk afterwards.

A stage is a function of a `Study` or an `Experiment`. It names what its result depends on (``inputs`` with
its ``VERSION``), the rooms whose code computes it (``ROOMS``), and how to write it into an empty folder
(``write``), and passes these to `Store.keep`, which finds, resumes, checks and times results.
"""

import lazy_loader

# The names are in __init__.pyi and imported on first use: checking a library needs neither torch nor
# scikit-learn, which take seconds to import in each notebook.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
