"""Shuts the document worker in: it handles files from strangers with large native libraries.

What stays possible: computing, memory, threads, reading files that its user may read, and talking
over the descriptors it holds.  Every measure is applied for itself; what the machine lacks is
reported by name and reason, and the worker works on: recognition in a weaker sandbox is better
than none, and the technician sees it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import pwd
import resource
from collections.abc import Callable, Iterable

import msgspec

MEMORY = 2 * 1024**3
"""Address space in bytes: two 50-megapixel pictures with their copies, and the libraries."""

FILES = 128
LARGEST_FILE = 512 * 1024**2
"""Bytes of one memory file: a PDF of 200 pages."""

CPU_SECONDS = 60
"""Processor time of one request."""

_NO_NEW_PRIVS, _DUMPABLE = 38, 4  # linux/prctl.h
_CLONE_THREAD = 0x00010000  # linux/sched.h

_NETWORK = (
    "socket", "connect", "bind", "listen", "accept", "accept4", "socketcall",
)  # fmt: skip
_POWERS = (
    "ptrace", "process_vm_readv", "process_vm_writev", "kexec_load", "kexec_file_load",
    "init_module", "finit_module", "delete_module", "bpf", "perf_event_open", "userfaultfd",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "add_key", "request_key", "keyctl",
    "mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "move_mount", "open_tree",
    "fsopen", "fsmount", "reboot", "swapon", "swapoff", "settimeofday", "clock_settime", "acct",
    "quotactl", "open_by_handle_at", "personality", "syslog", "sethostname", "setdomainname",
    "mknod", "mknodat", "pidfd_getfd", "pidfd_send_signal",
)  # fmt: skip
_PROGRAMS = ("execve", "execveat", "fork", "vfork")
_CHANGES = (
    "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir", "link",
    "linkat", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown",
    "fchownat", "truncate", "creat", "setxattr", "lsetxattr", "fsetxattr", "utimensat", "kill",
    "tkill", "openat2",
)  # fmt: skip


class Report(msgspec.Struct, frozen=True):
    """Which measures are in force, and why others are not (`measure: reason`)."""

    force: tuple[str, ...]
    missing: tuple[str, ...]


def shut_in(user: str, *, programs: bool) -> Report:
    """Applies all measures to this process; `programs` = it may start programs (Tesseract).

    `user`: the account to become where the process runs as root.
    """
    force: list[str] = []
    missing: list[str] = []
    for name, measure in (
        ("uid", lambda: _become(user)),
        ("no_new_privs", _no_new_privs),
        ("limits", lambda: _limit(programs)),
        ("seccomp", lambda: _filter(programs)),
    ):
        reason = _attempt(measure)
        if reason:
            missing.append(f"{name}: {reason}")
        else:
            force.append(name)
    return Report(tuple(force), tuple(missing))


def _attempt(measure: Callable[[], str]) -> str:
    try:
        return measure()
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        return str(error) or type(error).__name__


def _become(user: str) -> str:
    if os.geteuid() != 0:
        return ""  # the service's own account: systemd has done it
    try:
        account = pwd.getpwnam(user)
    except KeyError:
        return f"there is no user {user}"
    if account.pw_uid == 0:
        return f"{user} is root"
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    return ""


def _no_new_privs() -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return os.strerror(ctypes.get_errno())
    # No core dumps and no /proc/…/mem: citizens' papers are in this memory.
    if libc.prctl(_DUMPABLE, 0, 0, 0, 0) != 0:
        return os.strerror(ctypes.get_errno())
    return ""


def _limit(programs: bool) -> str:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    return ""


def allow_cpu(seconds: int = CPU_SECONDS) -> None:
    """From now on this process may compute so long; then the kernel ends it (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + seconds
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _filter(programs: bool) -> str:
    import pyseccomp as seccomp  # type: ignore[import-untyped]

    refuse = seccomp.ERRNO(errno.EPERM)
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    # Threads that a library has started already are shut in as well.
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    _refuse(rules, refuse, (*_NETWORK, *_POWERS))
    if not programs:
        _refuse(rules, refuse, (*_PROGRAMS, *_CHANGES))
        # Threads may be made, processes not.  clone3 hides its flags from the filter: glibc falls
        # back to clone where the kernel does not know it.
        rules.add_rule(refuse, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _CLONE_THREAD, 0))
        _refuse(rules, seccomp.ERRNO(errno.ENOSYS), ("clone3",))
        for mode in (os.O_WRONLY, os.O_RDWR):
            for call, place in (("open", 1), ("openat", 2)):
                _refuse(
                    rules,
                    refuse,
                    (call,),
                    seccomp.Arg(place, seccomp.MASKED_EQ, os.O_ACCMODE, mode),
                )
    rules.load()
    return ""


def _refuse(rules: object, answer: int, names: Iterable[str], *arguments: object) -> None:
    for name in names:
        try:
            rules.add_rule(answer, name, *arguments)  # type: ignore[attr-defined]
        except (ValueError, OSError):
            # A call that this architecture does not have needs no rule.
            continue
