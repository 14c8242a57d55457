"""What can go wrong through no fault of the code: one class a meaning, each with a code and one clear sentence."""


class EngineError(Exception):
    """A failure that the user can read and act on. `code` is for programs, `detail` is one sentence for people."""

    code = "engine_error"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class ConfigError(EngineError):
    """A setting of the run is unknown or out of its range."""

    code = "bad_config"


class DataError(EngineError):
    """The run folder holds nothing to learn from, or an image in it can't be read."""

    code = "bad_data"


class WeightsError(EngineError):
    """The base weights are neither on this machine nor to be downloaded."""

    code = "weights_unavailable"


class BaseFileError(WeightsError):
    """The file that somebody brought is damaged, or of another model."""

    code = "bad_base"


class CheckpointError(EngineError):
    """A checkpoint is damaged, or was made for another task or model."""

    code = "bad_checkpoint"


class DivergedError(EngineError):
    """The loss is no longer a number: the learning rate is too high for this data."""

    code = "diverged"


class TargetError(EngineError):
    """The export target or its quantization does not exist, or does not fit the model."""

    code = "bad_target"


class ParityError(EngineError):
    """An artifact answers differently from the checkpoint that it was made of."""

    code = "parity"


class DiskFullError(EngineError):
    """No room is left where the run writes."""

    code = "disk_full"


class NoMemoryError(EngineError):
    """Not even the smallest batch fits into memory."""

    code = "out_of_memory"
