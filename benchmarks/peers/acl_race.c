/* Rule match with DPDK's rte_acl, verdict only, for every algorithm that the processor has.
 *   acl_race EAL-OPTIONS -- NAME RULES TRACE v4|v6
 * RULES: lines "ingress PROTOCOL REMOTE-CIDR PORT-LOW PORT-HIGH"; TRACE: lines "PROTOCOL-NUMBER REMOTE-ADDRESS DESTINATION-PORT". */
#include "race.h"
#include <arpa/inet.h>
#include <stddef.h>
#include <rte_acl.h>

enum { MAX_RULES = 200000, MAX_HEADERS = 400000, MAX_WORDS = 4, BURST = 32 };

/* Words of the address that the family has not are the same everywhere, and are no fields. */
struct key {
    uint8_t protocol;
    uint8_t pad[3];
    uint32_t address[MAX_WORDS];
    uint16_t port;
    uint16_t pad_port;
} __attribute__((packed));

struct rule {
    int is_any, protocol, length, low, high;
    uint8_t address[16];
};

RTE_ACL_RULE_DEF(acl_rule, MAX_WORDS + 3);

static struct rule rules[MAX_RULES];
static struct key keys[MAX_HEADERS] __attribute__((aligned(64)));
static const uint8_t *pointers[MAX_HEADERS];
static uint32_t results[MAX_HEADERS];
static int rule_count, key_count;

static int protocol_number(const char *name)
{
    return !strcmp(name, "tcp") ? 6 : !strcmp(name, "udp") ? 17 : !strcmp(name, "icmp") ? 1 : atoi(name);
}

static void read_rules(const char *path, int family)
{
    char line[256], protocol[16], cidr[80];
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    while (fgets(line, sizeof line, file) && rule_count < MAX_RULES) {
        struct rule *rule = &rules[rule_count];
        if (sscanf(line, "ingress %15s %79s %d %d", protocol, cidr, &rule->low, &rule->high) != 4) continue;
        char *slash = strchr(cidr, '/');
        *slash = 0;
        rule->is_any = !strcmp(protocol, "any");
        rule->protocol = protocol_number(protocol);
        rule->length = atoi(slash + 1);
        inet_pton(family, cidr, rule->address);
        rule_count++;
    }
    fclose(file);
}

static void read_trace(const char *path, int family)
{
    char line[256], address[80];
    int protocol, port;
    FILE *file = fopen(path, "r");
    if (!file) fail(path);
    while (fgets(line, sizeof line, file) && key_count < MAX_HEADERS) {
        if (sscanf(line, "%d %79s %d", &protocol, address, &port) != 3) continue;
        struct key *key = &keys[key_count];
        key->protocol = (uint8_t)protocol;
        inet_pton(family, address, key->address);
        key->port = htons((uint16_t)port);
        pointers[key_count++] = (const uint8_t *)key;
    }
    fclose(file);
}

/* Protocol, the words of the address, port, and half a word that is always 0. */
static int define_fields(struct rte_acl_field_def *fields, int words)
{
    int count = 0;
    fields[count] = (struct rte_acl_field_def){RTE_ACL_FIELD_TYPE_BITMASK, 1, count, 0, offsetof(struct key, protocol)};
    for (int word = 0; word < words; word++) {
        count++;
        fields[count] = (struct rte_acl_field_def){RTE_ACL_FIELD_TYPE_MASK, 4, count, 1 + word, offsetof(struct key, address) + 4 * word};
    }
    count++;
    fields[count] = (struct rte_acl_field_def){RTE_ACL_FIELD_TYPE_RANGE, 2, count, 1 + words, offsetof(struct key, port)};
    count++;
    fields[count] = (struct rte_acl_field_def){RTE_ACL_FIELD_TYPE_RANGE, 2, count, 1 + words, offsetof(struct key, pad_port)};
    return count + 1;
}

