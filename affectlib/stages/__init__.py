"""What a study computes, stage by stage, each kept on disk and made once.

A stage is one function of a `Study`: it names what its result depends on (`inputs`), the rooms
whose code makes it (`code`), and how to write it into an empty folder (`write`), and hands these
to `Store.keep`. Everything else (finding, resuming, damage, timing) is the store's.
"""

import lazy_loader

# What there is stands in __init__.pyi. It is imported when first asked for: looking through a library
# needs neither torch nor scikit-learn, which take seconds to import in each notebook.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
