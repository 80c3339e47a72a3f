#pragma once
// Kernel interfaces that the Glibc module of the Swift toolchain lacks, and macros and variadic functions that
// Swift does not import. Nothing here has a behaviour of its own.
#include <netinet/in.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <time.h>

// Enumeration values and macros that arrive in Swift with differing types, or not at all.
static const int32_t rowan_msg_nosignal = MSG_NOSIGNAL;
static const int32_t rowan_sock_stream = SOCK_STREAM;
static const int32_t rowan_sock_nonblock = SOCK_NONBLOCK;
static const int32_t rowan_sock_cloexec = SOCK_CLOEXEC;
static const int32_t rowan_shut_wr = SHUT_WR;
static const int32_t rowan_ipproto_tcp = IPPROTO_TCP;
static const int32_t rowan_ipproto_ipv6 = IPPROTO_IPV6;
static const int32_t rowan_epoll_cloexec = EPOLL_CLOEXEC;
static const int32_t rowan_eventfd_flags = EFD_CLOEXEC | EFD_NONBLOCK;
static const int32_t rowan_inotify_flags = IN_CLOEXEC | IN_NONBLOCK;
/// What changes a directory's content or the files in it; names that move in and out are news of their own.
static const uint32_t rowan_inotify_interest =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_CLOSE_WRITE | IN_ATTRIB | IN_ONLYDIR;
static const uint32_t rowan_inotify_moved_to = IN_MOVED_TO;
static const uint32_t rowan_inotify_ignored = IN_IGNORED;
static const uint32_t rowan_inotify_overflow = IN_Q_OVERFLOW;
static const uint32_t rowan_epollin = EPOLLIN;
static const uint32_t rowan_epollout = EPOLLOUT;
static const uint32_t rowan_epollerr = EPOLLERR;
static const uint32_t rowan_epollhup = EPOLLHUP;
static const uint32_t rowan_epollrdhup = EPOLLRDHUP;
static const uint32_t rowan_epollet = EPOLLET;

/// open(2) is variadic.
int rowan_open(const char *path, int flags, int mode);

/// Whether anybody has an open file open for writing: 1, 0, or -1 where the kernel does not tell. fcntl(2) is variadic
/// and leases are declared only under _GNU_SOURCE.
int rowan_is_being_written(int file);

/// accept4(2), non-blocking and closed on exec, is declared only under _GNU_SOURCE.
int rowan_accept(int listener, struct sockaddr *address, socklen_t *size);

/// prctl(2) is variadic.
int rowan_set_timer_slack(unsigned long nanoseconds);

/// Names the calling thread.
int rowan_set_thread_name(const char *name);

/// The calling thread may use one processor only; the set's macros are not imported.
int rowan_use_processor(int processor);

/// The number of processors that the calling thread may use, or -1.
int rowan_usable_processor_count(void);

/// The calling thread is scheduled with long turns and a smaller share; SCHED_BATCH is declared under _GNU_SOURCE.
int rowan_be_background(void);

/// The calling thread runs when no other wants the processor; SCHED_IDLE is declared under _GNU_SOURCE.
int rowan_be_idle(void);

/// Lets a listening TCP socket complete handshakes that have begun and drops every packet that begins a new one.
int rowan_drop_new_handshakes(int listener);

/// Opens a POSIX shared memory object for reading and writing, or returns -1.
int rowan_open_shared_memory(const char *name);

/// Writes a number as printf's %f does, terminated; returns the number of bytes before the end. printf is variadic.
int rowan_format_fixed_point(char *text, size_t size, double value);

/// Columns in the lower half and rows in the upper half of a terminal's size, or 0; ioctl(2) is variadic.
uint32_t rowan_terminal_size(int terminal);

/// The environment of the process, a list that ends with NULL; Swift sees the variable `environ` as mutable state.
char **rowan_environment(void);

/// sem_clockwait(3) by the monotonic clock, declared only under _GNU_SOURCE.
int rowan_semaphore_wait(sem_t *semaphore, const struct timespec *instant);

/// Fills memory with random bytes of the kernel, or returns -1; getrandom(2) is not in Swift's Glibc module.
int rowan_random_bytes(void *bytes, size_t count);

/// Whether the process leaves core dumps and may be looked into by others of its user; prctl(2) is variadic.
int rowan_is_dumpable(void);

/// No core dump of the process is written, and no other process of its user looks into it.
int rowan_be_undumpable(void);

/// Sends a datagram to a socket of this machine, whose name begins with @ if it is the kernel's, without waiting; -1 if
/// it could not be sent. The structure of such addresses ends with a field of varying length.
int rowan_notify_supervisor(const char *socket_path, const char *state);
