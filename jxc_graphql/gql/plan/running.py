"""One execution: what all of its levels share."""

from graphql.execution.values import VariableValues

from jxc_graphql.gql.plan.problems import FieldError
from jxc_graphql.gql.plan.sql import Dialect
from jxc_graphql.kit.call import Call
from jxc_graphql.kit.errors import DomainError


class Run:
    """One execution: who asks, with which variables, and whether something went wrong."""

    def __init__(
        self, call: Call, dialect: Dialect, variables: VariableValues, noted: list[Exception] | None = None
    ) -> None:
        self.call = call
        self.dialect = dialect
        self.variables = variables
        self._noted = [] if noted is None else noted

    def fail(self, error: Exception) -> Exception:
        """Notes that something went wrong; the error takes the place of the value."""
        if isinstance(error, DomainError | FieldError):
            error.__traceback__ = None  # a plan's refusals live long and would collect frames
        self._noted.append(error)
        return error

    @property
    def flawed(self) -> bool:
        """Whether the answer has an error in it."""
        return bool(self._noted)

    def for_call(self, call: Call) -> "Run":
        """The same execution on behalf of another caller."""
        return Run(call, self.dialect, self.variables, self._noted)
