#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "CKernels.h"

// How long who waits stays awake, in nanoseconds.
#define AWAKE 200000

static struct {
  pthread_mutex_t caller;           // of whoever has the pool
  long threads;                     // that were started
  _Atomic uint32_t calls;           // counted up with each call; what sleeping threads wait for
  _Atomic uint32_t sleeping;        // threads that do
  _Atomic uint32_t inside;          // threads that look for indices; what a sleeping caller waits for
  _Atomic uint32_t caller_sleeps;
  _Atomic int open;                 // whether there may be indices
  _Atomic long next;
  long count;
  void (*body)(void *context, long index);
  void *context;
} pool = {.caller = PTHREAD_MUTEX_INITIALIZER};

static void rest(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000L + now.tv_nsec;
}

static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, 0, 0, 0);
}

static void wake(_Atomic uint32_t *word, int threads) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, 0, 0, 0);
}

/// Waits awake for as long as that is worth it; whether the word has another value then.
static int changes(_Atomic uint32_t *word, uint32_t value) {
  const long end = nanoseconds() + AWAKE;
  do
    for (int turn = 0; turn < 32; turn++) {
      if (atomic_load(word) != value) return 1;
      rest();
    }
  while (nanoseconds() < end);
  return 0;
}

static void take_indices(void) {
  for (long index; (index = atomic_fetch_add(&pool.next, 1)) < pool.count;) pool.body(pool.context, index);
}

static void *work(void *seen_at_start) {
  uint32_t seen = (uint32_t)(uintptr_t)seen_at_start;
  for (;;) {
    while (!changes(&pool.calls, seen)) {
      atomic_fetch_add(&pool.sleeping, 1);
      sleep_while(&pool.calls, seen);
      atomic_fetch_sub(&pool.sleeping, 1);
    }
    seen = atomic_load(&pool.calls);
    // Whoever is inside before `open` is read is waited for; who comes later finds it closed, or a later call.
    atomic_fetch_add(&pool.inside, 1);
    if (atomic_load(&pool.open)) take_indices();
    if (atomic_fetch_sub(&pool.inside, 1) == 1 && atomic_load(&pool.caller_sleeps)) wake(&pool.inside, 1);
  }
  return 0;
}

static void start(long threads) {
  for (; pool.threads < threads; pool.threads++) {
    pthread_t thread;
    if (pthread_create(&thread, 0, work, (void *)(uintptr_t)atomic_load(&pool.calls))) return;
    pthread_detach(thread);
  }
}

static void wait_for_the_others(void) {
  for (uint32_t left; (left = atomic_load(&pool.inside)) > 0;) {
    if (changes(&pool.inside, left)) continue;
    atomic_store(&pool.caller_sleeps, 1);
    while ((left = atomic_load(&pool.inside)) > 0) sleep_while(&pool.inside, left);
    atomic_store(&pool.caller_sleeps, 0);
  }
}

int ck_pool_run(long count, long threads, void (*body)(void *context, long index), void *context) {
  if (pthread_mutex_trylock(&pool.caller)) return 0;
  start(threads - 1);
  pool.count = count;
  pool.body = body;
  pool.context = context;
  atomic_store(&pool.next, 0);
  atomic_store(&pool.open, 1);
  atomic_fetch_add(&pool.calls, 1);
  if (atomic_load(&pool.sleeping)) wake(&pool.calls, (int)(threads - 1));
  take_indices();
  atomic_store(&pool.open, 0);
  wait_for_the_others();
  pthread_mutex_unlock(&pool.caller);
  return 1;
}
