"""Release mechanisms, from everything to only the label, each with one privacy parameter.

`affectlib.privacy.releases.catalogue.all_releases` lists them; `release` defines what a release is and makes
one of a user's function. Nothing is imported here, so that a user's release does not wait for torch.
"""
