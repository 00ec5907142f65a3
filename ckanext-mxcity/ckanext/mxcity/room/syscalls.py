"""The system calls that a child may not make, as a filter of the kernel (seccomp).

A reader opens files, takes memory and starts threads. It needs no socket, starts no program, makes
no process, and changes nothing of the system.
"""

from __future__ import annotations

import errno
import tempfile
from functools import cache

#: Refused with EPERM. A name that an architecture lacks is left out.
REFUSED = (
    # The network, and ways to other processes.
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg",
    "sendmmsg", "recvfrom", "recvmsg", "recvmmsg", "shutdown", "kill", "tkill", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "ptrace",
    "process_vm_readv", "process_vm_writev", "process_madvise", "kcmp", "mq_open", "msgget",
    "semget", "shmget",
    # Programs and processes.
    "execve", "execveat", "fork", "vfork", "setns", "unshare",
    # The system.
    "mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsmount",
    "fsconfig", "fspick", "pivot_root", "chroot", "mknod", "mknodat", "swapon", "swapoff",
    "reboot", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load",
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "add_key", "request_key", "keyctl", "open_by_handle_at",
    "name_to_handle_at", "fanotify_init", "quotactl", "acct", "settimeofday", "clock_settime",
    "adjtimex", "clock_adjtime", "sethostname", "setdomainname", "iopl", "ioperm", "syslog",
    "personality", "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid",
    "setgroups", "capset", "link", "linkat", "chown", "fchown", "lchown", "fchownat", "chmod",
    "fchmod", "fchmodat", "fchmodat2", "utime", "utimes", "futimesat", "utimensat", "setxattr",
    "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr", "fremovexattr",
    "removexattrat", "setpriority", "sched_setaffinity", "sched_setscheduler", "sched_setparam",
    "sched_setattr", "ioprio_set", "setrlimit",
    # Memory and room on the disk that nobody counts.
    "memfd_create", "memfd_secret",
)  # fmt: skip
_CLONE_THREAD = 0x00010000


@cache
def program() -> bytes:
    """Return the filter as the kernel takes it; OSError or RuntimeError without libseccomp."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in REFUSED:
        try:
            rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
        except (OSError, ValueError):
            continue
    # Other processes have limits, too.
    another = pyseccomp.Arg(0, pyseccomp.NE, 0)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "prlimit64", another)
    # As on a disk that cannot reserve: it is written then, and counted.
    rules.add_rule(pyseccomp.ERRNO(errno.EOPNOTSUPP), "fallocate")
    # The C library falls back to clone, whose first argument tells a thread from a process.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    no_thread = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0)
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), "clone", no_thread)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
