#include <dnnl.h>

// oneDNN computes on as many threads as OpenMP gives the calling thread; the engine divides the work itself and asks
// for one. The header that declares this is the compiler's own and not always at hand.
void omp_set_num_threads(int count);
