/* A process that decodes pictures of strangers gives up what decoding does not need. From then on it can compute, ask for memory, and read and
 * answer on the sockets that it has: it opens no file and no socket, starts no program and no other process, sends no signal, and makes no
 * memory executable. What it asks for besides fails with EPERM.
 */
#include "kernel.h"

#if defined(__linux__)

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_MACHINE AUDIT_ARCH_AARCH64
#endif

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

enum { NO_DUMP = 1, NO_NEW_RIGHTS = 2, FILTERED = 4, NO_SWAP = 8 };

#ifdef THIS_MACHINE
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOW_HALF(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) + 8 * (n))
#define END(what) BPF_STMT(BPF_RET | BPF_K, what)
#define MAY(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), END(SECCOMP_RET_ALLOW)
/* Where it is this call, its argument decides: go on behind, past the four instructions, where it is another. */
#define WITHOUT(name, argument, bits)                                                                                                     \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOW_HALF(argument), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),          \
        END(SECCOMP_RET_ERRNO | EPERM), END(SECCOMP_RET_ALLOW)
#define ONLY(name, argument, value)                                                                                                       \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOW_HALF(argument), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0),          \
        END(SECCOMP_RET_ERRNO | EPERM), END(SECCOMP_RET_ALLOW)

static int filter(void) {
    struct sock_filter program[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_MACHINE, 1, 0),
        END(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        MAY(recvfrom), MAY(sendto), MAY(futex), MAY(munmap), MAY(mremap), MAY(brk), MAY(madvise),
        WITHOUT(mmap, 2, PROT_EXEC), WITHOUT(mprotect, 2, PROT_EXEC),
        ONLY(prlimit64, 0, 0), /* its own limits */
        MAY(clock_gettime), MAY(clock_nanosleep), MAY(nanosleep), MAY(gettimeofday), MAY(getrusage), MAY(getrandom), MAY(sched_yield),
        MAY(sched_getaffinity), MAY(getpid), MAY(gettid), MAY(membarrier), MAY(rt_sigreturn), MAY(rt_sigprocmask), MAY(rt_sigaction),
        MAY(sigaltstack), MAY(restart_syscall), MAY(close), MAY(exit), MAY(exit_group),
        END(SECCOMP_RET_ERRNO | EPERM),
    };
    struct sock_fprog whole = {.len = sizeof program / sizeof program[0], .filter = program};
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &whole) == 0;
}
#endif

/* What of it holds, as bits; the rest is not to be had here. `lock`: keep this process's memory out of swap, where that is allowed. */
SEEN int confine(int lock) {
    int holds = 0;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0) holds |= NO_DUMP;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) holds |= NO_NEW_RIGHTS;
    if (lock && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) holds |= NO_SWAP;
#ifdef THIS_MACHINE
    if (filter()) holds |= FILTERED;
#endif
    return holds;
}

#else

SEEN int confine(int lock) {
    (void)lock;
    return 0;
}

#endif
