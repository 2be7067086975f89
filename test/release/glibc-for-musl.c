/* What Debian's C++ library asks glibc for and musl does not have; enough for the test that runs the executable for musl. */
typedef unsigned long size_t;
extern long getrandom(void *, size_t, unsigned);
extern size_t strftime_l(char *, size_t, const char *, const void *, void *);

unsigned arc4random(void) {
  unsigned number = 0;
  getrandom(&number, sizeof number, 0);
  return number;
}

size_t __strftime_l(char *to, size_t size, const char *format, const void *time, void *locale) {
  return strftime_l(to, size, format, time, locale);
}

int __cxa_thread_atexit_impl(void (*destroy)(void *), void *object, void *library) { return 0; }
char __libc_single_threaded = 0;
int _dl_find_object(void *address, void *result) { return -1; }
int __cpu_indicator_init(void) { return 0; }
struct { unsigned vendor, type, subtype, features; } __cpu_model;
