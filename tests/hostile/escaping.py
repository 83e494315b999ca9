"""Attacks on the walls: files, processes, sockets, kernel calls, memory, other students."""

from tests.hostile.attack import Attacks
from tests.hostile.memory import SCAN

ESCAPING = Attacks()
_escape = ESCAPING.escape

# Where answers might lie.
_SEARCH = """
def found(*names):
    for folder, folders, files in os.walk("/"):
        if any(name in files or name in folders for name in names):
            return True
    return False
"""
_escape("references on disk", "found('solutions', 'checks.py', 'mini.py.orig')", module=_SEARCH)
_escape("frozen cases", "found('cases.npz', 'checks.json', 'public')", module=_SEARCH)
_escape("configuration", "found('grader.toml', 'gradebook.db', 'results')", module=_SEARCH)
_escape("other submissions", "found('submitted', 'neighbour')", module=_SEARCH)
_escape(
    "the rest of the grader",
    "found('judge.py', 'interview.py', 'misconception.py')",
    module=_SEARCH,
)
_escape("held-out labels", "found('sklearn', 'datasets') or load('sklearn')", module=_SEARCH)
_escape("users of this machine", "open('/etc/passwd').read() or open('/etc/shadow').read()")
_escape("homes", "os.listdir('/home') or os.listdir(os.path.expanduser('~root'))")
_escape("the judge's modules", "load('grader.judge.grading') or load('grader.course')")
_escape(
    "stack walk",
    "any('expected' in f.f_locals or 'judge' in str(f.f_code) for f in frames())",
    module="""
    def frames():
        frame = sys._getframe()
        while frame:
            yield frame
            frame = frame.f_back
    """,
)
_escape(
    "garbage collector",
    "any(type(o).__name__ in ('Case', 'Observation', 'PreparedCheck') for o in objects())",
    module="objects = load('gc').get_objects",
)
_escape(
    "environment",
    "any('SECRET' in k or 'grader' in v.lower() for k, v in os.environ.items() "
    "if k != 'PYTHONPATH')",
)

# /proc and other processes.
_escape("environment of process 1", "open('/proc/1/environ', 'rb').read()")
_escape("command line of process 1", "open('/proc/1/cmdline', 'rb').read()")
_escape("own memory map", "open('/proc/self/maps').read()")
_escape("own memory", "open('/proc/self/mem', 'rb')")
_escape("any process", "[n for n in os.listdir('/proc') if n.isdigit()]")
_escape("kernel settings", "os.listdir('/proc/sys') or os.listdir('/sys')")
_escape("ptrace", "call('ptrace', 16, os.getppid(), 0, 0) == 0 or call('ptrace', 0, 0, 0, 0) == 0")
_escape(
    "another process's memory",
    "readable(1) or readable(os.getpid())",
    module="""
class Piece(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
def readable(number):
    here, there = ctypes.create_string_buffer(8), ctypes.create_string_buffer(8)
    to = Piece(ctypes.addressof(here), 8)
    of = Piece(ctypes.addressof(there), 8)
    return call("process_vm_readv", number, ctypes.byref(to), 1, ctypes.byref(of), 1, 0) > 0
""",
)
_escape("descriptor of process 1", "call('pidfd_getfd', call('pidfd_open', 1, 0), 3, 0) >= 0")
_escape("killed process 1", "(os.kill(1, 9), time.sleep(0.2), os.getppid() not in (0, 1))[-1]")
_escape("killed everybody", "(os.kill(-1, 9), False)[-1]")
_escape(
    "more than one neighbour's process",
    "any(alive(n) for n in range(3, 3000))",
    module="""
def alive(number):
    try:
        os.kill(number, 0)
    except OSError:
        return False
    return not is_own_thread(number)
def is_own_thread(number):
    return libc.syscall(234, os.getpid(), number, 0) == 0  # tgkill
""",
)
_escape("priority of others", "libc.setpriority(1, 0, -20) == 0")

# New processes and programs.
_escape("program", "os.execv('/bin/sh', ['sh', '-c', 'true']) or True")
_escape("shell", "os.system('true') == 0")
_escape("subprocess", "load('subprocess').run([sys.executable, '-c', '1']).returncode == 0")
_escape("posix_spawn", "os.posix_spawn(sys.executable, ['python'], {}) > 0")
_escape("multiprocessing", "load('multiprocessing').Process(target=print).start() is None")
_escape("daemon", "os.fork() >= 0 and os.setsid() >= 0 and os.fork() >= 0")
_escape("vfork", "libc.vfork() >= 0")
_escape("clone", "libc.syscall(56, 17, 0, 0, 0, 0) >= 0")
_escape("clone3", "call('clone3', ctypes.create_string_buffer(88), 88) >= 0")