static void add_rule(struct rte_acl_ctx *acl, const struct rule *rule, int words)
{
    struct acl_rule added;
    memset(&added, 0, sizeof added);
    added.data.category_mask = 1;
    added.data.priority = 1;
    added.data.userdata = 1;
    added.field[0].value.u8 = rule->is_any ? 0 : rule->protocol;
    added.field[0].mask_range.u8 = rule->is_any ? 0 : 0xff;
    for (int word = 0; word < words; word++) {
        uint32_t value;
        int bits = rule->length - 32 * word;
        memcpy(&value, rule->address + 4 * word, 4);
        added.field[1 + word].value.u32 = ntohl(value);
        added.field[1 + word].mask_range.u32 = bits < 0 ? 0 : bits > 32 ? 32 : (uint32_t)bits;
    }
    added.field[1 + words].value.u16 = (uint16_t)rule->low;
    added.field[1 + words].mask_range.u16 = (uint16_t)rule->high;
    added.field[2 + words].mask_range.u16 = 0xffff;
    if (rte_acl_add_rules(acl, (struct rte_acl_rule *)&added, 1)) fail("rte_acl_add_rules");
}

static double classify(struct rte_acl_ctx *acl, int burst)
{
    double speed;
    MEASURE(speed, for (int i = 0; i + burst <= key_count; i += burst) {
        rte_acl_classify(acl, pointers + i, results + i, burst, 1);
        done += burst;
    });
    return speed;
}

/* The same answers as reading the rules one by one. */
static void check(int words)
{
    for (int i = 0; i < key_count; i += 997) {
        int matches = 0;
        for (int j = 0; j < rule_count && !matches; j++) {
            const struct rule *rule = &rules[j];
            const uint8_t *address = (const uint8_t *)keys[i].address;
            int port = ntohs(keys[i].port), octets = rule->length / 8, rest = rule->length % 8;
            matches = (rule->is_any || rule->protocol == keys[i].protocol) && port >= rule->low && port <= rule->high
                && !memcmp(rule->address, address, octets) && (!rest || !((rule->address[octets] ^ address[octets]) >> (8 - rest)));
        }
        if (matches != (results[i] != 0)) {
            fprintf(stderr, "header %d of a set of %d words: rte_acl is wrong\n", i, words);
            exit(1);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct { enum rte_acl_classify_alg number; const char *name; } algorithms[] = {
        {RTE_ACL_CLASSIFY_DEFAULT, "default"}, {RTE_ACL_CLASSIFY_SSE, "sse"}, {RTE_ACL_CLASSIFY_AVX2, "avx2"},
        {RTE_ACL_CLASSIFY_AVX512X16, "avx512x16"}, {RTE_ACL_CLASSIFY_AVX512X32, "avx512x32"},
    };
    int used = rte_eal_init(argc, argv);
    if (used < 0 || argc - used != 5) fail("acl_race EAL-OPTIONS -- NAME RULES TRACE v4|v6");
    argv += used;
    int is_v6 = !strcmp(argv[4], "v6"), words = is_v6 ? 4 : 1;
    read_rules(argv[2], is_v6 ? AF_INET6 : AF_INET);
    read_trace(argv[3], is_v6 ? AF_INET6 : AF_INET);

    struct rte_acl_config config = {.num_categories = 1};
    config.num_fields = define_fields(config.defs, words);
    struct rte_acl_param parameters = {
        .name = "race", .socket_id = SOCKET_ID_ANY, .rule_size = RTE_ACL_RULE_SZ(config.num_fields), .max_rule_num = rule_count + 1};
    struct rte_acl_ctx *acl = rte_acl_create(&parameters);
    if (!acl) fail("rte_acl_create");
    for (int i = 0; i < rule_count; i++) add_rule(acl, &rules[i], words);
    double before = heap_octets(), start = seconds();
    if (rte_acl_build(acl, &config)) fail("rte_acl_build");
    char what[80];
    snprintf(what, sizeof what, "match %s", argv[1]);
    report(what, "compile ms", (seconds() - start) * 1e3);
    report(what, "compiled KiB", (heap_octets() - before) / 1024);

    double single = 0, burst = 0;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (rte_acl_set_ctx_classify(acl, algorithms[i].number)) continue;
        double one = classify(acl, 1), many = classify(acl, BURST);
        check(words);
        fprintf(stderr, "%s, %s: %.1f, in bursts %.1f\n", what, algorithms[i].name, one, many);
        if (one > single) single = one;
        if (many > burst) burst = many;
    }
    report(what, "single", single);
    report(what, "bursts", burst);
    return 0;
}
