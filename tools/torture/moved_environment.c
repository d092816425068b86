// moved_environment.c
// Preloaded into a program: sets environment variables before its main begins, as profilers on clusters do. Never shipped.
//
// The C library then moves the list of variables, so code that expects the arguments right before that list finds none.

#include <stdlib.h>

__attribute__((constructor)) static void begin(void) {
  setenv("MOVED_ENVIRONMENT", "1", 1);
  unsetenv("OLDPWD");
}
