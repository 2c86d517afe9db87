"""What may be released of a walk, from everything to only its label, each with one parameter to turn.

`affectlib.privacy.releases.catalogue.all_releases` lists them; `release` says what a release is and
takes a user's own. Nothing is imported here, so that whoever brings a release does not wait for torch.
"""
