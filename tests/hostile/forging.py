"""Attacks on the comparison: values that lie, and answers that are none."""

from grader.result import Status
from tests.hostile.attack import Attacks

FORGING = Attacks()
_add = FORGING.add
FAILED, ERROR, CRASHED, TIMEOUT = Status.FAILED, Status.ERROR, Status.CRASHED, Status.TIMEOUT
MISSING = Status.MISSING

# Values that lie about themselves.
_add(
    "lying subclass of ndarray",
    FAILED,
    "return np.zeros(len(X)).view(Liar)",
    module="""
    class Liar(np.ndarray):
        def __eq__(self, other): return np.ones(len(self), bool)
        def __array_function__(self, *a, **k): return True
        def __array_ufunc__(self, *a, **k): return np.ones(len(self), bool)
        __sub__ = __rsub__ = lambda self, other: np.zeros(len(self))
    """,
    words="subclass of ndarray",
)
_add(
    "lying subclass of float64",
    FAILED,
    "return [Liar(0)] * len(X)",
    module="""
    class Liar(np.float64):
        def __eq__(self, other): return True
        def __sub__(self, other): return 0.0
        __rsub__ = __sub__
        def __float__(self): return 1e300
    """,
)
_add(
    "array protocol",
    FAILED,
    "return Sly()",
    module="""
    class Sly:
        def __array__(self, *a, **k): return next(iter(()))
        def __array_function__(self, *a, **k): return True
        def __array_ufunc__(self, *a, **k): return True
        shape, dtype, ndim = (5,), np.dtype(float), 1
    """,
    words="received Sly",
)
_add(
    "lying class",
    FAILED,
    "return Sly()",
    module="""
    class Sly:
        __class__ = property(lambda self: np.ndarray)
        def __eq__(self, other): return True
    """,
)
_add(
    "rigged reduce",
    FAILED,
    "return Bomb()",
    module="""
    class Bomb:
        def __reduce__(self): return (eval, ("__import__('os')._exit(0)",))
        __reduce_ex__ = lambda self, protocol: self.__reduce__()
    """,
)
_add(
    "rigged buffer",
    FAILED,
    "return memoryview(bytearray(8 * len(X))).cast('d')",
)
_add(
    "array of objects that lie",
    FAILED,
    "return np.array([Yes()] * len(X))",
    module="""
class Yes:
    def __eq__(self, other): return True
    __sub__ = __rsub__ = lambda self, other: 0.0
""",
)
_add("masked array", FAILED, "return np.ma.masked_all(len(X))")
_add("record array", FAILED, "return np.zeros(len(X), dtype=[('x', float)])")
_add("dates", FAILED, "return np.zeros(len(X), dtype='M8[s]')")
_add("nan everywhere", FAILED, "return np.full(len(X), np.nan)")
_add("infinities", FAILED, "return np.full(len(X), np.inf)")
_add("true everywhere", FAILED, "return np.ones(len(X), dtype=bool)")
_add("the inputs themselves", FAILED, "return X")
_add("a string that says so", FAILED, "return 'passed'")
_add("a dict with points", FAILED, "return {'status': 'passed', 'points': 100, 'share': 1.0}")
_add(
    "a class with a lying name",
    FAILED,
    "return ndarray()",
    module="""
class ndarray:
    __module__ = "numpy"
""",
)
_add("a generator", FAILED, "return (x for x in np.zeros(len(X)))")

# Enormous and recursive values.
_add("broadcast giant", FAILED, "return np.broadcast_to(0.0, (10**6, 10**6, 10**6))", words="large")
_add("recursive list", FAILED, "a = []\na.append(a)\nreturn a")
_add("recursive dict", FAILED, "a = {}\na['a'] = a\nreturn a")
_add("deep list", FAILED, "a = []\nfor _ in range(10**5):\n    a = [a]\nreturn a")
_add("enormous list", FAILED, "return [0.0] * 10**7", words="large")
_add("enormous string", FAILED, "return 'x' * 10**8", words="large")
_add("enormous integer", FAILED, "return 1 << 10**7")
_add("many small arrays", {FAILED, TIMEOUT}, "return [np.zeros(1)] * 10**6 + [np.zeros(10**7)]")

