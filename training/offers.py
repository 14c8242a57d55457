"""The catalogues as this installation can offer them."""

from typing import Any

from training import base_weights
from training.engine import catalog


def models() -> list[dict[str, Any]]:
    available = base_weights.available_models()
    return [
        {
            "name": info.name,
            "title": info.title,
            "task": info.task,
            "image_size": info.image_size,
            "summary": f"{info.image_size} px, base weights from {info.weights.trained_on}",
            "default_config": info.default_config.to_dict(),
            "weights_available": info.name in available,
            "licence": info.licence,
        }
        for info in catalog.MODELS.values()
    ]
