#define _GNU_SOURCE
#include "CShims.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <unistd.h>

int rowan_open(const char *path, int flags, int mode) { return open(path, flags, mode); }

int rowan_is_being_written(int file) {
    // Somebody who opens the file while the lease is held waits until it is given back, and this process is told by a
    // signal that would end it.
    signal(SIGIO, SIG_IGN);
    if (fcntl(file, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(file, F_SETLEASE, F_UNLCK);
        return 0;
    }
    return errno == EAGAIN ? 1 : -1;
}

int rowan_accept(int listener, struct sockaddr *address, socklen_t *size) {
    return accept4(listener, address, size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int rowan_set_timer_slack(unsigned long nanoseconds) { return prctl(PR_SET_TIMERSLACK, nanoseconds, 0, 0, 0); }

int rowan_drop_new_handshakes(int listener) {
    // A socket filter of a TCP socket sees the packet from the TCP header on; byte 13 holds the flags, 0x02 is SYN.
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x02, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog description = {.len = sizeof program / sizeof program[0], .filter = program};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &description, sizeof description);
}

int rowan_set_thread_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

int rowan_use_processor(int processor) {
    cpu_set_t *set = CPU_ALLOC((size_t)processor + 1);
    if (!set) return -1;
    size_t size = CPU_ALLOC_SIZE((size_t)processor + 1);
    CPU_ZERO_S(size, set);
    CPU_SET_S((size_t)processor, size, set);
    int result = sched_setaffinity(0, size, set);
    CPU_FREE(set);
    return result;
}

int rowan_usable_processor_count(void) {
    // Large enough for every processor that a kernel of today can be built for.
    enum { MOST = 8192 };
    cpu_set_t *set = CPU_ALLOC(MOST);
    if (!set) return -1;
    size_t size = CPU_ALLOC_SIZE(MOST);
    int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : -1;
    CPU_FREE(set);
    return count;
}

int rowan_be_background(void) {
    struct sched_param parameters = {.sched_priority = 0};
    int result = sched_setscheduler(0, SCHED_BATCH, &parameters);
    // The nice value belongs to the calling thread alone on Linux.
    return result == 0 ? setpriority(PRIO_PROCESS, (id_t)gettid(), 5) : result;
}

int rowan_be_idle(void) {
    struct sched_param parameters = {.sched_priority = 0};
    return sched_setscheduler(0, SCHED_IDLE, &parameters);
}

int rowan_open_shared_memory(const char *name) {
    // Somebody may have put a pipe in the object's place, which is not to be waited for.
    return shm_open(name, O_RDWR | O_NONBLOCK, 0);
}

int rowan_format_fixed_point(char *text, size_t size, double value) { return snprintf(text, size, "%f", value); }

char **rowan_environment(void) { return environ; }

int rowan_semaphore_wait(sem_t *semaphore, const struct timespec *instant) {
    return sem_clockwait(semaphore, CLOCK_MONOTONIC, instant);
}

uint32_t rowan_terminal_size(int terminal) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return 0;
    return (uint32_t)size.ws_row << 16 | size.ws_col;
}

int rowan_random_bytes(void *bytes, size_t count) {
    uint8_t *next = bytes;
    while (count > 0) {
        ssize_t made = getrandom(next, count, 0);
        if (made < 0 && errno == EINTR) continue;
        if (made < 0) return -1;
        next += made;
        count -= (size_t)made;
    }
    return 0;
}

int rowan_is_dumpable(void) { return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }

int rowan_be_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int rowan_notify_supervisor(const char *socket_path, const char *state) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t count = strlen(socket_path);
    if (count >= sizeof address.sun_path) return -1;
    memcpy(address.sun_path, socket_path, count);
    if (address.sun_path[0] == '@') address.sun_path[0] = 0;
    int channel = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (channel < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count);
    ssize_t sent = sendto(channel, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    close(channel);
    return sent < 0 ? -1 : 0;
}
