"""Attacks on the machine: time, memory, processes, files, output."""

from dataclasses import replace

from grader.result import Status
from tests.hostile.attack import Attacks

EXHAUSTING = Attacks()
_add = EXHAUSTING.add
FAILED, ERROR, CRASHED, TIMEOUT = Status.FAILED, Status.ERROR, Status.CRASHED, Status.TIMEOUT
OUT_OF_MEMORY = Status.OUT_OF_MEMORY

# Time.
_add("loop in Python", TIMEOUT, "while True:\n    pass")
_add("loop in C", TIMEOUT, "return sum(range(10**13))")
_add("loop inside one big number", TIMEOUT, "return 7 ** (7 ** 12) % 10")
_add("sleep", TIMEOUT, "time.sleep(3600)")
_add(
    "catastrophic regular expression", TIMEOUT, "return load('re').match('(a+)+$', 'a' * 60 + 'b')"
)
_add("loop at import", FAILED, "return 0.0", module="while True:\n    pass")
_add(
    "swallowed exceptions",
    TIMEOUT,
    """
    while True:
        try:
            raise KeyboardInterrupt
        except BaseException:
            pass
    """,
)
_add(
    "ignored signals",
    TIMEOUT,
    """
    signal = load("signal")
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass
    """,
)
_add(
    "raised limits",
    TIMEOUT,
    """
    resource = load("resource")
    for name in dir(resource):
        if name.startswith("RLIMIT_"):
            number = getattr(resource, name)
            for limit in (resource.RLIM_INFINITY, resource.getrlimit(number)[1]):
                try:
                    resource.setrlimit(number, (limit, limit))
                except (OSError, ValueError):
                    pass
    while True:
        pass
    """,
)
_add(
    "a message that never ends",
    TIMEOUT,
    "raise Endless",
    module="""
    class Endless(Exception):
        def __str__(self):
            while True:
                pass
    """,
)
_add("waiting for input", {TIMEOUT, ERROR}, "return len(os.read(0, 1)) + input()")
_add(
    "threads that go on after the answer",
    {FAILED, TIMEOUT},
    """
    def spin():
        while True:
            pass
    for _ in range(8):
        load("threading").Thread(target=spin, daemon=True).start()
    return np.zeros(len(X))
    """,
)
_add(
    "an end that waits",
    FAILED,
    "load('atexit').register(time.sleep, 3600)\nreturn np.zeros(len(X))",
)

# Memory.
_add("bytearray", OUT_OF_MEMORY, "return bytearray(10**12)")
_add("many bytearrays", OUT_OF_MEMORY, "kept = []\nwhile True:\n    kept.append(bytearray(10**7))")
_add("ones", OUT_OF_MEMORY, "return np.ones((10**6, 10**6))")
_add(
    "shared anonymous mapping",
    ERROR,
    "mmap = load('mmap')\nm = mmap.mmap(-1, 2**34)\nm[::4096] = b'x' * (2**34 // 4096)",
)
_add(
    "private anonymous mapping",
    ERROR,
    "mmap = load('mmap')\nreturn mmap.mmap(-1, 2**34, flags=mmap.MAP_PRIVATE)",
)
_add("memory file", ERROR, "return os.memfd_create('x')")
_add("memory while it is imported", FAILED, "return 0.0", module="x = bytearray(10**12)")
_add(
    "pipes full of data",
    ERROR,
    """
    while True:
        _, end = os.pipe()
        os.set_blocking(end, False)
        os.write(end, b"x" * 65536)
    """,
)

# Processes, threads, descriptors.
_add("fork bomb", ERROR, "while True:\n    os.fork()")
_add(
    "fork bomb in C",
    TIMEOUT,
    "while True:\n    libc.fork(); libc.vfork(); call('clone3', 0, 0)",
)
_add(
    "thread bomb",
    ERROR,
    """
    while True:
        load("threading").Thread(target=time.sleep, args=(3600,), daemon=True).start()
    """,
)
_add("descriptor bomb", ERROR, "kept = []\nwhile True:\n    kept.append(open('/dev/null'))")

# Files and output.
_add(
    "full tmp",
    ERROR,
    """
    for number in range(10**6):
        with open(f"/tmp/{number}", "wb") as file:
            file.write(b"x" * 2**20)
    """,
)
_add("a million files", ERROR, "for n in range(10**6):\n    open(f'/tmp/{n}', 'w').close()")
_add("a million folders", ERROR, "for n in range(10**6):\n    os.mkdir(f'/tmp/{n}')")
_add("one enormous file", ERROR, "with open('/tmp/x', 'wb') as f:\n    f.write(b'x' * 2**28)")
_add("a sparse file", ERROR, "with open('/tmp/x', 'wb') as f:\n    f.truncate(2**40)")
_add("a deep folder", ERROR, "for n in range(10**6):\n    os.mkdir('d')\n    os.chdir('d')")
_add("printed flood", TIMEOUT, "while True:\n    print('x' * 10**6)")
_add("flood below Python", CRASHED, "while True:\n    os.write(2, b'x' * 65536)", words="output")
_add("flood of small writes", CRASHED, "while True:\n    os.write(1, b'x' * 999)", words="output")
_add("enormous message", ERROR, "raise ValueError('x' * 10**8)")
_add(
    "warnings without end",
    {TIMEOUT, OUT_OF_MEMORY},
    "import warnings\nwhile True:\n    warnings.warn('x' * 10**5)",
)

# The interpreter.
_add("recursion", ERROR, "return predict(X, w, b)")
_add(
    "stack overflow",
    CRASHED,
    "sys.setrecursionlimit(10**9)\nf = lambda n: max([n], key=lambda x: f(n + 1))\nreturn f(0)",
)
_add("segmentation fault", CRASHED, "ctypes.string_at(0)", words="signal")
_add("abort", CRASHED, "os.abort()", words="signal")
# A forked worker is process 1 of its namespace, which ignores such signals and goes on.
_add("killed by itself", {CRASHED, FAILED}, "os.kill(os.getpid(), 9)\nreturn np.zeros(len(X))")
_add("stopped by itself", {TIMEOUT, FAILED}, "os.kill(os.getpid(), 19)\nreturn np.zeros(len(X))")
_add("exit", ERROR, "raise SystemExit(0)")
_add("exit below Python", CRASHED, "os._exit(0)")
_add("closed descriptors", CRASHED, "os.closerange(0, 1000)\nreturn X @ w + b")
_add(
    "nested source",
    FAILED,
    "return 0.0",
    module="x = " + "(" * 20_000 + ")" * 20_000,
)
_add("enormous expression", {ERROR, FAILED}, "return 0.0", module="x = " + "-" * 50_000 + "1")

# What a student reads who met a limit.
for _name, _words in {
    "full tmp": "temporary files",
    "a million files": "temporary files",
    "a million folders": "temporary files",
    "one enormous file": "larger than graded code may write",
    "a sparse file": "larger than graded code may write",
    "descriptor bomb": "more files at once",
    "thread bomb": "more threads",
    "fork bomb": "tried to start a program",
    "memory file": "tried to start a program",
}.items():
    EXHAUSTING[_name] = replace(EXHAUSTING[_name], words=_words)
