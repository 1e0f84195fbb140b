// Loaded into the program by the tests (LD_PRELOAD): ends it with SIGKILL at an exact line of its journal, or of its progress, which no
// signal from outside can.
//
//   KILL_AT    words, one per line, that the line of the journal holds, all of them
//   KILL_WHEN  unwritten: right before the line is written; written: right after it is on disk; shown: right before it goes to stdout or stderr
//   KILL_LATER milliseconds to go on after that moment
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int armed;

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void *die_later(void *milliseconds) {
  usleep(1000 * (useconds_t)(size_t)milliseconds);
  die();
  return NULL;
}

static void reached(void) {
  const char *later = getenv("KILL_LATER");
  pthread_t thread;
  if (!later || atoi(later) == 0) die();
  pthread_create(&thread, NULL, die_later, (void *)(size_t)atoi(later));
}

static int is_journal(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path);
  return length > 6 && memcmp(path + length - 6, ".jsonl", 6) == 0;
}

// .NET writes to a copy of the descriptor.
static int is_same(int fd, int stream) {
  struct stat one, other;
  return fstat(fd, &one) == 0 && fstat(stream, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

static int holds_words(const void *line, size_t size) {
  const char *word = getenv("KILL_AT");
  while (word && *word) {
    size_t length = strcspn(word, "\n");
    if (!memmem(line, size, word, length)) return 0;
    word += length + (word[length] == '\n');
  }
  return word != NULL;
}

static void before_write(int fd, const void *line, size_t size) {
  const char *when = getenv("KILL_WHEN");
  if (!when) return;
  if (!(strcmp(when, "shown") == 0 ? is_same(fd, STDOUT_FILENO) || is_same(fd, STDERR_FILENO) : is_journal(fd)) || !holds_words(line, size)) return;
  if (strcmp(when, "written") != 0) reached();
  else armed = 1;
}

ssize_t write(int fd, const void *line, size_t size) {
  before_write(fd, line, size);
  return ((ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write"))(fd, line, size);
}

ssize_t pwrite(int fd, const void *line, size_t size, off_t offset) {
  before_write(fd, line, size);
  return ((ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite"))(fd, line, size, offset);
}

ssize_t pwrite64(int fd, const void *line, size_t size, off64_t offset) {
  before_write(fd, line, size);
  return ((ssize_t(*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(fd, line, size, offset);
}

int fsync(int fd) {
  int result = ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
  if (armed && is_journal(fd)) {
    armed = 0;
    reached();
  }
  return result;
}
