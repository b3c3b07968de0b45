"""What a table is made of: a statement, its ends, steps and known slips."""

from collections.abc import Sequence
from dataclasses import dataclass

from derivations.evaluator.settings import Draw
from derivations.evaluator.values import agree, evaluate
from derivations.forms import Facts, Form
from derivations.reader.grammar import EQUAL
from derivations.reader.parsing import tree_of


@dataclass(frozen=True)
class Step:
    """A form that a right line must have; behind: only lines after one of that form count."""

    words: str
    form: Form
    behind: Form | None = None

    def met(self, lines: Sequence[Facts]) -> bool:
        """Whether the right lines, in order, show the step."""
        if self.behind is not None:
            places = [i for i, facts in enumerate(lines) if self.behind(facts)]
            lines = lines[places[0] + 1 :] if places else []
        return any(self.form(facts) for facts in lines)


@dataclass(frozen=True)
class Slip:
    """A wrong result that is common, as LaTeX, and a sentence that names the slip.

    form: which lines with this value it names, where several slips lead to one.
    """

    name: str
    latex: str
    sentence: str
    form: Form | None = None

    def fits(self, facts: Facts, sign: int = 1) -> bool:
        """Whether a wrong line shows it; sign: -1 where the whole is multiplied by that."""
        slipped = [sign * values for values in evaluate(tree_of(self.latex), facts.groups)]
        return agree(facts.values, slipped) and (self.form is None or self.form(facts))


@dataclass(frozen=True)
class Route:
    """One way to state what is to be derived, and how a line is recognised as a part of it.

    quantity: LaTeX with the value of every line; finish: the form of the start where a proof ends
    there (default: the same form), stricter where a line in the middle looks like a start.
    """

    quantity: str
    start: Form
    start_words: str
    end: Form
    end_words: str
    steps: tuple[Step, ...]
    slips: tuple[Slip, ...] = ()
    finish: Form | None = None


@dataclass(frozen=True)
class Derivation:
    """What is to be derived, and how a line is recognised as its start, its end, or a step.

    draw: draws the settings; quantity, closed: LaTeX with the value of the first and the last line;
    finish: as in a `Route`; across: the same statement with its terms brought to other sides, with
    as many steps as the first; then every statement may be multiplied by -1, too; relation: of the
    quantity to the closed form, EQUAL, AT_LEAST or AT_MOST.
    """

    name: str
    title: str
    draw: Draw
    quantity: str
    closed: str
    start: Form
    start_words: str
    end: Form
    end_words: str
    steps: tuple[Step, ...]
    slips: tuple[Slip, ...]
    finish: Form | None = None
    across: tuple[Route, ...] = ()
    relation: str = EQUAL

    @property
    def routes(self) -> tuple[Route, ...]:
        """All ways to state what is to be derived; the one that the exercise names comes first."""
        return (
            Route(
                self.quantity,
                self.start,
                self.start_words,
                self.end,
                self.end_words,
                self.steps,
                self.slips,
                self.finish,
            ),
            *self.across,
        )
