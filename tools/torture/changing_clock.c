// changing_clock.c
// Preloaded into a program: shows it a wrong time of day, and sets that clock while it runs. Never shipped.
//
//   CLOCK_AHEAD   seconds that the clock is ahead of the system's clock; negative if it is behind
//   CLOCK_SET_AT  milliseconds after which the clock shows the system's time; unset for never

#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long ahead, set_at = -1;
static struct timespec begun;

static int ask(clockid_t clock, struct timespec *time) { return (int)syscall(SYS_clock_gettime, clock, time); }

__attribute__((constructor)) static void begin(void) {
  const char *text = getenv("CLOCK_AHEAD");
  ahead = text ? strtol(text, NULL, 10) : 0;
  text = getenv("CLOCK_SET_AT");
  set_at = text ? strtol(text, NULL, 10) : -1;
  ask(CLOCK_MONOTONIC, &begun);
}

static long shift(void) {
  if (set_at < 0) return ahead;
  struct timespec now;
  ask(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - begun.tv_sec) * 1000 + (now.tv_nsec - begun.tv_nsec) / 1000000 < set_at ? ahead : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = ask(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift();
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  int result = clock_gettime(CLOCK_REALTIME, &now);
  *time = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
  return result;
}

time_t time(time_t *place) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (place) *place = now.tv_sec;
  return now.tv_sec;
}
