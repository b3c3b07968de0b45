"""What a student's values are compared with: the reference, and known mistakes in its place."""

from typing import Any

from grader.course import banks, outline
from grader.judging import fitting
from grader.running.session import InProcess

REFERENCE_SECONDS = 120.0


class Local:
    """The replies of the reference and of an item's known mistakes, which run in this process."""

    def __init__(self, bank: banks.Bank, item: outline.Item):
        self._bank, self._item = bank, item
        known = banks.named_by_item(bank.mistakes, item.name)
        found = {name: banks.constant_of(mistake) for name, mistake in known.items()}
        self.mistakes = tuple(known)
        self.constants = {name: constant for name, constant in found.items() if constant}
        self.has_several_functions = len(item.answers) > 1

    def ask(self, request: dict[str, Any], mistake: str | None = None) -> dict[str, Any]:
        """The reply to a request, of the reference or of a mistake in its place, by its id.

        The id may give the mistake's constant a value (see `fitting.with_value`).
        """
        namespace = vars(self._bank.reference)
        if mistake is not None:
            namespace = namespace | self._in_place(mistake)
        return InProcess(namespace).ask(request, REFERENCE_SECONDS)

    def _in_place(self, mistake: str) -> dict[str, Any]:
        mistake, value = fitting.split(mistake)
        function = banks.named_by_item(self._bank.mistakes, self._item.name)[mistake]
        if value is not None:
            function = banks.with_constant(function, value)
        answer = self._item.replaced_by(mistake)
        return {answer: banks.in_place_of(answer, function, self._bank.reference)}
