#pragma once
// Kernel interfaces that the Glibc module of the Swift toolchain lacks, and macros and variadic functions that
// Swift does not import. Nothing here has a behaviour of its own.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