# The network and other ways to talk.
_escape("loopback", "load('socket').socket().bind(('127.0.0.1', 0)) is None")
_escape("udp", "load('socket').socket(2, 2).sendto(b'x', ('127.0.0.1', 53)) > 0")
_escape("abstract socket", "load('socket').socket(1).bind('\\0grader') is None")
_escape("netlink", "load('socket').socket(16, 3, 0)")
_escape("raw socket", "load('socket').socket(2, 3, 1)")
_escape("vsock", "load('socket').socket(40, 1, 0)")
_escape("socket pair", "load('socket').socketpair()")
_escape("System V shared memory", "call('shmget', 4242, 4096, 0o1666) >= 0")
_escape("System V message queue", "call('msgget', 4242, 0o1666) >= 0")
_escape("System V semaphore", "call('semget', 4242, 1, 0o1666) >= 0")
_escape("POSIX message queue", "call('mq_open', b'grader', 0o102, 0o666, 0) >= 0")
_escape("POSIX shared memory", "open('/dev/shm/grader', 'w')")
_escape("keys", "call('add_key', b'user', b'g', b'x', 1, -3) >= 0 or call('keyctl', 0, -3, 1) >= 0")

# The kernel.
_escape("mount", "libc.mount(b'tmpfs', b'/usr', b'tmpfs', 0, None) == 0")
_escape(
    "new mount interface",
    "call('fsopen', b'tmpfs', 0) >= 0 or call('open_tree', -100, b'/', 1) >= 0",
)
_escape("unmount", "libc.umount2(b'/proc', 2) == 0 or libc.umount2(b'/tmp', 2) == 0")
_escape("remount", "libc.mount(None, b'/', None, 32 | 4096, None) == 0")
_escape("user namespace", "call('unshare', 0x10000000) == 0")
_escape("mount namespace", "call('unshare', 0x00020000) == 0")
_escape("network namespace", "call('unshare', 0x40000000) == 0")
_escape("another namespace", "call('setns', 3, 0) == 0")
_escape("chroot", "call('chroot', b'/tmp') == 0 or call('pivot_root', b'/tmp', b'/tmp') == 0")
_escape("bpf", "call('bpf', 0, ctypes.create_string_buffer(128), 128) >= 0")
_escape("userfaultfd", "call('userfaultfd', 1) >= 0")
_escape("io_uring", "call('io_uring_setup', 1, ctypes.create_string_buffer(256)) >= 0")
_escape("perf", "call('perf_event_open', ctypes.create_string_buffer(128), 0, -1, -1, 0) >= 0")
_escape(
    "kernel module", "call('init_module', b'', 0, b'') == 0 or call('kexec_load', 0, 0, 0, 0) == 0"
)
_escape("kernel log", "call('syslog', 3, ctypes.create_string_buffer(99), 99) > 0")
_escape("file handles", "call('open_by_handle_at', 3, ctypes.create_string_buffer(99), 0) >= 0")
_escape("fanotify", "call('fanotify_init', 0, 0) >= 0")
_escape("host name", "call('sethostname', b'x', 1) == 0")
_escape("clock", "call('settimeofday', ctypes.create_string_buffer(16), 0) == 0")
_escape("memory file in C", "call('memfd_create', b'x', 0) >= 0 or call('memfd_secret', 0) >= 0")
_escape("other filter", "call('seccomp', 1, 0, ctypes.create_string_buffer(16)) == 0")
_escape("becoming dumpable", "libc.prctl(4, 1, 0, 0, 0) == 0")
_escape("becoming root", "os.setuid(0) is None")
_escape("becoming root in C", "libc.setresuid(0, 0, 0) == 0 or libc.setgroups(0, None) == 0")
_escape("capabilities", "libc.prctl(47, 2, 21, 0, 0) == 0")
_escape("terminal input", "load('fcntl').ioctl(2, 0x5412, b'x') is not None")
_escape("a bigger pipe", "load('fcntl').fcntl(os.pipe()[1], 1031, 2**20) > 0")

# Writing where others read.
_escape("the worker's code", "open('/worker/code/grader/wire/encoding.py', 'a')")
_escape("compiled code", "os.makedirs('/worker/code/grader/__pycache__/x') is None")
_escape("installed packages", "open(np.__file__, 'a')")
_escape("the standard library", "open(os.__file__, 'a')")
_escape("the root folder", "open('/x', 'w')")
_escape("devices", "open('/dev/x', 'w') or os.mknod('/tmp/m', 0o20666, os.makedev(1, 1)) is None")
_escape("physical memory", "open('/dev/mem', 'rb') or open('/dev/kmem', 'rb')")
_escape(
    "a program with rights",
    "(open('/tmp/s', 'w').close(), os.chmod('/tmp/s', 0o4777), os.execv('/tmp/s', ['s']))",
)

# Other students.
_escape(
    "left by a neighbour",
    "any(os.path.exists(f'{p}/left-by-a-neighbour') for p in places)",
    module="places = ('/tmp', '/dev/shm', '/var/tmp', '.')",
)
_escape(
    "a neighbour's data in inherited memory",
    "memory_holds(b'MARK-OF-A-', b'NEIGHBOUR-7f3a')",
    module=SCAN,
)
