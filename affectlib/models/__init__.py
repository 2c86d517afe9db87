"""Models on plain arrays: the two-encoder autoencoder, the CNN, and what trains them.

`affectlib.models.training.fit_autoencoder` and `affectlib.models.cnn.fit_cnn` are the two doors;
`affectlib.models.baselines` has the shallow models. Nothing is imported here, so that whoever
wants a baseline does not wait for torch.
"""
