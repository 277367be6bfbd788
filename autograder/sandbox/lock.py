"""Lock a child in: what it may open, call and reach. Every layer works for an ordinary user.

- bubblewrap, around the worker: no network, no processes and no files but the interpreter's.
- Landlock, in the child: files again, and sockets and signals where the kernel knows them.
- seccomp, in the child: system calls; an allow-list of what TensorFlow uses after its import.

Landlock alone leaves UDP, UNIX sockets, fork and unshare open; seccomp alone leaves files. A layer
that the machine lacks is left out, and named as missing.
"""

import contextlib
import ctypes
import errno
import functools
import importlib.util
import os
import shutil
import site
import struct
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

from autograder.records.results import LAYERS

MISSING = {
    "bubblewrap": "missing; Debian: apt-get install bubblewrap, and allow user namespaces",
    "landlock": "missing; it needs Linux 5.13 with Landlock among its security modules",
    "seccomp": "missing; install libseccomp (Debian: apt-get install libseccomp2)",
}
PACKAGES = ("tensorflow", "keras", "numpy", "IPython")  # what grader and worker must agree on

# linux/landlock.h
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # on every architecture
EXECUTE, READ_FILE, READ_DIR, IOCTL_DEV = 1 << 0, 1 << 2, 1 << 3, 1 << 15
ALL_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
PR_SET_NAME, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 15, 22, 38, 2
CLONE_FILES, CLONE_THREAD = 0x400, 0x10000

# Not F_SETOWN and F_SETSIG, with which the kernel would send a signal to any process.
FCNTL = (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)
# Landlock does not mind them, and libraries call them for no need: they succeed and do nothing.
PRETENDED = "chmod fchmod fchmodat fchmodat2 utime utimes utimensat futimesat".split()  # noqa: SIM905
# What calls them does without, if it hears that a file system does not have them.
UNSUPPORTED = "fallocate listxattr llistxattr flistxattr getxattr lgetxattr fgetxattr".split()  # noqa: SIM905

ALLOWED = """
    access alarm arch_prctl brk chdir clock_getres clock_gettime clock_nanosleep close
    creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_wait
    eventfd eventfd2 exit exit_group faccessat faccessat2 fadvise64 fchdir fdatasync flock fstat
    fstatfs fsync ftruncate futex futex_waitv get_mempolicy get_robust_list getcpu getcwd getdents
    getdents64 getegid geteuid getgid getgroups getitimer getpgid getpgrp getpid getppid getrandom
    getresgid getresuid getrlimit getrusage getsid getsockopt gettid gettimeofday getuid link linkat
    lseek lstat madvise mbind membarrier mincore mkdir mkdirat mlock mmap mprotect mremap msync
    munlock munmap nanosleep newfstatat open openat pipe pipe2 poll ppoll pread64 preadv preadv2
    pselect6 pwrite64 pwritev pwritev2 read readlink readlinkat readv recvfrom recvmsg rename
    renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask
    rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max sched_get_priority_min
    sched_getaffinity sched_getparam sched_getscheduler sched_yield select sendto set_mempolicy
    set_robust_list set_tid_address setitimer shutdown sigaltstack socketpair stat statfs statx
    symlink symlinkat sysinfo time times umask uname unlink unlinkat wait4 waitid write writev
""".split()  # noqa: SIM905

STARTED_IN = Path(os.path.realpath("."))  # autograde goes to the course's folder
_handed_in: list[Path] = []


def layers() -> list[str]:
    """Return the layers that this machine has."""
    have = {
        "bubblewrap": bool(_bubblewrap()),
        "landlock": landlock_version() > 0,
        "seccomp": bool(call_filter()),
        "rlimits": True,
    }
    return [name for name in LAYERS if have[name]]


def lacking(held: Collection[str]) -> list[str]:
    """Return a sentence on each layer that is not held: its name, and how to get it."""
    return [f"{name}: {how}" for name, how in MISSING.items() if name not in held]


