"""How sheet 6's functions and layers are judged where a student wrote something unusual."""

import textwrap

import pytest

from grader.course import outline
from grader.grading.check_files import check_file
from grader.judging.judge import judge_item
from grader.running.session import InProcess

SHEET = "sheet6_flow"


def judged(source, *items):
    """The reports on some items of the solution, with a student's definitions after it."""
    namespace = {"__name__": "student"}
    exec(outline.solution_source(SHEET), namespace)
    exec(textwrap.dedent(source), namespace)
    session, known = InProcess(namespace), outline.items(SHEET)
    return {item: judge_item(session, SHEET, known[item], 11) for item in items}


def mistakes(report):
    """The mistakes that a report names."""
    return {line.mistake for line in report.failed_lines} - {None}


def coupling(forward, inverse, outputs="self.net(x * self.mask)"):
    """A student's layer from three expressions, in x (or z), s, t and the mask."""
    return f"""
        class AffineCoupling(nn.Module):
            def __init__(self, net, mask):
                super().__init__()
                self.net, self.mask = net, mask

            def forward(self, x):
                s, t = {outputs}
                s, t = s * (1 - self.mask), t * (1 - self.mask)
                return {forward}

            def inverse(self, z):
                x = z
                s, t = {outputs}
                s, t = s * (1 - self.mask), t * (1 - self.mask)
                return {inverse}
        """


THERE, BACK = "x * s.exp() + t, s.sum(1)", "(z - t) * (-s).exp(), -s.sum(1)"


def test_the_layer_of_the_formula_is_right():
    assert judged(coupling(THERE, BACK), "AffineCoupling")["AffineCoupling"].passed


@pytest.mark.parametrize(
    ("log_det", "mistake"),
    [
        ("torch.zeros(len(z)).to(z)", "inverse_log_det_zero"),
        ("0 * s.sum(1)", "inverse_log_det_zero"),
        ("s.sum(1)", "inverse_log_det_unchanged"),
        ("0.0", None),
        ("0", None),
        ("-s.sum()", None),
        ("-s.sum(1).abs()", None),
        ("1 / s.sum(1)", None),
        ("(-s).exp().sum(1)", None),
        ("-s.mean(1)", None),
        ("-s.sum(1).detach()", None),
        ("-self.net(z)[0].sum(1)", None),
        ("-(s * self.mask).sum(1)", None),
        ("-s.sum(1)[:1].expand(len(z))", None),
        ("torch.tensor([-float(row.sum()) for row in s])", None),
    ],
)
def test_no_wrong_log_determinant_of_the_inverse_passes(log_det, mistake):
    wrong = coupling(THERE, f"(z - t) * (-s).exp(), {log_det}")
    report = judged(wrong, "AffineCoupling")["AffineCoupling"]
    assert not report.passed and not report.trouble
    if mistake is not None:
        assert report.score == 0 and mistakes(report) == {mistake}


def test_the_shift_before_the_scaling_gets_a_message_of_its_own():
    report = judged(
        coupling("s.exp() * (x + t), s.sum(1)", "z * (-s).exp() - t, -s.sum(1)"), "AffineCoupling"
    )["AffineCoupling"]
    assert report.score == 0 and mistakes(report) == {"shift_before_scale"}
    assert "exp(s)·(x + t)" in report.failed_lines[0].message


def test_the_layer_of_another_paper_is_not_the_formula():
    squashed = coupling(THERE, BACK, outputs="(lambda s, t: (s.tanh(), t))(*self.net(x*self.mask))")
    report = judged(squashed, "AffineCoupling")["AffineCoupling"]
    assert report.score == 0 and mistakes(report) == {"squashed"}


def test_a_wrong_layer_costs_the_flow_nothing():
    wrong = coupling("x + t, s.sum()", "z, None")
    reports = judged(wrong, "AffineCoupling", "Flow")
    assert [report.passed for report in reports.values()] == [False, True]