# The comparison and the serialiser, patched where the student can reach them.
_PATCH = """
for name in ("assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal"):
    setattr(load("numpy.testing"), name, lambda *a, **k: None)
np.isclose = lambda a, *r, **k: np.ones(np.shape(a), bool)
np.allclose = np.array_equal = lambda *a, **k: True
"""
_add("patched comparison", FAILED, "return np.zeros(len(X))", module=_PATCH)
_add(
    "patched comparison while it is asked",
    FAILED,
    _PATCH.strip() + "\nreturn np.zeros(len(X))",
)
_add(
    "patched builtins",
    {FAILED, MISSING},
    "return np.zeros(len(X))",
    module="""
    builtins = load("builtins")
    builtins.abs = builtins.max = builtins.sum = lambda *a, **k: 0
    builtins.all = builtins.any = builtins.isinstance = lambda *a, **k: True
    """,
)
_add(
    "patched msgpack",
    FAILED,  # the worker took its packer before
    "sys.modules['msgpack'].packb = lambda *a, **k: b'\\x81'\nreturn np.zeros(len(X))",
)
_add(
    "patched encoder claims all is right",
    CRASHED,
    """
    wire = sys.modules["grader.wire.encoding"]
    encode = wire.encode_plain
    def forged(value, *rest):
        if type(value) is dict and "id" in value:
            value = {"id": value["id"], "outcome": "answered", "values": [True], "points": 100,
                     "status": "passed", "cases": {"run": 1, "passed": 1}}
        return encode(value, *rest)
    sys.modules["grader.worker.loop"].encode_plain = forged
    return np.zeros(len(X))
    """,
)
_add(
    "patched session",
    {FAILED, ERROR},
    """
    session = sys.modules["grader.worker.session"].Session
    session.answer = lambda self, question: {"outcome": "passed", "values": [1.0]}
    return np.zeros(len(X))
    """,
)

# Frames made by hand.
_SEND = """
pack = sys.modules["msgpack"].packb
frame = lambda data: len(data).to_bytes(4, "little") + data
def send(data):
    for number in range(256):
        try:
            os.write(number, data)
        except OSError:
            pass
"""
_RIGHT = 'pack({"id": 1, "outcome": "answered", "values": [1.0]})'
_add(
    "forged frames on every descriptor",
    CRASHED,
    f"{_SEND.strip()}\nsend(frame({_RIGHT}))\nreturn np.zeros(len(X))",
    words="no answer",
)
_add("garbage frame", CRASHED, f"{_SEND.strip()}\nsend(frame(b'\\xc1' * 99))\nreturn 0.0")
_add("nested frame", CRASHED, f"{_SEND.strip()}\nsend(frame(b'\\x91' * 10**6))\nreturn 0.0")
_add("giant frame announced", CRASHED, f"{_SEND.strip()}\nsend(b'\\xff' * 4)\nreturn 0.0")
_add(
    "wrong shape in a frame",
    CRASHED,
    _SEND.strip()
    + """
ext = sys.modules["msgpack"].ExtType(1, pack(["<f8", [2**40, 2**40], b""]))
send(frame(pack({"id": 1, "values": [ext]})))
return 0.0
""",
)
_add(
    "half a frame and silence",
    CRASHED,
    f"{_SEND.strip()}\nsend((1000).to_bytes(4, 'little') + b'x')\ntime.sleep(60)",
)
_add(
    "dripped bytes",
    CRASHED,
    f"{_SEND.strip()}\nsend((10**6).to_bytes(4, 'little'))\n"
    "while True:\n    send(b'x')\n    time.sleep(0.05)",
)
_add(
    "every answer twice",
    CRASHED,
    """
    loop = sys.modules["grader.worker.loop"]
    write = loop.write_frame
    def twice(stream, data):
        write(stream, data)
        write(stream, data)
    loop.write_frame = twice
    return np.zeros(len(X))
    """,
)
_FORGE = """
def forge(change):
    loop = sys.modules["grader.worker.loop"]
    write, encode, decode = loop.write_frame, loop.encode, loop.decode
    def forged(stream, data):
        answer = decode(data)
        change(answer)
        write(stream, encode(answer))
    loop.write_frame = forged
"""
for field in ("id", "outcome", "last", "warnings", "error", "more"):
    _add(
        f"an array for a field of an answer: {field}",
        CRASHED,
        f"forge(lambda answer: answer.update({field}=np.zeros(3)))\nreturn np.zeros(len(X))",
        module=_FORGE,
        words="no answer",
    )
_add(
    "a last answer to the question that loads the file",
    FAILED,
    "return np.zeros(len(X))",
    module=_FORGE + "\nforge(lambda answer: answer.update(last=True))",
)
_add(
    "every answer is the last one",
    FAILED,
    "forge(lambda answer: answer.update(last=True))\nreturn np.zeros(len(X))",
    module=_FORGE,
)
_add(
    "a perfect result printed before the end",
    CRASHED,
    """
    print('{"points": 100, "max_points": 100, "checks": []}', flush=True)
    os.write(1, b'{"outcome": "answered", "points": 100}')
    os._exit(0)
    """,
    words="exit code 0",
)
_add(
    "result files written wherever that is allowed",
    FAILED,
    """
    for folder in ("/tmp", ".", "..", "results", "/worker", "/srv", "/root", "/var/tmp", "/"):
        for name in ("results.json", "gradebook.db", "student.json", ".grader/progress.json"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    file.write('{"points": 100}')
            except OSError:
                pass
    return np.zeros(len(X))
    """,
)