def landlock_version() -> int:
    """Return the version of Landlock that the kernel offers, 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, 1))


@functools.cache
def _bubblewrap() -> str:
    """Return the path of a bubblewrap that works here."""
    path = shutil.which("bwrap")
    if not path:
        return ""
    probe = [path, "--unshare-all", "--ro-bind", "/", "/", "true"]
    done = subprocess.run(probe, capture_output=True, check=False)
    return path if done.returncode == 0 else ""


@functools.cache
def packages() -> list[str]:
    """Return the folders of `sys.path` that the worker imports from as well, in their order.

    They are those that something was installed into. None of them holds, or is held by, a folder
    in which a submission may lie: see `_may_hold_work`.
    """
    folders = dict.fromkeys(os.path.abspath(path) for path in sys.path)  # noqa: PTH100
    own = site.getsitepackages()
    return [
        one
        for one in folders
        if Path(one).is_dir()
        and (one in own or (not _may_hold_work(one) and _is_installed_into(one)))
    ]


def import_nothing_from(paths: Iterable[str | Path]) -> None:
    """Say where files lie that are handed in, before any package is looked for."""
    _handed_in.extend(map(_real, paths))
    for known in (packages, elsewhere, readable):
        known.cache_clear()


def _real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


def _may_hold_work(folder: str | Path) -> bool:
    """Tell whether a submission may lie in a folder, or below.

    That is where we were started and where we are, the home folder, the course, and what is graded;
    and whatever is in the latter two.
    """
    from autograder.records.course import Course, NoCourse

    work = list(_handed_in)
    with contextlib.suppress(NoCourse):
        course = Course.around()
        work += [_real(course.solutions), _real(course.build)]
    home = os.path.expanduser("~")  # noqa: PTH111  pathlib raises where there is none
    around = [STARTED_IN, _real("."), _real(home), *work]
    folder = _real(folder)
    return any(one.is_relative_to(folder) for one in around) or any(
        map(folder.is_relative_to, work)
    )


def _is_installed_into(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(
                entry.name.endswith(".dist-info") and Path(entry, "METADATA").is_file()
                for entry in entries
            )
    except OSError:
        return False


def location(package: str) -> str:
    """Return the folder of a package that this process has imported or would import."""
    module = sys.modules.get(package)
    spec = getattr(module, "__spec__", None) if module else importlib.util.find_spec(package)
    return str(Path(spec.origin).parent) if spec and spec.origin else ""


@functools.cache
def elsewhere() -> list[str]:
    """Return the folders of packages that we need and that are not in one of `packages`."""
    found = [Path(place) for name in PACKAGES if Path(place := location(name)).name == name]
    return [
        str(one)
        for one in found
        if not _may_hold_work(one.parent) and not any(map(one.is_relative_to, packages()))
    ]


@functools.cache
def readable() -> list[Path]:
    """Return what a child needs to read: the interpreter, the libraries, this package."""
    python = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    own = [Path(sys.executable).resolve().parent.parent / "lib", Path(__file__).parent.parent]
    system = [
        "/usr/lib",
        "/usr/lib64",
        "/lib",
        "/lib64",
        "/usr/share/zoneinfo",
        "/etc/ld.so.cache",
        "/etc/localtime",
    ]
    all = (*python, *packages(), *elsewhere(), *own, *system)
    return sorted({Path(path) for path in all if Path(path).exists()})


def wrapped(command: list[str], scratch: str) -> list[str]:
    """Return a command that runs another in bubblewrap, with one folder to write to."""
    bubblewrap = _bubblewrap()
    if not bubblewrap:
        return command
    binds = [("--ro-bind", str(path), str(path)) for path in readable()]
    # The interpreter is found through the links of a virtual environment.
    for path in {Path(sys.executable), Path(sys.executable).resolve()}:
        binds.append(("--ro-bind", str(path.resolve()), str(path)))
    if (config := Path(sys.prefix, "pyvenv.cfg")).exists():
        binds.append(("--ro-bind", str(config), str(config)))
    return [
        bubblewrap,
        "--unshare-all",
        "--die-with-parent",
        "--cap-drop",
        "ALL",
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--ro-bind-try",
        "/sys/devices/system/cpu",
        "/sys/devices/system/cpu",
        *(word for bind in binds for word in bind),
        "--bind",
        scratch,
        scratch,
        "--chdir",
        scratch,
        "--",
        *command,
    ]


def lock_in(scratch: str, program: bytes) -> None:
    """Restrict this process for good.

    Args:
        scratch: the folder that it may write to.
        program: what `call_filter` returned in the grader.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    if version := landlock_version():
        devices = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
        kernel = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu")
        own = [Path(path) for path in (*devices, *kernel) if Path(path).exists()]
        _landlock(libc, version, [*readable(), *own], [Path(scratch), Path("/dev/null")])
    if program:
        _filter_calls(libc, program)


