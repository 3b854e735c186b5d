/* Connection lookup with DPDK's rte_hash: finds the key, neither locks nor changes anything.
 *   hash_race EAL-OPTIONS -- v4|v6 ENTRIES */
#include "race.h"
#include <sys/mman.h>
#include <rte_hash.h>
#include <rte_hash_crc.h>

enum { V4_OCTETS = 16, V6_OCTETS = 40, BURST = 32 };

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

/* The five-tuple of connection "number". */
static void make_key(uint8_t *key, int octets, uint64_t number)
{
    uint16_t ports[2] = {(uint16_t)(1024 + (number & 0x3fff)), 443};
    memset(key, 0, (size_t)octets);
    if (octets == V4_OCTETS) {
        uint32_t addresses[2] = {(uint32_t)(0xCB000000u + (number >> 14)), 0x0A000005};
        memcpy(key, addresses, 8);
        memcpy(key + 8, ports, 4);
        key[12] = 17;
    } else {
        uint64_t addresses[4] = {0xb80d0120ULL, number * 0x9E3779B97F4A7C15ULL, 0xb80d0120ULL, 5};
        memcpy(key, addresses, 32);
        memcpy(key + 32, ports, 4);
        key[36] = 17;
    }
}

static void *map(size_t octets)
{
    void *memory = mmap(0, octets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("mmap");
    madvise(memory, octets, MADV_HUGEPAGE);
    return memory;
}

static void lookup(struct rte_hash *hash, const char *what, const char *kind, const void **keys, uint64_t count, uint64_t expected)
{
    char measure[40];
    double speed;
    uint64_t found = 0;
    MEASURE(speed, found = 0; for (uint64_t i = 0; i < count; i++) {
        void *data;
        found += rte_hash_lookup_data(hash, keys[i], &data) >= 0;
    } done += count);
    if (found != expected) fail("single lookup");
    snprintf(measure, sizeof measure, "%s single", kind);
    report(what, measure, speed);
    MEASURE(speed, found = 0; for (uint64_t i = 0; i + BURST <= count; i += BURST) {
        void *data[BURST];
        uint64_t hits;
        rte_hash_lookup_bulk_data(hash, keys + i, BURST, &hits, data);
        found += (uint64_t)__builtin_popcountll(hits);
    } done += count / BURST * BURST);
    if (found != expected / BURST * BURST) fail("bulk lookup");
    snprintf(measure, sizeof measure, "%s bursts", kind);
    report(what, measure, speed);
}

int main(int argc, char **argv)
{
    int used = rte_eal_init(argc, argv);
    if (used < 0 || argc - used != 3) fail("hash_race EAL-OPTIONS -- v4|v6 ENTRIES");
    argv += used;
    int octets = !strcmp(argv[1], "v6") ? V6_OCTETS : V4_OCTETS;
    uint64_t entries = strtoull(argv[2], 0, 0), count = entries < 1000000 ? 1000000 : 4000000;
    struct rte_hash_parameters parameters = {
        .name = "race", .entries = (uint32_t)(entries + entries / 8), .key_len = (uint32_t)octets, .hash_func = rte_hash_crc, .socket_id = SOCKET_ID_ANY};
    char what[80];
    snprintf(what, sizeof what, "table %s %s", argv[1], argv[2]);
    double before = heap_octets();
    struct rte_hash *hash = rte_hash_create(&parameters);
    if (!hash) fail("rte_hash_create");
    report(what, "octets", (heap_octets() - before) / (double)entries);

    uint8_t key[V6_OCTETS];
    for (uint64_t i = 0; i < entries; i++) {
        make_key(key, octets, i);
        if (rte_hash_add_key_data(hash, key, (void *)(uintptr_t)(i + 1)) < 0) fail("rte_hash_add_key_data");
    }

    uint8_t *queries = map(count * (uint64_t)octets);
    const void **keys = map(count * sizeof *keys);
    for (int is_miss = 0; is_miss < 2; is_miss++) {
        uint64_t state = 42;
        for (uint64_t i = 0; i < count; i++) {
            keys[i] = queries + i * (uint64_t)octets;
            make_key(queries + i * (uint64_t)octets, octets, next_random(&state) % entries + (is_miss ? entries : 0));
        }
        lookup(hash, what, is_miss ? "miss" : "hit", keys, count, is_miss ? 0 : count);
    }
    return 0;
}
