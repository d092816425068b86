// other_machine.c
// Preloaded into a program: makes it run as if on another machine, on a file system whose locks hold within a machine. Never shipped.
//
//   MACHINE     its host name
//   SLEEP_PART  divides the duration of sleeps, so that a check does not take minutes

#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

int gethostname(char *name, size_t size) {
  const char *machine = getenv("MACHINE");
  if (size > 0) {
    strncpy(name, machine ? machine : "machine", size - 1);
    name[size - 1] = 0;
  }
  return 0;
}

// Locks of other machines are not seen, and within one run of the checks each program has a machine of its own.
int flock(int descriptor, int operation) {
  (void)descriptor;
  (void)operation;
  return 0;
}

int poll(struct pollfd *descriptors, nfds_t count, int milliseconds) {
  static int (*real)(struct pollfd *, nfds_t, int);
  if (!real) real = (int (*)(struct pollfd *, nfds_t, int))dlsym(RTLD_NEXT, "poll");
  const char *part = getenv("SLEEP_PART");
  if (count == 0 && milliseconds >= 1000 && part) milliseconds /= atoi(part);
  return real(descriptors, count, milliseconds);
}
