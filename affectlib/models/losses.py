"""The paper's losses (Section III, equations 2 to 4), and a supervised contrastive loss beside them.

Two slips of the paper are corrected here. Equation (3) compares the generated motions with the wrong
ground truths: ``D(E_A(x_ij), E_S(x_kl))`` has affect j and subject k, so its target is ``x_kj``, as in
equation (1). Equation (4) lacks the hinge that the text describes.

Masks are 1 where a motion's partner exists and 0 where its cell of the (subject, affect) grid is empty;
masked rows count neither in the sum nor in the number.
"""

from __future__ import annotations

import torch
from torch import nn


def masked_mean(values: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
    """Return the mean of the values, shape (batch,), where the mask is 1; 0 if it is 0 everywhere."""
    if mask is None:
        return values.mean()
    mask = mask.to(values.dtype)
    return (values * mask).sum() / mask.sum().clamp(min=1)


def squared_error(generated: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Return the mean squared error of each motion: from (batch, channels, phases) to (batch,)."""
    return (generated - target).square().mean(dim=(1, 2))


def reconstruction(reconstructed: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    r"""Return the reconstruction loss, equation (2), of motions of shape (batch, channels, phases).

    .. math:: L_{rec} = E_{x_{ij}} [ \| D(E_A(x_{ij}), E_S(x_{ij})) - x_{ij} \|^2 ]

    computed as the mean squared error of a batch, as the paper says below it.
    """
    return squared_error(reconstructed, x).mean()


def cross_reconstruction(
    generated_kj: torch.Tensor,
    x_kj: torch.Tensor,
    generated_il: torch.Tensor,
    x_il: torch.Tensor,
    *,
    mask_kj: torch.Tensor | None = None,
    mask_il: torch.Tensor | None = None,
) -> torch.Tensor:
    r"""Return the cross-reconstruction loss, equation (3) with corrected targets.

    .. math:: L_{cross} = E [ \| D(E_A(x_{ij}), E_S(x_{kl})) - x_{kj} \|^2 ]
                        + E [ \| D(E_A(x_{kl}), E_S(x_{ij})) - x_{il} \|^2 ]

    The paper prints ``x_il`` in the first term and ``x_kj`` in the second. Subjects are i and k,
    affects j and l; the first motion takes its affect from ``x_ij`` and its subject from ``x_kl``,
    so that it is subject k in affect j.

    Parameters
    ----------
    generated_kj : torch.Tensor
        ``D(E_A(x_ij), E_S(x_kl))``, shape (batch, channels, phases).
    x_kj : torch.Tensor
        A motion of subject k in affect j, same shape.
    generated_il : torch.Tensor
        ``D(E_A(x_kl), E_S(x_ij))``, same shape.
    x_il : torch.Tensor
        A motion of subject i in affect l, same shape.
    mask_kj, mask_il : torch.Tensor, optional
        1 where ``x_kj`` or ``x_il`` exists, shape (batch,).
    """
    return masked_mean(squared_error(generated_kj, x_kj), mask_kj) + masked_mean(
        squared_error(generated_il, x_il), mask_il
    )


def triplet(
    anchor: torch.Tensor,
    positive: torch.Tensor,
    negative: torch.Tensor,
    *,
    margin: float,
    mask: torch.Tensor | None = None,
) -> torch.Tensor:
    r"""Return the triplet loss of codes, equation (4) with the hinge that the text describes.

    .. math:: L_{trip} = E [ \max(0, \| e - e^+ \| - \| e - e^- \| + \alpha) ]

    For subject codes the positive is the same person in another affect, ``x_ij`` to the anchor
    ``x_il``, and the negative another person in the anchor's affect, ``x_kl``; for affect codes the
    positive is another person in the same affect, the negative the same person in another affect.
    Without the hinge the loss has no lower bound.

    Parameters
    ----------
    anchor, positive, negative : torch.Tensor
        Codes, shape (batch, features).
    margin : float
        The paper's alpha, in units of the code.
    mask : torch.Tensor, optional
        1 where both partners exist, shape (batch,).
    """
    near = torch.linalg.vector_norm(anchor - positive, dim=1)
    far = torch.linalg.vector_norm(anchor - negative, dim=1)
    return masked_mean(torch.relu(near - far + margin), mask)


def supervised_contrastive(codes: torch.Tensor, classes: torch.Tensor, *, temperature: float) -> torch.Tensor:
    r"""Return the supervised contrastive loss of codes; not in the paper.

    .. math:: E_i [ -\frac{1}{|P(i)|} \sum_{p \in P(i)} \log
              \frac{\exp(z_i z_p / \tau)}{\sum_{a \ne i} \exp(z_i z_a / \tau)} ]

    of Khosla et al. (2020), "Supervised Contrastive Learning", NeurIPS 33, equation 2, with unit vectors
    :math:`z` of the codes and all other codes of the same class as positives :math:`P(i)`. A triplet asks for
    an order of two distances; this draws all codes of a class to one place, of whichever subject.
    Codes without a positive do not count.

    Parameters
    ----------
    codes : torch.Tensor
        Shape (batch, features).
    classes : torch.Tensor
        Integers, shape (batch,).
    temperature : float
        :math:`\tau`. Lower values weigh the nearest codes of other classes more.
    """
    unit = nn.functional.normalize(codes, dim=1)
    itself = torch.eye(len(codes), dtype=torch.bool, device=codes.device)
    similarity = (unit @ unit.t() / temperature).masked_fill(itself, -torch.inf)
    log_share = similarity - similarity.logsumexp(dim=1, keepdim=True)
    positive = (classes[:, None] == classes) & ~itself
    number = positive.sum(dim=1)
    mean = torch.where(positive, log_share, 0.0).sum(dim=1) / number.clamp(min=1)
    return -masked_mean(mean, number > 0)
