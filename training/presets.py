"""A team's presets: settings of a run, kept under a name for the next ones."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from boxwright import limits
from boxwright.errors import Invalid
from boxwright.teams import audit
from boxwright.teams.models import Team, User
from training.engine import catalog
from training.engine.errors import ConfigError
from training.models import Preset
from training.queries import preset_in, presets_of

OF_A_RUN = ("model", "base")
"""Settings that each run chooses for itself."""
TAKEN = "the team has a preset of this name already"


def save_preset(*, team: Team, author: User, name: str, model: str, config: Mapping[str, Any]) -> Preset:
    """Keep what `config` has otherwise than the model. Raises Invalid naming `name`, `model` or `config`."""
    changes = _changes(model, config)
    try:
        with transaction.atomic():
            Team.objects.select_for_update().get(pk=team.pk)  # two who save at once are counted one after the other
            _expect_room(team)
            preset = Preset.objects.create(team=team, name=name, model=model, config=changes, created_by=author)
            audit.record(team, "saved preset", name, model=model)
            return preset
    except IntegrityError as error:
        raise Invalid("The preset can't be saved.", {"name": TAKEN}) from error


def rename_preset(preset: Preset, *, name: str) -> Preset:
    try:
        with transaction.atomic():
            if Preset.objects.filter(pk=preset.pk).update(name=name):
                audit.record(preset.team, "renamed preset", name, before=preset.name)
    except IntegrityError as error:
        raise Invalid("The preset can't be renamed.", {"name": TAKEN}) from error
    return preset_in(preset.team, preset.pk)


def delete_preset(preset: Preset) -> None:
    """Runs that were started with it keep their settings."""
    with transaction.atomic():
        if Preset.objects.filter(pk=preset.pk).delete()[0]:
            audit.record(preset.team, "deleted preset", preset.name)


def fault_in(preset: Preset) -> str:
    """Why a run can't be started with it any more, in one sentence; empty when it can."""
    try:
        catalog.complete_config({**preset.config, "model": preset.model})
    except ConfigError as error:
        return str(error)
    return ""


def _changes(model: str, config: Mapping[str, Any]) -> dict[str, Any]:
    try:
        info = catalog.model_info(model)
    except ConfigError as error:
        raise Invalid("There is no such model.", {"model": error.detail}) from error
    named = [name for name in OF_A_RUN if name in config]
    if named:
        raise Invalid("The settings are wrong.", {"config": f"{named[0]} is chosen with each run, not in a preset"})
    try:
        checked = catalog.complete_config({**config, "model": model}).to_dict()
    except (ConfigError, TypeError) as error:
        raise Invalid("The settings are wrong.", {"config": str(error)}) from error
    usual = info.default_config.to_dict()
    changes = {name: value for name, value in checked.items() if value != usual[name]}
    if not changes:
        raise Invalid("There is nothing to save.", {"config": "no setting differs from the model's default"})
    return changes


def _expect_room(team: Team) -> None:
    if presets_of(team).count() >= limits.PRESETS_A_TEAM:
        raise Invalid("Too many presets.", {"name": f"at most {limits.PRESETS_A_TEAM} a team: delete one first"})
