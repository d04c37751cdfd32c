/*
 * Loaded into sscep before all libraries: lets a chosen call fail.
 *
 * The process reads requests from stdin, and forks a child for each, which runs
 * main(), so that a run costs no start of a program.  A request is a length in
 * four bytes of this machine, then fields that each end with a NUL: the working
 * directory; files for stdout and stderr; the kind of calls that fails, or
 * "none"; the number of the first one, from 1; "once", "always", or "never": then
 * the stacks of all calls of the kind are in the file "stacks" beside that for
 * stdout, each a count of addresses, and these; how it fails, a number; the
 * arguments.  The answer is a line on stdout: the status
 * of waitpid(), how many calls failed, and how many there were of each kind.
 * A second line has the stack of the first failed call: addresses, which the
 * maps of this process and the symbols of the files explain.
 *
 * How: the errno, or a code of getaddrinfo(); 0: the call does less than asked
 * for, or says that the end is reached.
 *
 * Time does not pass in the sleeps of polls.  RAND_bytes() and new keys are the
 * same in each run, so that recorded answers fit.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#define KINDS(X) \
	X(memory) X(access) X(allocate) X(attributes) X(close) X(connect) \
	X(descriptor) X(directory) X(entropy) X(exec) X(fork) X(key) \
	X(link) X(lock) X(lookup) X(map) X(mode) X(name) X(open) X(owner) \
	X(poll) X(pread) X(pwrite) X(random) X(read) X(readdir) X(recv) \
	X(rename) X(room) X(seek) X(send) X(sleep) X(socket) X(sockopt) \
	X(stat) X(sync) X(thread) X(truncate) X(unlink) X(wait) X(write)

#define KIND_ENUM(name) KIND_##name,
#define KIND_NAME(name) #name,
enum kind { KINDS(KIND_ENUM) KIND_COUNT };
static const char *const kind_names[] = {KINDS(KIND_NAME)};

#define STACK_MAX   24
#define REQUEST_MAX 65536
#define ARGS_MAX    100
#define SECONDS_MAX 30
#define EARLY_BYTES 65536

/* Shared with the children, which count calls in it. */
struct shared {
	atomic_long counts[KIND_COUNT];
	atomic_long failed;
	atomic_long skipped; /* nanoseconds of sleeps */
	atomic_int depth;
	void *stack[STACK_MAX];
};
static struct shared *shared;

/* What fails. */
static struct {
	bool armed, always;
	FILE *stacks;
	int kind, how;
	long number;
} plan;
static bool has_child;
static __thread bool inside; /* of this file: nothing is counted */

/* Before the real functions are known: for dlsym() itself. */
static _Alignas(16) unsigned char early[EARLY_BYTES];
static size_t early_used;

static void note_stack(void)
{
	atomic_store(&shared->depth, backtrace(shared->stack, STACK_MAX));
}

static void record_stack(void)
{
	void *frames[STACK_MAX];
	size_t count = (size_t)backtrace(frames, STACK_MAX);

	inside = true;
	fwrite(&count, sizeof(count), 1, plan.stacks);
	fwrite(frames, sizeof(frames[0]), count, plan.stacks);
	inside = false;
}

static bool is_due(enum kind kind)
{
	int error = errno;
	bool due;
	long n;

	if (!plan.armed || inside)
		return false;
	n = atomic_fetch_add(&shared->counts[kind], 1) + 1;
	if (plan.stacks != NULL && (int)kind == plan.kind)
		record_stack();
	due = (int)kind == plan.kind &&
	    (n == plan.number || (plan.always && n > plan.number));
	if (due && atomic_fetch_add(&shared->failed, 1) == 0) {
		inside = true;
		note_stack();
		inside = false;
	}
	errno = error;
	return due;
}

/* Whether the call fails, with errno. */
static bool fails(enum kind kind)
{
	if (!is_due(kind))
		return false;
	errno = plan.how;
	return true;
}

/* Likewise; one that is to do less than asked for: *size is 1. */
static bool fails_or_short(enum kind kind, size_t *size)
{
	if (!is_due(kind))
		return false;
	errno = plan.how;
	if (plan.how == 0 && *size > 1)
		*size = 1;
	return plan.how != 0;
}

