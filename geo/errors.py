"""
What can go wrong in `geo`.

::

    GeoError (ValueError)
    ├── CrsError            a layer is not in the CRS that a computation needs
    ├── ReadError           a file cannot be read at all
    ├── InvalidLayerError   a layer breaks its contract; carries every fault
    ├── StartError          a start is off the network, or nothing can be reached from it
    └── BorderError         shapes cannot be cut, joined or changed as asked
    UnknownLayerError (LookupError)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.faults import Fault

FAULTS_TOLD = 20


class GeoError(ValueError):
    """Something given to `geo` breaks its contract."""


class CrsError(GeoError):
    """A layer is not in the CRS that a computation needs."""


class ReadError(GeoError):
    """A file cannot be read at all: unknown format, empty, broken, or too large."""


class StartError(GeoError):
    """A start lies off the network, or nothing can be reached from it."""


class BorderError(GeoError):
    """
    Shapes cannot be cut, joined or changed as asked.

    Parameters
    ----------
    code
        Short name of what stands in the way, such as `apart`.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class InvalidLayerError(GeoError):
    """
    A layer breaks its contract.

    Parameters
    ----------
    faults
        Every fault that was found, at least one.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        told = "\n".join(str(fault) for fault in self.faults[:FAULTS_TOLD])
        more = len(self.faults) - FAULTS_TOLD
        super().__init__(f"{told}\n… and {more} more faults" if more > 0 else told)


class UnknownLayerError(LookupError):
    """No layer has that name."""
