"""Exceptions of students' code: what happened in plain words, and whether two are the same.

Python's and the libraries' own messages say little to who reads them for the first time. One table
says what each common kind means and what to do. A sentence is about the message alone, so that it
is true wherever the exception came from.
"""

import re
from collections import Counter
from functools import cache

Reply = dict

_YES_OR_NO = (
    "A whole array stands where one yes or no is needed (if, while, and, or, not, in, max, "
    "0 < x < 1): decide for each of its numbers with where(), &, | or a mask."
)
_ONE_NUMBER = (
    "float(), int(), item() and the functions of math take a single number, and get an array or "
    "a tensor here: the array library's own function of that name takes each of its numbers."
)
_NOT_CALLABLE = (
    "What stands before round brackets is no function: an operator such as * may be missing, "
    "an index needs square brackets, or the name stands for another thing than meant."
)
_NONE = (
    "None stands where a value is needed: a function without a return statement gives None, "
    "and so do methods that change a list, such as append and sort."
)
_BROADCAST = (
    "The shapes of two arrays do not fit. From the last axis backwards, two sizes have to be equal "
    "or one of them 1: look at both shapes, and keep or add an axis (keepdims=True, [:, None])."
)
_MATRIX = (
    "In a matrix product the first has to have as many columns as the second has rows: "
    "look at both shapes, at the order, and at whether one has to be transposed."
)
_DTYPES = (
    "Two tensors of different number types meet, such as float32 and float64: "
    "make what you create yourself with dtype=x.dtype, or turn one into the type of the other."
)
_APPEND = "append takes one value: put several into brackets of their own, or use extend."
_PLAIN = (
    "Lists and tuples do not calculate with each of their numbers: "
    "make an array or a tensor of them first, or take out the one value that is meant."
)
_NO_ARRAY = "A {} is no array and has no {}: make an array or a tensor of it first."
_FIXED_SIZE = (
    "An array does not grow: collect values in a list, and make one array of it at the end."
)
_INIT = "The first line of __init__ has to be super().__init__()."
_NO_NAME = "{} has no {}: compare the spelling with the library's documentation."
_NO_METHOD = (
    "A value of the type {} has no {}: look up what its own library calls that, "
    "and whether this is the value that is meant."
)
_UNBOUND = (
    "{} gets its value inside the function and had none yet where it was used: "
    "its line may come later, or stand in a branch or a loop that did not run."
)
_UNDEFINED = (
    "{} has no value here: look at the spelling, and at whether an argument, an import or "
    "an earlier line should give it one."
)
_CALL = "A call does not fit what the function takes: compare the arguments, one by one."
_UNPACK = "There are not as many names on the left as values on the right."
_ITERATE = (
    "A single number stands where several values are needed (a loop, list(), sum(), zip(), "
    "several names before =): range(n) counts, and a shape says whether an array has an axis."
)
_NO_AXIS = "A single number has no length and no index: look at the shape of what you index."
_MANY_INDICES = "There are more indices than axes: look at the shape."
_OUTSIDE = (
    "An index lies outside. Indices begin at 0, so that the last one is the size less 1: "
    "look at the shape, and at which axis is which."
)
_INDEX = "An index has to be a whole number, a slice, or an array of these or of True and False."
_AXES = (
    "There is no such axis. Axes are counted from 0; axis -1 is the last one, however many "
    "there are."
)
_WHOLE = "A whole number is needed here: // divides without a remainder, int() cuts decimals off."
_ONE_INDEX = (
    "An index, a count or an axis has to be one whole number and is an array here; "
    "np.concatenate takes its arrays in one list."
)
_SEQUENCE = "Several arrays, sizes or axes have to stand together in one list or tuple."
_RESHAPE = "A new shape has to hold as many numbers as the old one: its sizes, multiplied."
_JOIN = "Arrays are joined along one axis only, and in all others have to be of the same size."
_NO_JOIN = "Single numbers have no axis to be joined along: np.stack makes one."
_TENSOR = "Functions of torch take tensors here: torch.as_tensor(value) makes one."
_NUMPY = "NumPy passes no gradient on: use torch's function of that name."
_CUT = (
    "No gradient leads back from here: detach(), item(), numpy(), no_grad() and a new "
    "torch.tensor(…) of values cut the way, and plain data have none."
)
_IN_PLACE = (
    "A tensor that takes part in gradients is changed in place (+=, x[…] = …, a method that ends "
    "in _): compute a new one, x = x + …"
)
_CONSTANT = "A value of this kind cannot be changed once it is made: compute a new one."
_RAGGED = "Rows of different lengths make no array: look at the shape of each of them."
_ONE_PLACE = "One place of an array holds one number, and gets several here."
_SQUARE = "A square matrix is needed, or a batch of them on the last two axes: look at the shape."
_SINGULAR = "The matrix has no inverse: look at how it is built."
_DEFINITE = (
    "Only a symmetric matrix with positive eigenvalues has a Cholesky factor: "
    "look at how the matrix is built."
)
_ZERO = "A plain number is divided by 0: that case needs an answer of its own."
_DOMAIN = "A function of math gets a number outside its domain, such as log of 0 or sqrt of -1."
_RANGE = "The result is too large for a number: stay with logarithms as long as possible."
_RECURSION = (
    "A function calls itself too many times, directly or through another: "
    "its own name may stand where a library's function is meant."
)
_BITS = (
    "&, | and ~ are for True and False, and come before comparisons: "
    "put each comparison into brackets, (a > 0) & (b > 0)."
)
_BOOLEANS = "Arrays of True and False are not subtracted: turn them into numbers first, or use ~."