#define REAL(name) (real.name)
#define FUNCTIONS(X) \
	X(malloc) X(calloc) X(realloc) X(free) X(open) X(openat) X(fopen) \
	X(mkstemp) X(read) X(pread) X(write) X(pwrite) X(fsync) X(close) \
	X(rename) X(renameat) X(renameat2) X(link) X(linkat) X(unlink) \
	X(ftruncate) X(fallocate) X(stat) X(lstat) X(fstat) X(statx) \
	X(access) X(faccessat) X(readlink) X(realpath) X(chmod) X(fchmod) \
	X(fchown) X(fgetxattr) X(lgetxattr) X(fsetxattr) X(fremovexattr) \
	X(socket) X(connect) X(send) X(recv) X(setsockopt) X(getsockopt) \
	X(poll) X(pselect) X(nanosleep) X(clock_gettime) X(getentropy) \
	X(fcntl) X(opendir) X(readdir) X(mmap) X(getaddrinfo) X(getnameinfo) \
	X(pthread_create) X(fork) X(execve) X(waitpid) X(dup2) X(statvfs) \
	X(lseek) X(RAND_bytes) X(EVP_PKEY_keygen)

#define POINTER(name) __typeof__(name) *name;
static struct {
	FUNCTIONS(POINTER)
	bool known;
} real;

