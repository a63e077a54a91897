"""Define the refusals that belong to HTTP itself rather than to a rule of the house."""

from collections.abc import Mapping, Sequence

from allsquare.core.errors import InvalidInput, NotFound


class MalformedJson(InvalidInput):
    """The body is not JSON in UTF-8, or nested too deeply to read."""

    code = "http.malformed_json"
    title = "The body is not JSON"


class MediaTypeUnsupported(InvalidInput):
    """The body says it is something else than JSON."""

    code = "http.unsupported_media_type"
    title = "The body must be JSON"


class BodyTooLarge(InvalidInput):
    """The body is larger than this route takes."""

    code = "http.too_large"
    title = "The body is too large"


class Unauthenticated(InvalidInput):
    """There is no token, or it is not one of ours."""

    code = "http.unauthenticated"
    title = "Who are you?"


class RouteNotFound(NotFound):
    """There is nothing at this path."""

    code = "http.not_found"
    title = "There is nothing here"


class MethodNotAllowed(InvalidInput):
    """The path is there, but does not take this method."""

    code = "http.method_not_allowed"
    title = "This method is not possible here"


class PreconditionRequired(InvalidInput):
    """An edit must say which version it was based on."""

    code = "http.precondition_required"
    title = "If-Match is missing"


class HeaderInvalid(InvalidInput):
    """A header cannot be read."""

    code = "http.header_invalid"
    title = "A header cannot be read"


class CursorInvalid(InvalidInput):
    """The cursor is not one this list gave out."""

    code = "page.cursor_invalid"
    title = "The cursor cannot be read"


class ValidationFailed(InvalidInput):
    """Fields are missing, unknown, or of the wrong shape."""

    code = "validation.failed"
    title = "The request has the wrong shape"

    def __init__(
        self,
        detail: str,
        *,
        field: str = "",
        expected: str = "",
        actual: str = "",
        broken: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Carry every broken rule, each with its field, code and message."""
        super().__init__(detail, field=field, expected=expected, actual=actual)
        self.broken = list(broken)
