/*
 * Makes the nth write to disk of a program fail, or hang, to see what becomes of its files. Loaded with LD_PRELOAD by the
 * disk tests; counts writing, synchronising, renaming and truncating of files under one folder, over all threads.
 *
 *   FAIL_AT     number of the operation that fails, counted from 1; 0 only counts
 *   FAIL_FOLDER only files under this folder count
 *   FAIL_ERROR  the errno
 *   FAIL_STICKY 1: every later operation fails as well, as on a full disk
 *   FAIL_MARK   file that is made when a fault fires
 *   FAIL_SLEEP  seconds for which the operation hangs, after which it is done; it does not fail then
 *   FAIL_ONLY   only operations of this name count, such as rename
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long done;

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

static int inside(const char *path) {
    const char *folder = getenv("FAIL_FOLDER");
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int fires(const char *name) {
    const char *only = getenv("FAIL_ONLY");
    if (only && strcmp(only, name) != 0) return 0;
    long at = number("FAIL_AT");
    long now = atomic_fetch_add(&done, 1) + 1;
    if (at == 0 || (now != at && !(number("FAIL_STICKY") && now > at))) return 0;
    const char *mark = getenv("FAIL_MARK");
    if (mark) {
        long file = syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0600);
        if (file >= 0) syscall(SYS_close, file);
    }
    if (getenv("FAIL_SLEEP")) {
        for (long left = number("FAIL_SLEEP"); left > 0; left = sleep((unsigned)left)) {}
        return 0;
    }
    errno = (int)number("FAIL_ERROR");
    return 1;
}

static int fails(const char *name, int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return inside(path) && fires(name);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t size) {
    return fails(__func__, fd) ? -1 : NEXT(write)(fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fails(__func__, fd) ? -1 : NEXT(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return fails(__func__, fd) ? -1 : NEXT(pwrite64)(fd, data, size, at);
}
int fsync(int fd) { return fails(__func__, fd) ? -1 : NEXT(fsync)(fd); }
int fdatasync(int fd) { return fails(__func__, fd) ? -1 : NEXT(fdatasync)(fd); }
int ftruncate(int fd, off_t size) { return fails(__func__, fd) ? -1 : NEXT(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return fails(__func__, fd) ? -1 : NEXT(ftruncate64)(fd, size); }

int rename(const char *from, const char *to) {
    char whole[PATH_MAX];
    return realpath(from, whole) && inside(whole) && fires(__func__) ? -1 : NEXT(rename)(from, to);
}