#define RESOLVE(function) \
	*(void **)&real.function = dlsym(RTLD_NEXT, #function);

static void find_real(void)
{
	FUNCTIONS(RESOLVE)
	real.known = true;
}

/* -- Memory ---------------------------------------------------------------- */

static void *allocate_early(size_t size)
{
	void *block = early + early_used;

	size = (size + 15) & ~(size_t)15;
	if (size > sizeof(early) - early_used)
		_exit(124);
	early_used += size;
	return block;
}

static bool is_early(const void *block)
{
	const unsigned char *p = block;

	return p >= early && p < early + sizeof(early);
}

void *malloc(size_t size)
{
	if (!real.known)
		return allocate_early(size);
	return fails(KIND_memory) ? NULL : REAL(malloc)(size);
}

void *calloc(size_t count, size_t size)
{
	if (!real.known)
		return allocate_early(count * size);
	return fails(KIND_memory) ? NULL : REAL(calloc)(count, size);
}

void *realloc(void *block, size_t size)
{
	void *moved;

	if (is_early(block)) {
		if ((moved = malloc(size)) != NULL)
			memcpy(moved, block, size);
		return moved;
	}
	if (!real.known)
		return allocate_early(size);
	return fails(KIND_memory) ? NULL : REAL(realloc)(block, size);
}

void free(void *block)
{
	if (block != NULL && !is_early(block) && real.known)
		REAL(free)(block);
}

/* -- Calls that fail, or do all that they are told -------------------------- */

#define CALL(kind, result, bad, name, parameters, arguments) \
	result name parameters \
	{ \
		return fails(KIND_##kind) ? (bad) : REAL(name) arguments; \
	}

CALL(open, FILE *, NULL, fopen, (const char *path, const char *mode),
    (path, mode))
CALL(open, int, -1, mkstemp, (char *path), (path))
CALL(sync, int, -1, fsync, (int fd), (fd))
CALL(rename, int, -1, rename, (const char *from, const char *to), (from, to))
CALL(rename, int, -1, renameat,
    (int from_fd, const char *from, int to_fd, const char *to),
    (from_fd, from, to_fd, to))
CALL(rename, int, -1, renameat2,
    (int from_fd, const char *from, int to_fd, const char *to,
	unsigned int flags),
    (from_fd, from, to_fd, to, flags))
CALL(link, int, -1, link, (const char *from, const char *to), (from, to))
CALL(link, int, -1, linkat,
    (int from_fd, const char *from, int to_fd, const char *to, int flags),
    (from_fd, from, to_fd, to, flags))
CALL(unlink, int, -1, unlink, (const char *path), (path))
CALL(truncate, int, -1, ftruncate, (int fd, off_t size), (fd, size))
CALL(allocate, int, -1, fallocate, (int fd, int mode, off_t at, off_t size),
    (fd, mode, at, size))
CALL(stat, int, -1, stat, (const char *path, struct stat *sb), (path, sb))
CALL(stat, int, -1, lstat, (const char *path, struct stat *sb), (path, sb))
CALL(stat, int, -1, fstat, (int fd, struct stat *sb), (fd, sb))
CALL(stat, int, -1, statx,
    (int fd, const char *path, int flags, unsigned int mask,
	struct statx *sx),
    (fd, path, flags, mask, sx))
CALL(access, int, -1, access, (const char *path, int mode), (path, mode))
CALL(access, int, -1, faccessat,
    (int fd, const char *path, int mode, int flags), (fd, path, mode, flags))
CALL(name, ssize_t, -1, readlink, (const char *path, char *to, size_t size),
    (path, to, size))
CALL(name, char *, NULL, realpath, (const char *path, char *to), (path, to))
CALL(mode, int, -1, chmod, (const char *path, mode_t mode), (path, mode))
CALL(mode, int, -1, fchmod, (int fd, mode_t mode), (fd, mode))
CALL(owner, int, -1, fchown, (int fd, uid_t user, gid_t group),
    (fd, user, group))
CALL(attributes, ssize_t, -1, fgetxattr,
    (int fd, const char *name, void *value, size_t size),
    (fd, name, value, size))
CALL(attributes, ssize_t, -1, lgetxattr,
    (const char *path, const char *name, void *value, size_t size),
    (path, name, value, size))
CALL(attributes, int, -1, fsetxattr,
    (int fd, const char *name, const void *value, size_t size, int flags),
    (fd, name, value, size, flags))
CALL(attributes, int, -1, fremovexattr, (int fd, const char *name), (fd, name))
CALL(socket, int, -1, socket, (int domain, int type, int protocol),
    (domain, type, protocol))
CALL(sockopt, int, -1, setsockopt,
    (int fd, int level, int name, const void *value, socklen_t size),
    (fd, level, name, value, size))
CALL(sockopt, int, -1, getsockopt,
    (int fd, int level, int name, void *value, socklen_t *size),
    (fd, level, name, value, size))
CALL(poll, int, -1, poll, (struct pollfd *fds, nfds_t count, int timeout),
    (fds, count, timeout))
CALL(sleep, int, -1, nanosleep,
    (const struct timespec *time, struct timespec *left), (time, left))
CALL(entropy, int, -1, getentropy, (void *bytes, size_t size), (bytes, size))
CALL(directory, DIR *, NULL, opendir, (const char *path), (path))
CALL(readdir, struct dirent *, NULL, readdir, (DIR *dir), (dir))
CALL(map, void *, MAP_FAILED, mmap,
    (void *at, size_t size, int protection, int flags, int fd, off_t from),
    (at, size, protection, flags, fd, from))
CALL(exec, int, -1, execve,
    (const char *path, char *const argv[], char *const environment[]),
    (path, argv, environment))
CALL(wait, pid_t, -1, waitpid, (pid_t pid, int *status, int options),
    (pid, status, options))
CALL(descriptor, int, -1, dup2, (int from, int to), (from, to))
CALL(room, int, -1, statvfs, (const char *path, struct statvfs *sb),
    (path, sb))
CALL(seek, off_t, -1, lseek, (int fd, off_t at, int from), (fd, at, from))

/* -- Those with arguments of their own --------------------------------------- */

int open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;
	va_end(ap);
	return fails(KIND_open) ? -1 : REAL(open)(path, flags, mode);
}

int openat(int fd, const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, int) : 0;
	va_end(ap);
	return fails(KIND_open) ? -1 : REAL(openat)(fd, path, flags, mode);
}

/* With _FORTIFY_SOURCE. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

/* The descriptor is closed in any case, as on Linux. */
int close(int fd)
{
	int result = REAL(close)(fd);

	return result == 0 && fails(KIND_close) ? -1 : result;
}

