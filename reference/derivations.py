"""Items whose answer is a derivation: their report lines, and mistakes made from their tables."""

from derivations import DERIVATIONS, check_derivation
from derivations.bounding import FAULTS
from derivations.reader.grammar import EQUAL

OPEN = (r"\int", r"\mathbb{E}", r"\Sigma")  # what a closed form does not hold
UNKNOWN_COMMAND = r"&= \mystery(x)"


def lines(student, draw, item):
    """A report line, with its share, for each thing the derivation must show."""
    text = student.text(item)
    verdict = check_derivation(item, text, draw.generator, hints=student.is_explained)
    if verdict.problem:
        yield student.holds(False, "can be read as a derivation", verdict.problem, core=True)
    for requirement in verdict.requirements:
        message = requirement.message
        if requirement is verdict.requirements[-1]:
            message = verdict.account or message
        yield student.holds(
            requirement.met, requirement.words, message, requirement.slip, share=requirement.share
        )


def mistakes(item, text, kept=None):
    """Wrong versions of a right derivation by their names, `<item>__<mistake>`.

    text: the right one, with rows that end in a line break of LaTeX; kept: how many rows one that
    stops early has (default: up to the last one with an integral, an expectation or a matrix).

    The slips and their sentences are those of the checker's tables, which students see too: here
    each stands as the last line of a derivation that is right so far.
    """
    table, rows = DERIVATIONS[item], text.strip().split("\\\\\n")
    made = {slip.name: _answer(_ending_in(rows, slip), slip.sentence) for slip in table.slips}
    made["jump"] = _answer(
        [rows[0].split("=")[0], f"&{table.relation} {_side(rows[-1])}"],
        "It jumps from the start to the end: write down the steps that lie between, a line each.",
    )
    if kept is None:
        kept = max(i for i, row in enumerate(rows[:-1], 1) if any(sign in row for sign in OPEN))
    made["stops_early"] = _answer(
        rows[:kept],
        "It stops before the closed form: something is still to be worked out.",
    )
    made["repaired"] = _answer(
        [rows[0], rf"&= 3 \left({_side(rows[1])}\right)" + "\n", *rows[1:]],
        "A line in the middle is wrong, though the next one is right again.",
    )
    made["unreadable"] = _answer(
        [rows[0], UNKNOWN_COMMAND + "\n", *rows[1:]],
        "A line cannot be read: write it another way.",
    )
    if table.relation != EQUAL:
        made |= _of_the_inequality(rows, table.relation)
    return {f"{item}__{name}": answer for name, answer in made.items()}


def _of_the_inequality(rows, relation):
    """The sign of the inequality turned, and an equality in its place."""
    place = next(i for i, row in enumerate(rows) if relation in row)
    before, row, after = rows[:place], rows[place], rows[place + 1 :]
    turned = {r"\ge": r"\le", r"\le": r"\ge"}[relation]
    signs = {"turned": turned, "equality": EQUAL}
    return {
        name: _answer([*before, row.replace(relation, sign), *after], FAULTS[name])
        for name, sign in signs.items()
    }


def _ending_in(rows, slip):
    return [*rows[:-1], f"&= {slip.latex}"]


def _side(row):
    """A row without what joins it to the one before."""
    return row.strip().removeprefix("&").removeprefix("=").strip()


def alternatives(item, texts):
    """Right derivations in other styles by their names, `<item>__<style>`."""
    made = {style: _answer([text], f"{style.replace('_', ' ')}.") for style, text in texts.items()}
    return {f"{item}__{style}": answer for style, answer in made.items()}


def _answer(rows, sentence):
    def answer():
        return "\\\\\n".join(rows)

    answer.__doc__ = sentence
    return answer
