#ifndef THREADPOOL_H
#define THREADPOOL_H

// Threads that wait for work awake; part of CKernels.h.

/// Calls body(context, index) for each index below `count` on up to `threads` threads, of which the caller is one, and
/// returns after the last.
///
/// The others are started by the first call and then stay. Between two calls they stay awake for a moment: to wake a
/// sleeping thread takes longer than many of a network's operations, in a virtual machine above all. One caller has
/// them at a time: 0 is returned, and nothing done, if another has.
int ck_pool_run(long count, long threads, void (*body)(void *context, long index), void *context);

#endif