ssize_t read(int fd, void *bytes, size_t size)
{
	return fails_or_short(KIND_read, &size) ? -1
						: REAL(read)(fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at)
{
	return fails_or_short(KIND_pread, &size)
	    ? -1
	    : REAL(pread)(fd, bytes, size, at);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
	return fails_or_short(KIND_write, &size) ? -1
						 : REAL(write)(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
	return fails_or_short(KIND_pwrite, &size)
	    ? -1
	    : REAL(pwrite)(fd, bytes, size, at);
}

/* The connection is no longer there after that. */
ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
	if (!fails_or_short(KIND_send, &size))
		return REAL(send)(fd, bytes, size, flags);
	if (plan.how == EPIPE || plan.how == ECONNRESET)
		shutdown(fd, SHUT_RDWR);
	errno = plan.how;
	return -1;
}

ssize_t recv(int fd, void *bytes, size_t size, int flags)
{
	return fails_or_short(KIND_recv, &size)
	    ? -1
	    : REAL(recv)(fd, bytes, size, flags);
}

/* One that is interrupted goes on. */
int connect(int fd, const struct sockaddr *address, socklen_t size)
{
	bool failing = is_due(KIND_connect);
	int result = 0;

	if (!failing || plan.how == EINTR)
		result = REAL(connect)(fd, address, size);
	if (!failing)
		return result;
	errno = plan.how;
	return -1;
}

int fcntl(int fd, int command, ...)
{
	va_list ap;
	void *argument;

	va_start(ap, command);
	argument = va_arg(ap, void *);
	va_end(ap);
	if ((command == F_SETLK || command == F_SETLKW) && fails(KIND_lock))
		return -1;
	return REAL(fcntl)(fd, command, argument);
}

pid_t fork(void)
{
	if (fails(KIND_fork))
		return -1;
	has_child = true;
	return REAL(fork)();
}

/*
 * Without a descriptor, and a child to wait for, it is a sleep: no time passes,
 * but for those who ask.
 */
int pselect(int count, fd_set *in, fd_set *out, fd_set *bad,
    const struct timespec *time, const sigset_t *mask)
{
	if (fails(KIND_sleep))
		return -1;
	if (count > 0 || time == NULL || shared == NULL || has_child)
		return REAL(pselect)(count, in, out, bad, time, mask);
	atomic_fetch_add(
	    &shared->skipped, time->tv_sec * 1000000000L + time->tv_nsec);
	return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = REAL(clock_gettime)(clock, now);
	long skipped = shared != NULL ? atomic_load(&shared->skipped) : 0;

	if (result == 0 && clock == CLOCK_MONOTONIC) {
		skipped += now->tv_nsec;
		now->tv_sec += skipped / 1000000000;
		now->tv_nsec = skipped % 1000000000;
	}
	return result;
}

int getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	return fails(KIND_lookup) ? plan.how
				  : REAL(getaddrinfo)(host, service, hints, out);
}

int getnameinfo(const struct sockaddr *address, socklen_t size, char *host,
    socklen_t host_size, char *service, socklen_t service_size, int flags)
{
	return fails(KIND_lookup) ? plan.how
				  : REAL(getnameinfo)(address, size, host,
					host_size, service, service_size, flags);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
    void *(*start)(void *), void *argument)
{
	return fails(KIND_thread)
	    ? plan.how
	    : REAL(pthread_create)(thread, attributes, start, argument);
}

/* The n-th ones of a size are always the same. */
int RAND_bytes(unsigned char *bytes, int size)
{
	static unsigned int calls[256];
	int i;

	if (is_due(KIND_random))
		return 0;
	if (!plan.armed)
		return REAL(RAND_bytes)(bytes, size);
	calls[size & 255]++;
	for (i = 0; i < size; i++)
		bytes[i] = (unsigned char)(17 * i + 29 * size +
		    71 * (int)calls[size & 255]);
	return 1;
}

/* Makes one; takes that of a file instead, if it is for ECDSA. */
int EVP_PKEY_keygen(EVP_PKEY_CTX *ctx, EVP_PKEY **key)
{
	const char *path = getenv("FAULTS_KEY");
	int result;
	FILE *file;

	if (is_due(KIND_key))
		return 0;
	result = REAL(EVP_PKEY_keygen)(ctx, key);
	if (result != 1 || path == NULL || !EVP_PKEY_is_a(*key, "EC"))
		return result;
	inside = true;
	if ((file = fopen(path, "r")) == NULL)
		_exit(125);
	EVP_PKEY_free(*key);
	*key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	inside = false;
	return *key != NULL;
}

/* -- Runs ---------------------------------------------------------------------- */

static int (*real_main)(int, char **, char **);

static void redirect(int to, const char *path, int flags)
{
	int fd = REAL(open)(path, flags, 0600);

	if (fd < 0 || (fd != to && REAL(dup2)(fd, to) < 0))
		_exit(126);
	if (fd != to)
		REAL(close)(fd);
}