_LISTS = "'(?:list|tuple)'"
_NUMBER = r"'?(?:float|int|bool|complex|numpy\.(?!ndarray)\w+)'?"
_FIXED = r"'(?:float|int|str|tuple|numpy\.(?!ndarray)\w+|(?:\w+\.)*EagerTensor)'"
_OF_ARRAYS = "shape|dtype|ndim|size|sum|mean|std|var|min|max|exp|log|dot|reshape|astype|T"

# The class of the exception or one of its bases (empty: any), what its message holds, the sentence.
# {} stands for what the groups of the pattern caught. The first row that fits counts.
TABLE = (
    ("", r"truth value of an array with more than one|Tensor with more than one value", _YES_OR_NO),
    ("", r"^Using a symbolic `?tf\.Tensor`? as a Python `?bool`?", _YES_OR_NO),
    ("", r"^only (?:0-dimensional|length-1|size-1) arrays can be converted", _ONE_NUMBER),
    ("", r"^only one element tensors can be converted", _ONE_NUMBER),
    ("", r"with \d+ elements cannot be converted to Scalar", _ONE_NUMBER),
    ("", r"^can only convert an array of size 1", _ONE_NUMBER),
    ("TypeError", r"'NoneType'|(?:of type|not|non-iterable) NoneType", _NONE),
    ("TypeError", r"^'.*' object is not callable", _NOT_CALLABLE),
    ("AttributeError", r"^'NoneType' object", _NONE),
    ("ValueError", r"^Attempt to convert a value \(None\)", _NONE),
    ("ValueError", r"^operands could not be broadcast together", _BROADCAST),
    ("RuntimeError", r"^The size of tensor a \(\d+\) must match", _BROADCAST),
    ("", r"\bIncompatible shapes: |required broadcastable shapes", _BROADCAST),
    ("ValueError", r"^could not broadcast input array", _BROADCAST),
    ("RuntimeError", r"^The expanded size of the tensor", _BROADCAST),
    ("ValueError", r"^matmul: Input operand \d+ has a mismatch", _MATRIX),
    ("ValueError", r"^shapes \(.*\) and \(.*\) not aligned", _MATRIX),
    ("RuntimeError", r"shapes cannot be multiplied|^size mismatch, got input", _MATRIX),
    ("", r"\bMatrix size-incompatible: ", _MATRIX),
    ("RuntimeError", r"have the same dtype|^expected scalar type \w+ but found", _DTYPES),
    ("", r"was expected to be a \w+ tensor but is a \w+ tensor", _DTYPES),
    ("ValueError", r"^Tensor conversion requested dtype \w+ for Tensor with dtype", _DTYPES),
    ("TypeError", r"^list\.append\(\) takes exactly one argument", _APPEND),
    ("TypeError", rf"^unsupported operand .*: (?:{_LISTS}|.* and {_LISTS})", _PLAIN),
    ("TypeError", r"^can't multiply sequence by non-int", _PLAIN),
    ("TypeError", rf"^bad operand type for .*: {_LISTS}", _PLAIN),
    ("TypeError", r"^can only concatenate (?:list|tuple) ", _PLAIN),
    ("AttributeError", rf"^'(list|tuple)' object has no attribute '({_OF_ARRAYS})'", _NO_ARRAY),
    ("AttributeError", r"ndarray' object has no attribute 'append'", _FIXED_SIZE),
    ("AttributeError", r"^cannot assign \w+ before Module\.__init__", _INIT),
    ("AttributeError", r"^module '([\w.]+)' has no attribute '(\w+)'", _NO_NAME),
    (
        "AttributeError",
        r"^'(?:\w+\.)*(ndarray|Tensor|EagerTensor|float\d*|int\d*|list|tuple|str|dict|function)'"
        r" object has no attribute '(\w+)'",
        _NO_METHOD,
    ),
    ("UnboundLocalError", r"^cannot access local variable '(\w+)'", _UNBOUND),
    ("NameError", r"^name '(\w+)' is not defined", _UNDEFINED),
    ("TypeError", r"\(\) (?:missing \d+ required|takes |got an unexpected|got multiple)", _CALL),
    ("ValueError", r"values to unpack \(expected", _UNPACK),
    ("TypeError", rf"{_NUMBER} object is not iterable$|^iteration over a 0-d", _ITERATE),
    ("TypeError", rf"non-iterable {_NUMBER} object$|^Cannot iterate over a scalar", _ITERATE),
    ("TypeError", rf"^object of type {_NUMBER} has no len|^len\(\) of (?:unsized|a 0-d)", _NO_AXIS),
    ("TypeError", rf"^Scalar tensor has no `len|^{_NUMBER} object is not subscriptable", _NO_AXIS),
    ("IndexError", r"^invalid index (?:to scalar|of a 0-dim)", _NO_AXIS),
    ("", r"\bAttempting to slice scalar input", _NO_AXIS),
    ("IndexError", r"^too many indices", _MANY_INDICES),
    ("IndexError", r"index out of range|^index -?\d+ is out of bounds", _OUTSIDE),
    ("", r"\bslice index -?\d+ of dimension \d+ out of bounds", _OUTSIDE),
    ("IndexError", r"^only integers, slices", _INDEX),
    ("", r"^axis -?\d+ is out of bounds|^Dimension out of range", _AXES),
    ("", r"\bInvalid reduction dimension", _AXES),
    ("TypeError", r"^'float' object cannot be interpreted as an integer", _WHOLE),
    ("TypeError", r"^only integer scalar arrays can be converted", _ONE_INDEX),
    ("TypeError", r"^Cannot interpret '\d+' as a data type", _SEQUENCE),
    ("TypeError", r"must be tuple of Tensors, not|^arrays to stack must be passed", _SEQUENCE),
    ("ValueError", r"^cannot reshape array of size", _RESHAPE),
    ("RuntimeError", r"^shape '.*' is invalid for input of size", _RESHAPE),
    ("", r"\bInput to reshape is a tensor with", _RESHAPE),
    ("ValueError", r"^all (?:the )?input array", _JOIN),
    ("RuntimeError", r"^Sizes of tensors must match|^stack expects each tensor", _JOIN),
    ("", r"\bConcatOp : Dimension", _JOIN),
    ("ValueError", r"^zero-dimensional arrays cannot be concatenated", _NO_JOIN),
    ("TypeError", r"must be Tensor, not |^expected Tensor as element", _TENSOR),
    ("RuntimeError", r"^Can't call numpy\(\) on Tensor that requires grad", _NUMPY),
    ("RuntimeError", r"does not require grad and does not have a grad_fn", _CUT),
    ("RuntimeError", r"leaf Variable that requires grad .* in-place operation", _IN_PLACE),
    ("RuntimeError", r"has been modified by an inplace operation", _IN_PLACE),
    ("TypeError", rf"^{_FIXED} object does not support item assignment", _CONSTANT),
    ("ValueError", r"has an inhomogeneous shape", _RAGGED),
    ("ValueError", r"^setting an array element with a sequence\.$", _ONE_PLACE),
    ("LinAlgError", r"must be square$|must be at least two-dimensional$", _SQUARE),
    ("RuntimeError", r"must be batches of square matrices", _SQUARE),
    ("", r"^Singular matrix$|because the input matrix is singular", _SINGULAR),
    ("", r"^Matrix is not positive definite|the input is not positive-definite", _DEFINITE),
    ("ZeroDivisionError", r"division|modulo", _ZERO),
    ("ValueError", r"^math domain error", _DOMAIN),
    ("OverflowError", r"^math range error", _RANGE),
    ("RecursionError", r"^maximum recursion depth", _RECURSION),
    ("TypeError", r"^ufunc '(?:bitwise_\w+|invert)' not supported", _BITS),
    ("", r"boolean (?:negative|subtract), the `-`|`-` operator, \w+ (?:a|two) bool", _BOOLEANS),
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    return tuple((kind, re.compile(words), sentence) for kind, words, sentence in TABLE)


# What TensorFlow writes around its words: the kernel's name and device before, the operation after.
_ORIGIN = re.compile(r"\{\{function_node [^}]*\}\}\s*|\s*\[Op:\w+\](?:\s*name:\s*\S*)?\s*$")


def without_origin(message: str) -> str:
    """A message without what only says where in a library it arose."""
    return _ORIGIN.sub("", message).strip()


def in_words(reply: Reply) -> str:
    """What a common exception means and what to do, in a sentence or two; empty for any other.

    reply: of a call that raised something, with the names of its class and of its bases.
    """
    for kind, words, sentence in _patterns():
        found = words.search(reply["message"])
        if found and (not kind or kind in reply["bases"]):
            return sentence.format(*found.groups())
    return ""


def same(one: Reply, other: Reply) -> bool:
    """Whether two replies are the same exception, as far as class and message say.

    Numbers and shapes have to be the same, in whatever order: a + b and b + a fail alike. What
    function was called, and the id that a bank adds to a name, make no difference.
    """
    if one["status"] != other["status"] or one["bases"] != other["bases"] or not one["bases"]:
        return False
    return _normalised(one["message"]) == _normalised(other["message"])


def _normalised(message: str) -> tuple[str, Counter[str]]:
    """The words of a message, and the numbers and shapes in it."""
    words = re.sub(r"0x[0-9a-f]+", "0x", message)  # where something lies in memory
    words = re.sub(r"\b([A-Za-z]\w*?)__\w+", r"\1", words)
    words = re.sub(r"[\w.<>]+\(\)", "()", words)
    number = r"[(\[]\d+(?:, ?\d*)+[)\]]|\d+(?:\.\d+)?(?:e[+-]?\d+)?"
    return " ".join(re.sub(number, "#", words).split()), Counter(re.findall(number, words))
