/* A disk that can fail, and one that loses what was not synced when the power goes.
 *
 * Preloaded into a process, it stands between a database and the files in one folder.
 *
 * CRASH_ROOT    the folder; other files are left alone
 * CRASH_SYNCED  if set: a folder that holds, of each file, what would be there after a power cut:
 *               its bytes when the last fsync or fdatasync of it came back, by whichever process
 *
 * disk_fail(n, error, lasting) lets the n-th write from now on fail with that errno; lasting: all
 * after it too. disk_writes() tells how many there were since. Writes are write, pwrite, ftruncate,
 * fallocate, fsync and fdatasync. n = 0 lets none fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int fail_at, fail_errno, fail_lasting, writes;

void disk_fail(int n, int error, int lasting) {
    fail_at = n, fail_errno = error, fail_lasting = lasting, writes = 0;
}

int disk_writes(void) { return writes; }

/* Name the file behind a descriptor if it lies in the folder. */
static const char *ours(int fd, char *path) {
    const char *root = getenv("CRASH_ROOT");
    if (!root) return NULL;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return NULL;
    path[length] = 0;
    size_t stem = strlen(root);
    return !strncmp(path, root, stem) && path[stem] == '/' ? path + stem + 1 : NULL;
}

/* Say whether nothing is lost with a file: who waits for a turn counts there, or does without. */
static int is_of_turns(const char *name) {
    const char *end = strrchr(name, '.');
    return end && !strcmp(end, ".turn");
}

/* Count a write; say whether it is to fail. */
static int fails(int fd) {
    char path[PATH_MAX];
    const char *name = fail_at ? ours(fd, path) : NULL;
    if (!name || is_of_turns(name)) return 0;
    writes++;
    if (writes != fail_at && !(fail_lasting && writes > fail_at)) return 0;
    errno = fail_errno;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t copy(int from, int to) {
    char part[1 << 16];
    ssize_t length;
    for (off_t at = 0; (length = pread(from, part, sizeof part, at)) > 0; at += length)
        if (REAL(write)(to, part, length) != length) return -1;
    return length;
}

/* Keep what a file holds now. The new copy takes the place of the old one whole.
 * It is read through the descriptor at hand: to open the file anew and close it would drop every
 * lock that this process has on it (POSIX, fcntl). */
static void keep(int fd) {
    char path[PATH_MAX], target[PATH_MAX * 2], part[PATH_MAX * 2 + 32];
    const char *folder = getenv("CRASH_SYNCED"), *name = ours(fd, path);
    struct stat found;
    if (!folder || !name || fstat(fd, &found) || !S_ISREG(found.st_mode)) return;
    snprintf(target, sizeof target, "%s/%s", folder, name);
    snprintf(part, sizeof part, "%s.%d.part", target, (int)getpid());
    int to = open(part, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    int kept = to >= 0 && !copy(fd, to);
    if (to >= 0) close(to);
    if (!kept || rename(part, target)) {
        perror("disk.c");
        abort();
    }
}

/* Sync, and keep the copy, one process at a time: an older copy must not replace a newer one. */
static int sync_and_keep(int fd, int (*sync)(int)) {
    char path[PATH_MAX];
    const char *folder = getenv("CRASH_SYNCED");
    int lock = -1;
    if (folder && ours(fd, path)) {
        snprintf(path, sizeof path, "%s/.lock", folder);
        lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
        flock(lock, LOCK_EX);
    }
    int result = sync(fd);
    if (!result && lock >= 0) keep(fd);
    if (lock >= 0) close(lock);
    return result;
}

int fsync(int fd) { return fails(fd) ? -1 : sync_and_keep(fd, REAL(fsync)); }
int fdatasync(int fd) { return fails(fd) ? -1 : sync_and_keep(fd, REAL(fdatasync)); }
int ftruncate(int fd, off_t size) { return fails(fd) ? -1 : REAL(ftruncate)(fd, size); }
int ftruncate64(int fd, off64_t size) { return fails(fd) ? -1 : REAL(ftruncate64)(fd, size); }
ssize_t write(int fd, const void *data, size_t size) {
    return fails(fd) ? -1 : REAL(write)(fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    return fails(fd) ? -1 : REAL(pwrite)(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    return fails(fd) ? -1 : REAL(pwrite64)(fd, data, size, at);
}
int posix_fallocate(int fd, off_t at, off_t size) {
    return fails(fd) ? errno : REAL(posix_fallocate)(fd, at, size);
}
int posix_fallocate64(int fd, off64_t at, off64_t size) {
    return fails(fd) ? errno : REAL(posix_fallocate64)(fd, at, size);
}