/* Beside that file. */
static void open_stacks(const char *path)
{
	static char name[4096];
	const char *slash = strrchr(path, '/');

	snprintf(name, sizeof(name), "%.*s/stacks",
	    (int)(slash != NULL ? slash - path : 0), path);
	if ((plan.stacks = fopen(name, "we")) == NULL)
		_exit(126);
}

static int find_kind(const char *name)
{
	int i;

	for (i = 0; i < KIND_COUNT; i++)
		if (strcmp(kind_names[i], name) == 0)
			return i;
	return -1;
}

static bool read_all(int fd, void *bytes, size_t len)
{
	ssize_t got;
	size_t done;

	for (done = 0; done < len; done += (size_t)got) {
		got = REAL(read)(fd, (char *)bytes + done, len - done);
		if (got <= 0)
			return false;
	}
	return true;
}

/* The answer then has the stack of the crash. */
static void on_crash(int number)
{
	inside = true;
	note_stack();
	signal(number, SIG_DFL);
	raise(number);
}

/* In the child: runs main() as the fields say; does not return. */
static void run(char *fields, size_t len, char *program, char **environment)
{
	char *field[ARGS_MAX], *p;
	int count = 0, status;

	for (p = fields; p < fields + len && count < ARGS_MAX - 1;
	     p += strlen(p) + 1)
		field[count++] = p;
	field[count] = NULL;
	if (count < 7 || chdir(field[0]) != 0)
		_exit(126);
	redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
	redirect(STDOUT_FILENO, field[1], O_WRONLY | O_CREAT | O_TRUNC);
	redirect(STDERR_FILENO, field[2], O_WRONLY | O_CREAT | O_TRUNC);
	plan.kind = find_kind(field[3]);
	plan.number = atol(field[4]);
	plan.always = strcmp(field[5], "always") == 0;
	if (strcmp(field[5], "never") == 0) {
		plan.number = 0;
		open_stacks(field[1]);
	}
	plan.how = atoi(field[6]);
	field[6] = program;
	if (dlsym(RTLD_DEFAULT, "__asan_init") == NULL) {
		signal(SIGSEGV, on_crash);
		signal(SIGABRT, on_crash);
	}
	alarm(SECONDS_MAX);
	plan.armed = true;
	status = real_main(count - 6, field + 6, environment);
	plan.armed = false;
	if (plan.stacks != NULL)
		fclose(plan.stacks);
	plan.stacks = NULL;
	exit(status);
}

static void answer(int status)
{
	int i;

	printf("%d %ld", status, atomic_load(&shared->failed));
	for (i = 0; i < KIND_COUNT; i++)
		printf(" %s=%ld", kind_names[i],
		    atomic_load(&shared->counts[i]));
	printf("\n");
	for (i = 0; i < atomic_load(&shared->depth); i++)
		printf("%p ", shared->stack[i]);
	printf("\n");
	fflush(stdout);
}

static int serve(int argc, char **argv, char **environment)
{
	static char fields[REQUEST_MAX];
	unsigned int len;
	void *frame;
	int status;
	pid_t pid;

	(void)argc;
	shared = REAL(mmap)(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 126;
	/* Loads what it needs. */
	backtrace(&frame, 1);
	while (read_all(STDIN_FILENO, &len, sizeof(len)) &&
	    len < sizeof(fields) && read_all(STDIN_FILENO, fields, len)) {
		memset(shared, 0, sizeof(*shared));
		if ((pid = REAL(fork)()) == 0)
			run(fields, len, argv[0], environment);
		if (pid < 0 || REAL(waitpid)(pid, &status, 0) != pid)
			return 126;
		answer(status);
	}
	return 0;
}

/* What the C library calls first, with main(). */
int __libc_start_main(int (*function)(int, char **, char **), int argc,
    char **argv, int (*init)(int, char **, char **), void (*fini)(void),
    void (*end)(void), void *stack);
int __libc_start_main(int (*function)(int, char **, char **), int argc,
    char **argv, int (*init)(int, char **, char **), void (*fini)(void),
    void (*end)(void), void *stack)
{
	int (*start)(int (*)(int, char **, char **), int, char **,
	    int (*)(int, char **, char **), void (*)(void), void (*)(void),
	    void *);

	find_real();
	*(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
	/* Programs that are started from here are left alone. */
	unsetenv("LD_PRELOAD");
	real_main = function;
	return start(serve, argc, argv, init, fini, end, stack);
}
