"""Remember that the process was told to stop, for the moments in which an exception that says so may be lost."""

import signal
import threading
from types import FrameType

_told = threading.Event()


def end_cleanly() -> None:
    """Make SIGTERM what Ctrl-C is, so that whoever is last stops the embedded server."""

    # Every event loop takes care of Ctrl-C by cancelling its work. An exception of our own, raised in the middle of a
    # loop, was seen to be lost there, and with it the wish to end.
    def end(_number: int, _frame: FrameType | None) -> None:
        _told.set()
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    # A script's background job begins with Ctrl-C ignored, and what SIGTERM becomes would be ignored with it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def was_told_to_stop() -> bool:
    """Tell whether SIGTERM came, even where the cancellation that it became was swallowed on its way."""
    return _told.is_set()