def _landlock(libc, version: int, readable: Iterable[Path], writable: Iterable[Path]) -> None:
    def call(number, *arguments) -> int:
        result = libc.syscall(number, *arguments)
        if result < 0:
            raise OSError(ctypes.get_errno(), "landlock")
        return result

    files = ALL_FILES[max(known for known in ALL_FILES if known <= version)]
    network, scopes = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    sizes = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = call(CREATE_RULESET, struct.pack("<QQQ", files, network, scopes), sizes, 0)
    writes = files & ~EXECUTE & ~IOCTL_DEV
    for paths, rights in ((readable, READ_FILE | READ_DIR), (writable, writes)):
        for path in paths:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            # What is no folder takes only the rights of a file.
            own = rights if path.is_dir() else rights & (READ_FILE | 1 << 1 | 1 << 14)
            call(ADD_RULE, ruleset, 1, struct.pack("<Qi", own & files, handle), 0)
            os.close(handle)
    call(RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


@functools.cache
def call_filter() -> bytes:
    """Return the seccomp program for a child; nothing where this machine cannot make one.

    It is made in the grader: libseccomp is not found from inside bubblewrap.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, OSError, RuntimeError):  # there is no libseccomp
        return b""
    calls = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in ALLOWED:
        with contextlib.suppress(ValueError):  # an architecture may lack old calls
            calls.add_rule(seccomp.ALLOW, name)
    for name in PRETENDED:
        with contextlib.suppress(ValueError):
            calls.add_rule(seccomp.ERRNO(0), name)
    # A thread, with the descriptors of the others, where the worker sees them.
    thread = CLONE_THREAD | CLONE_FILES
    calls.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, thread, thread))
    calls.add_rule(seccomp.ALLOW, "close_range", seccomp.Arg(2, seccomp.EQ, 0))  # not its own table
    calls.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # glibc goes back to clone
    calls.add_rule(seccomp.ALLOW, "prctl", seccomp.Arg(0, seccomp.EQ, PR_SET_NAME))
    calls.add_rule(seccomp.ALLOW, "prlimit64", seccomp.Arg(2, seccomp.EQ, 0))  # reads a limit
    calls.add_rule(seccomp.ALLOW, "sched_setaffinity", seccomp.Arg(0, seccomp.EQ, 0))  # its own
    for name in UNSUPPORTED:
        calls.add_rule(seccomp.ERRNO(errno.EOPNOTSUPP), name)
    for command in FCNTL:
        calls.add_rule(seccomp.ALLOW, "fcntl", seccomp.Arg(1, seccomp.EQ, command))
    # close-on-exec, off and on; is it a terminal, how wide, how much is there
    for request in (0x5450, 0x5451, 0x5401, 0x5413, 0x541B):
        calls.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, seccomp.EQ, request))
    with tempfile.TemporaryFile() as file:
        calls.export_bpf(file)
        file.seek(0)
        return file.read()


def _filter_calls(libc, program: bytes) -> None:
    # struct sock_fprog: the number of instructions of 8 bytes, and where they are
    instructions = ctypes.create_string_buffer(program)
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(instructions))
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.create_string_buffer(head), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
