"""
What can go wrong with a project file.

::

    StoreError (RuntimeError)
    ├── ProjectMissingError   there is no file of that name
    ├── ProjectExistsError    there is one already
    ├── NotAProjectError      the file is no GeoPackage, or not one of ours
    ├── NewerProjectError     a later version of this program wrote it
    ├── ProjectBusyError      somebody else is writing to it
    ├── ProjectClosedError    this program has closed it
    └── BrokenProjectError    the file is damaged, or the disk refuses it
"""

from __future__ import annotations


class StoreError(RuntimeError):
    """A project file cannot be used as asked."""


class ProjectMissingError(StoreError):
    """There is no file of that name."""


class ProjectExistsError(StoreError):
    """A file of that name is there already."""


class NotAProjectError(StoreError):
    """The file is no GeoPackage, or not one of ours."""


class NewerProjectError(StoreError):
    """A later version of this program wrote the file."""


class ProjectBusyError(StoreError):
    """Somebody else is writing to the file."""


class ProjectClosedError(StoreError):
    """The project has been closed by this program."""


class BrokenProjectError(StoreError):
    """The file is damaged, or the disk refuses to read or write it."""
