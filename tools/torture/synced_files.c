// synced_files.c
// Preloaded into a program: keeps a copy of each file and directory as it was synced, the least that a power failure leaves. Never
// shipped.
//
// Each successful fsync becomes a file SYNC_LOG/000001, 000002 …: a line "file ID PATH" and the file's bytes, or "directory ID PATH"
// and for each of its names a line "file ID NAME" or "directory ID NAME". An ID is an inode's number with its time of creation.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int count;

// Nothing where it has just been removed.
static void print(FILE *out, int directory, const char *name, int flags, const char *shown) {
  struct statx status;
  if (statx(directory, name, flags | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_MODE | STATX_BTIME, &status) != 0) return;
  fprintf(out, "%s %llu.%lld.%u %s\n", S_ISDIR(status.stx_mode) ? "directory" : "file", (unsigned long long)status.stx_ino,
          (long long)status.stx_btime.tv_sec, status.stx_btime.tv_nsec, shown);
}

static void keep(int descriptor) {
  const char *log = getenv("SYNC_LOG");
  struct stat status;
  if (!log || fstat(descriptor, &status) != 0) return;
  char own[64], path[PATH_MAX + 1], place[PATH_MAX];
  snprintf(own, sizeof own, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(own, path, PATH_MAX);
  if (length < 0) abort();
  path[length] = 0;
  snprintf(place, sizeof place, "%s/%06d", log, ++count);
  FILE *out = fopen(place, "we");
  if (!out) abort();
  print(out, descriptor, "", AT_EMPTY_PATH, path);
  if (S_ISDIR(status.st_mode)) {
    DIR *names = opendir(own);
    if (!names) abort();
    for (struct dirent *entry; (entry = readdir(names));) {
      if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) print(out, descriptor, entry->d_name, 0, entry->d_name);
    }
    closedir(names);
  } else {
    char bytes[65536];
    FILE *in = fopen(own, "re");
    if (!in) abort();
    for (size_t got; (got = fread(bytes, 1, sizeof bytes, in)) > 0;) fwrite(bytes, 1, got, out);
    fclose(in);
  }
  if (fclose(out) != 0) abort();
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  pthread_mutex_lock(&mutex);
  int result = real(descriptor);
  if (result == 0) keep(descriptor);
  pthread_mutex_unlock(&mutex);
  return result;
}
