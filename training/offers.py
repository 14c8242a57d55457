"""The catalogues as this installation can offer them."""

from typing import Any

from boxwright.errors import Unavailable
from boxwright.storage import store
from training.engine import catalog
from training.work import inputs


def models() -> list[dict[str, Any]]:
    return [
        {
            "name": info.name,
            "title": info.title,
            "task": info.task,
            "image_size": info.image_size,
            "summary": f"{info.image_size} px, base weights from {info.weights_from}",
            "default_config": info.default_config.to_dict(),
            "weights_available": weights_available(info.name),
            "licence": info.licence,
        }
        for info in catalog.MODELS.values()
    ]


def weights_available(model: str) -> bool:
    """Whether a run can start without a download: the weights lie on this machine or in the store."""
    if inputs.has_local_weights(model):
        return True
    try:
        return bool(inputs.stored_weights(store(), model))
    except Unavailable:
        return False
