"""From a checkpoint to artifacts: one module a target, each with an `EXPORTER`."""
