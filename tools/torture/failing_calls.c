// failing_calls.c
// Preloaded into a program: makes one call that changes a file fail, or that call and all later ones, or kills the program there.
// Never shipped.
//
// It counts the calls that open a file for writing, write, sync, truncate, rename, link, remove or make one. It ignores the standard
// streams, pipes and terminals. The environment says what to do:
//
//   FAULT_AT      the number of the call that fails, from 1; 0 only counts
//   FAULT_MODE    once | half | lasting: that call alone; a write that is cut in the middle, and the next write fails; all
//                 calls from there on that need space
//                 before | after | within: SIGKILL before the call, after it, or in the middle of a write
//                 always: every call of the name FAULT_CALL, whatever its number
//   FAULT_CALL    for "always": the name of the call, flock among them
//   FAULT_LINKS   none: link always fails, as on a file system without hard links
//   FAULT_ERRNO   the error
//   FAULT_REPORT  a file that gets the name of each call that failed, and at the end how many there were

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum mode { ONCE, HALF, LASTING, BEFORE, AFTER, WITHIN, ALWAYS };

static const char *const modes[] = {"once", "half", "lasting", "before", "after", "within", "always"};

static atomic_long calls;
static atomic_int is_half_written;
// The thread whose call the program is killed after.
static _Thread_local int ends_after;
static long fault_at;
static int fault_errno, has_links;
static enum mode mode;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? strtol(text, NULL, 10) : otherwise;
}

// Past the functions below.
static void report(const char *format, ...) {
  const char *path = getenv("FAULT_REPORT");
  if (!path) return;
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return;
  if (syscall(SYS_write, descriptor, line, (size_t)length) < 0) abort();
  syscall(SYS_close, descriptor);
}

__attribute__((constructor)) static void begin(void) {
  fault_at = number("FAULT_AT", 0);
  fault_errno = (int)number("FAULT_ERRNO", ENOSPC);
  has_links = !getenv("FAULT_LINKS");
  const char *name = getenv("FAULT_MODE");
  for (int each = ONCE; name && each <= ALWAYS; each++) {
    if (!strcmp(name, modes[each])) mode = (enum mode)each;
  }
}

__attribute__((destructor)) static void end(void) { report("calls %ld\n", atomic_load(&calls)); }

static _Noreturn void end_at(const char *call) {
  report("killed %s\n", call);
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static int always_fails(const char *call) {
  const char *name = getenv("FAULT_CALL");
  if (mode != ALWAYS || !name || strcmp(name, call)) return 0;
  errno = fault_errno;
  return 1;
}

// Whether this call is to fail. A call that frees space does so only when it is the one.
static int fails(const char *call, int needs_space) {
  if (mode == ALWAYS) return always_fails(call);
  long now = atomic_fetch_add(&calls, 1) + 1;
  int is_chosen = fault_at > 0 && (now == fault_at || (mode == LASTING && needs_space && now > fault_at));
  if (!is_chosen) return 0;
  if (mode == BEFORE) end_at(call);
  if (mode == AFTER || mode == WITHIN) {
    ends_after = 1;
    return 0;
  }
  report("failed %s\n", call);
  errno = fault_errno;
  return 1;
}

// The result of a call that was made; the program's end where that was the one.
static long made(const char *call, long result) {
  if (ends_after) end_at(call);
  return result;
}

static int is_file(int descriptor) {
  struct stat status;
  return descriptor > 2 && fstat(descriptor, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

// How much of a write is done: all of it (1), half (2), or nothing (0), with errno set.
static int share(const char *call, size_t count) {
  int was_half = atomic_exchange(&is_half_written, 0);
  if (was_half) {
    report("failed %s\n", call);
    errno = fault_errno;
    return 0;
  }
  if (!fails(call, 1)) return mode == WITHIN && ends_after && count > 1 ? 2 : 1;
  if (mode != HALF || count < 2) return 0;
  atomic_store(&is_half_written, 1);
  return 2;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  REAL(write);
  if (!is_file(descriptor)) return real(descriptor, bytes, count);
  int part = share("write", count);
  return part ? made("write", real(descriptor, bytes, count / (size_t)part)) : -1;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  REAL(pwrite);
  int part = share("pwrite", count);
  return part ? made("pwrite", real(descriptor, bytes, count / (size_t)part, offset)) : -1;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  REAL(writev);
  if (!is_file(descriptor)) return real(descriptor, parts, count);
  return fails("writev", 1) ? -1 : made("writev", real(descriptor, parts, count));
}

int fsync(int descriptor) {
  REAL(fsync);
  return fails("fsync", 1) ? -1 : (int)made("fsync", real(descriptor));
}

int fdatasync(int descriptor) {
  REAL(fdatasync);
  return fails("fdatasync", 1) ? -1 : (int)made("fdatasync", real(descriptor));
}

int ftruncate(int descriptor, off_t size) {
  REAL(ftruncate);
  return fails("ftruncate", 0) ? -1 : (int)made("ftruncate", real(descriptor, size));
}

int rename(const char *old, const char *new) {
  REAL(rename);
  return fails("rename", 0) ? -1 : (int)made("rename", real(old, new));
}

int unlink(const char *path) {
  REAL(unlink);
  return fails("unlink", 0) ? -1 : (int)made("unlink", real(path));
}

int rmdir(const char *path) {
  REAL(rmdir);
  return fails("rmdir", 0) ? -1 : (int)made("rmdir", real(path));
}

int link(const char *old, const char *new) {
  REAL(link);
  if (!has_links) {
    errno = EPERM;
    return -1;
  }
  return fails("link", 1) ? -1 : (int)made("link", real(old, new));
}

// Changes no file, and so is not counted.
int flock(int descriptor, int operation) {
  REAL(flock);
  return always_fails("flock") ? -1 : real(descriptor, operation);
}

int mkdir(const char *path, mode_t bits) {
  REAL(mkdir);
  return fails("mkdir", 1) ? -1 : (int)made("mkdir", real(path, bits));
}

static int opens_for_writing(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT); }

#define OPENING(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list arguments; \
    va_start(arguments, flags); \
    mode_t bits = flags & O_CREAT ? va_arg(arguments, mode_t) : 0; \
    va_end(arguments); \
    if (!opens_for_writing(flags) || !strncmp(path, "/dev/", 5)) return real(path, flags, bits); \
    return fails("open", 1) ? -1 : (int)made("open", real(path, flags, bits)); \
  }

OPENING(open)
OPENING(open64)

int openat(int directory, const char *path, int flags, ...) {
  REAL(openat);
  va_list arguments;
  va_start(arguments, flags);
  mode_t bits = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  if (!opens_for_writing(flags) || !strncmp(path, "/dev/", 5)) return real(directory, path, flags, bits);
  return fails("openat", 1) ? -1 : (int)made("openat", real(directory, path, flags, bits));
}
