"""Unpacking a stranger's archive (zip, tar, tar.gz): nothing outside the folder, no links, no bombs. Pure."""

from annotations.imports.archives.kinds import Kind, kind_of, unpack
from annotations.imports.archives.rules import ArchiveLimits, ArchiveRefused

__all__ = ["ArchiveLimits", "ArchiveRefused", "Kind", "kind_of", "unpack"]
