"""From a checkpoint to artifacts: one module a target, each with the `export` that `targets.TARGETS` names."""