@pytest.mark.parametrize(
    "helper",
    [
        "def standard_normal_log_prob(z):\n    return -0.5 * (z**2).sum(-1)\n",
        "def standard_normal_log_prob(z):\n    raise NotImplementedError\n",
        "def standard_normal_log_prob(z):\n    return 0.0\n",
        "def standard_normal_log_prob(z):\n    return z.mul_(z).sum(-1)\n",
        "def standard_normal_log_prob(z):\n    return -0.5 * (z.detach()**2 + 1.8378771).sum(-1)\n",
        "standard_normal_log_prob = None\n",
        "del standard_normal_log_prob\n",
    ],
)
def test_a_wrong_base_density_costs_the_flow_nothing(helper):
    reports = judged(helper, "standard_normal_log_prob", "Flow")
    assert [report.passed for report in reports.values()] == [False, True]


def test_a_flow_that_undoes_what_the_base_density_did_is_right():
    pair = """
        def standard_normal_log_prob(z):
            return -0.5 * (z**2 + math.log(2 * math.pi))

        class Flow(Flow):
            def log_prob(self, x):
                z, log_det = self(x)
                return standard_normal_log_prob(z).sum(-1) + log_det
        """
    reports = judged(pair, "standard_normal_log_prob", "Flow")
    assert [report.passed for report in reports.values()] == [False, True]


def test_a_decorated_method_finds_what_stands_in_for_the_base_density():
    pair = """
        def standard_normal_log_prob(z):
            return -0.5 * (z**2).sum(-1)

        class Flow(Flow):
            @torch.enable_grad()
            def log_prob(self, x):
                z, log_det = self(x)
                return standard_normal_log_prob(z) + log_det
        """
    assert judged(pair, "Flow")["Flow"].passed


def test_what_stood_in_for_the_base_density_is_gone_afterwards():
    for source in ("del standard_normal_log_prob", "standard_normal_log_prob = 3"):
        namespace = {"__name__": "student"}
        exec(f"{outline.solution_source(SHEET)}\n{source}\n", namespace)
        before = namespace.get("standard_normal_log_prob")
        judge_item(InProcess(namespace), SHEET, outline.items(SHEET)["Flow"], 3)
        assert namespace.get("standard_normal_log_prob") is before


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ("def sample(self, z):\n    return self.inverse(torch.randn_like(z))[0]", "sample_draws"),
        (
            "def __init__(self, layers):\n    nn.Module.__init__(self)\n    self.layers = layers",
            "not_registered",
        ),
    ],
)
def test_a_flow_that_draws_or_hides_its_layers_is_told_so(body, mistake):
    source = "class Flow(Flow):\n" + textwrap.indent(body, "    ")
    report = judged(source, "Flow")["Flow"]
    assert report.score == 0 and mistake in mistakes(report)


STUB = """
    class {name}(nn.Module):
        def __init__(self, *args):
            super().__init__()
            {init}

        def forward(self, x):
            raise NotImplementedError("not written yet: your code goes here")
    """


@pytest.mark.parametrize("name", ["AffineCoupling", "Flow"])
@pytest.mark.parametrize(
    ("source", "words"),
    [
        (STUB.format(name="NAME", init="raise NotImplementedError()"), "Not written yet"),
        (STUB.format(name="NAME", init="self.parts = args"), "Not written yet"),
        ("class NAME(nn.Module):\n    pass\n", "positional argument"),
        ("class NAME:\n    def __init__(self, *args):\n        pass\n", "an nn.Module is expected"),
        ("NAME = 3\n", "'int' object is not callable"),
        ("del NAME\n", "There is no NAME"),
    ],
)
def test_a_class_that_is_none_is_told_so(name, source, words):
    report = judged(source.replace("NAME", name), name)[name]
    assert report.score == 0 and not report.trouble
    asked = words.replace("NAME", name)
    assert any(asked in line.message for line in report.failed_lines), report.failed_lines


@pytest.mark.parametrize(
    "returned", ["None", "x", "(x,)", "(x, None)", "(x, 'a')", "(None, x)", "object()", "(x, x, x)"]
)
@pytest.mark.parametrize("name", ["AffineCoupling", "Flow"])
def test_a_layer_may_return_anything_without_trouble(name, returned):
    source = f"""
        class {name}({name}):
            def forward(self, x):
                return {returned}

            def inverse(self, x):
                return {returned}

            def log_prob(self, x):
                return {returned}

            def sample(self, x):
                return {returned}
        """
    report = judged(source, name)[name]
    assert report.score == 0 and not report.trouble


