/* What both races share: the clock, and figures printed as "what TAB measure TAB value". */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>

#define WARM_SECONDS 0.3
#define TRIAL_SECONDS 0.05
#define TRIALS 20

static double seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void report(const char *what, const char *measure, double value)
{
    printf("%s\t%s\t%.4f\n", what, measure, value);
    fflush(stdout);
}

/* Memory that DPDK has handed out. */
static double heap_octets(void)
{
    struct rte_malloc_socket_stats stats;
    return rte_malloc_get_socket_stats(0, &stats) == 0 ? (double)stats.heap_allocsz_bytes : 0;
}

/* Million operations a second, the best of many short trials as on the other side; WORK is a statement that adds what it did to "done". */
#define MEASURE(result, WORK)                                                                     \
    do {                                                                                          \
        double best_ = 0;                                                                         \
        for (int trial_ = -1; trial_ < TRIALS; trial_++) {                                        \
            uint64_t done = 0;                                                                    \
            double start_ = seconds(), spent_;                                                    \
            do {                                                                                  \
                WORK;                                                                             \
                spent_ = seconds() - start_;                                                      \
            } while (spent_ < (trial_ < 0 ? WARM_SECONDS : TRIAL_SECONDS));                       \
            if (trial_ >= 0 && (double)done / spent_ > best_) best_ = (double)done / spent_;      \
        }                                                                                         \
        result = best_ / 1e6;                                                                     \
    } while (0)

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, rte_strerror(rte_errno));
    exit(1);
}