@pytest.mark.parametrize(
    ("item", "source", "mistake"),
    [
        (
            "change_of_variables",
            "def log_prob_of_transformed(x, log_prob_z, inverse, log_abs_det_inverse):\n"
            "    return log_prob_z(inverse(x)) - log_abs_det_inverse(x)\n",
            "subtracted",
        ),
        (
            "dequantize",
            "def dequantize(x_int, u, levels=256):\n"
            "    y = (x_int + u) / levels\n"
            "    return y, torch.full((len(y),), -math.log(levels))\n",
            "log_det_once",
        ),
        (
            "to_logit",
            "def from_logit(z, alpha):\n"
            "    y = (torch.sigmoid(z) - alpha) / (1 - 2 * alpha)\n"
            "    return y, torch.zeros(len(z))\n",
            "from_logit__log_det_zero",
        ),
        (
            "to_logit",
            "def to_logit(y, alpha):\n"
            "    z = torch.logit(y.clamp(alpha, 1 - alpha))\n"
            "    p = torch.sigmoid(z)\n"
            "    return z, (-torch.log(p) - torch.log(1 - p)).sum(1)\n",
            "clamped",
        ),
        (
            "log_prob_of_images",
            "def log_prob_of_images(flow, x_int, u, alpha, levels=256):\n"
            "    y, _ = dequantize(x_int, u, levels)\n"
            "    logits, to_line = to_logit(y, alpha)\n"
            "    return flow.log_prob(logits) + to_line\n",
            "no_log_det_of_dequantize",
        ),
        (
            "bits_per_dim",
            "def bits_per_dim(log_prob, n_dims):\n    return -log_prob / n_dims\n",
            "nats",
        ),
    ],
)
def test_a_usual_mistake_is_named(item, source, mistake):
    report = judged(source, item)[item]
    assert report.score == 0 and mistakes(report) == {mistake}


def test_a_wrong_piece_does_not_cost_the_points_of_the_chain():
    source = """
        def dequantize(x_int, u, levels=256):
            y = (x_int + u) / levels
            return y, torch.zeros(len(y))
        """
    reports = judged(source, "dequantize", "log_prob_of_images")
    assert reports["dequantize"].score == 0 and reports["log_prob_of_images"].passed


def test_an_overflow_of_uint8_costs_its_line_alone():
    source = """
        def dequantize(x_int, u, levels=256):
            y = ((x_int + 1) + (u - 1)) / levels
            return y, y.new_full((len(y),), -y.shape[1] * math.log(levels))
        """
    report = judged(source, "dequantize")["dequantize"]
    assert 0 < report.score < report.points and mistakes(report) == {"overflow"}
    assert all("uint8" in line.what or "784" in line.what for line in report.failed_lines)


def test_two_mistakes_at_once_are_told_apart():
    source = """
        def from_logit(z, alpha):
            return torch.sigmoid(z), -torch.nn.functional.softplus(z).sum(1)

        def bits_per_dim(log_prob, n_dims):
            return log_prob / (n_dims * math.log(2))
        """
    reports = judged(source, "to_logit", "bits_per_dim")
    assert [report.score for report in reports.values()] == [0, 0]
    assert all("from_logit" in line.what for line in reports["to_logit"].failed_lines)
    assert mistakes(reports["bits_per_dim"]) == {"sign"}


def test_modules_are_judged_in_a_process_of_their_own(tmp_path):
    file = tmp_path / "student.py"
    solution = outline.solution_source(SHEET)
    file.write_text(solution.replace("def from_logit(z, alpha):", "def from_logit(z, alpha:"))
    reports = {report.item: report for report in check_file(file, SHEET, "a secret")}
    assert [item for item, report in reports.items() if not report.passed] == ["to_logit"]
    assert "Its definition fails with SyntaxError" in reports["to_logit"].failed_lines[0].message
