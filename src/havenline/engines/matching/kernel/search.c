/* Everything within a distance of a hash, exactly.

   256 bits are cut into chunks; chunk i may differ in fewer than u_i bits, and the u_i add up to radius + 1. Two hashes within the radius
   have a start i from which every running sum of differences stays below the running sum of u (pigeonring: Qin and Xiao, 2018). So each
   posting of chunk i has beside it the 16 bits that follow the chunk, and is dropped where chunk and tag together differ too much. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "segment.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define SCAN_ALL UINT64_MAX
#define TAGS_A_LINE 32
#define LONG_RUN 1024   /* postings: beyond them the processor foresees what is read */
#define MOST_PASSED 256 /* rows waiting to be read */
#define MOST_SHELLS 4 /* a chunk is asked for at most three differing bits */

typedef struct { uint32_t begin, end; } Probe;
typedef struct { uint32_t at, lanes, differ; } Seen; /* postings from `at` on whose tags are near enough, by bit; what of the bucket's bits differed */
typedef struct { uint32_t chunk, posting; int left; } Passed; /* left: how many of the eight bits after the tag may differ */
typedef struct { uint64_t id; uint32_t query, distance; } Hit;
typedef struct { uint32_t row, distance; } Near;

/* What one thread needs while it searches; it grows, and goes with its thread. */
typedef struct {
    Probe *probe;
    uint64_t probes_room;
    Seen *seen;
    uint64_t seen_room;
    uint32_t next[MOST_CHUNKS]; /* the query's eight bits after each tag */
    Near *near;
    uint64_t near_count, near_room;
    Hit *hit;
    uint64_t hits, hits_room;
    uint32_t query;
} Work;

/* The values that differ from 0 in 0, 1, 2 and 3 bits, in this order; until[d]: how many differ in at most d. */
typedef struct { uint16_t mask[697]; uint8_t differ[697]; uint32_t until[MOST_SHELLS]; } Shells;
static Shells shells_of[17]; /* by the number of bits */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t work_key;

static inline const Shells *shells(uint32_t bits) { return &shells_of[bits]; }

static void make_shells(Shells *shells, uint32_t width)
{
    uint32_t made = 0;
    for (int differ = 0; differ < MOST_SHELLS; differ++) {
        for (uint32_t mask = 0; mask < 1u << width; mask++)
            if (__builtin_popcount(mask) == differ) {
                shells->mask[made] = (uint16_t)mask;
                shells->differ[made++] = (uint8_t)differ;
            }
        shells->until[differ] = made;
    }
}

static void end_work(void *given)
{
    Work *work = given;
    free(work->probe), free(work->seen), free(work->near), free(work->hit), free(work);
}

static int grow(void **what, uint64_t *room, uint64_t wanted, size_t size)
{
    if (wanted <= *room)
        return 1;
    uint64_t more = wanted + wanted / 2 + 64;
    void *grown = realloc(*what, more * size);
    if (!grown)
        return 0;
    *what = grown;
    *room = more;
    return 1;
}

static int hit(Work *work, uint64_t id, int distance)
{
    if (!grow((void **)&work->hit, &work->hits_room, work->hits + 1, sizeof *work->hit))
        return 0;
    work->hit[work->hits++] = (Hit){id, work->query, (uint32_t)distance};
    return 1;
}

static int near_row(Work *work, uint32_t row, int distance)
{
    if (!grow((void **)&work->near, &work->near_room, work->near_count + 1, sizeof *work->near))
        return 0;
    work->near[work->near_count++] = (Near){row, (uint32_t)distance};
    return 1;
}

/* The number of the latest removal of this id; 0 where there was none. */
static uint64_t removed(const Snapshot *snapshot, uint64_t id)
{
    if (!snapshot->slots)
        return 0;
    for (uint64_t slot = mixed(id) & (snapshot->slots - 1);; slot = (slot + 1) & (snapshot->slots - 1)) {
        uint64_t number = __atomic_load_n(&snapshot->graves[slot * 2 + 1], __ATOMIC_ACQUIRE);
        if (!number || snapshot->graves[slot * 2] == id)
            return number;
    }
}

/* Where a bucket's postings begin. */
static inline uint32_t offset_of(const Segment *segment, uint32_t chunk, uint32_t bucket)
{
    return segment->wide[chunk] ? segment->wide[chunk][bucket] : segment->base[chunk][bucket / BLOCK] + segment->rel[chunk][bucket];
}

/* The lines of a run, asked for into the second cache, where far more may be on their way at once than into the first. */
static inline void fetch_run(const uint16_t *tags, uint32_t begin, uint32_t end)
{
    for (uint32_t at = begin; at < end; at += TAGS_A_LINE)
        __builtin_prefetch(tags + at, 0, 2);
    __builtin_prefetch(tags + end, 0, 2);
}

/* Where the postings of a chunk stand, bucket by bucket; they are on their way when it returns. How many they are. */
static inline uint64_t probes_of(const Segment *segment, uint32_t chunk, uint32_t value, uint32_t buckets, Probe *probe)
{
    const Shells *of = shells(segment->bucket);
    const uint32_t count = (uint32_t)segment->count;
    uint64_t postings = 0;
    for (uint32_t i = 0; i < buckets; i++) {
        uint32_t bucket = value ^ of->mask[i];
        uint32_t begin = offset_of(segment, chunk, bucket), end = offset_of(segment, chunk, bucket + 1);
        end = end <= count ? end : count;
        begin = begin <= end ? begin : end;
        probe[i] = (Probe){begin, end};
        postings += end - begin;
        fetch_run(segment->tag[chunk], begin, end - begin < LONG_RUN ? end : begin + LONG_RUN);
    }
    return postings;
}

static inline void fetch_offsets(const Segment *segment, uint32_t chunk, uint32_t value)
{
    const uint16_t *rel = segment->rel[chunk];
    __builtin_prefetch(rel + value);
    for (uint32_t bit = 5; bit < segment->bucket; bit++)
        __builtin_prefetch(rel + (value ^ 1u << bit));
}

/* Skew: let a chunk with long runs be asked for less, and others for more, so that the sum stays and the cost is least. */
static uint64_t plan_anew(const Segment *segment, const uint64_t *query, int radius, uint8_t *allowed)
{
    const Shells *of = shells(segment->bucket);
    uint64_t least[LARGEST_RADIUS + 2] = {0}, cost[MOST_CHUNKS][MOST_SHELLS + 1];
    uint8_t chosen[MOST_CHUNKS][LARGEST_RADIUS + 2];
    int wanted = radius + 1;
    for (uint32_t chunk = 0; chunk < segment->chunks; chunk++) {
        uint32_t value = bits_of(query, chunk * segment->width, segment->bucket), i = 0;
        uint64_t sum = 0;
        cost[chunk][0] = 0;
        for (int differ = 0; differ < MOST_SHELLS; differ++) {
            for (; i < of->until[differ]; i++) {
                uint32_t bucket = value ^ of->mask[i];
                uint32_t begin = offset_of(segment, chunk, bucket), end = offset_of(segment, chunk, bucket + 1);
                sum += 16 + (uint64_t)(end > begin ? end - begin : 0); /* a run costs as much to come to as sixteen tags to read */
            }
            cost[chunk][differ + 1] = sum;
        }
    }
    for (int i = 0; i <= wanted; i++)
        least[i] = i ? UINT64_MAX / 2 : 0;
    for (uint32_t chunk = 0; chunk < segment->chunks; chunk++)
        for (int sum = wanted; sum >= 0; sum--) {
            uint64_t best = UINT64_MAX / 2;
            for (int allow = 0; allow <= MOST_SHELLS && allow <= sum; allow++)
                if (least[sum - allow] + cost[chunk][allow] < best) {
                    best = least[sum - allow] + cost[chunk][allow];
                    chosen[chunk][sum] = (uint8_t)allow;
                }
            least[sum] = best;
        }
    if (least[wanted] >= UINT64_MAX / 2)
        return SCAN_ALL;
    for (int chunk = (int)segment->chunks - 1, sum = wanted; chunk >= 0; chunk--) {
        allowed[chunk] = chosen[chunk][sum];
        sum -= chosen[chunk][sum];
    }
    return least[wanted] / 8 > segment->count ? SCAN_ALL : SCAN_ALL - 1; /* this plan is not asked again */
}

/* What each chunk is allowed, usually. The number of postings beyond which this is worth another plan; SCAN_ALL: not even this one. */
static uint64_t plan(const Segment *segment, int radius, uint8_t *allowed)
{
    if (!segment->chunks) /* too few to be worth it */
        return SCAN_ALL;
    int each = (radius + 1) / (int)segment->chunks, more = (radius + 1) % (int)segment->chunks;
    if (each + (more > 0) > MOST_SHELLS)
        return SCAN_ALL;
    uint64_t usual = 0;
    for (uint32_t chunk = 0; chunk < segment->chunks; chunk++) {
        allowed[chunk] = (uint8_t)(each + ((int)chunk < more));
        usual += allowed[chunk] ? shells(segment->bucket)->until[allowed[chunk] - 1] : 0;
    }
    uint64_t expected = (usual * segment->count) >> segment->bucket;
    return usual + expected / 8 > segment->count ? SCAN_ALL : 4 * expected + 2048;
}

#define FORM(name) name##_plain
#define TARGET
#include "scan.h"
#undef FORM
#undef TARGET

#if defined(__x86_64__)
#define FORM(name) name##_avx2
#define TARGET __attribute__((target("avx2,popcnt,bmi,bmi2")))
#define AVX2
#include "scan.h"
#undef AVX2
#undef FORM
#undef TARGET

#define FORM(name) name##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bitalg,avx512vpopcntdq,avx2,popcnt,bmi,bmi2")))
#define WIDE
#include "scan.h"
#undef WIDE
#undef FORM
#undef TARGET
#endif

typedef struct {
    const char *name;
    int (*segment)(const Segment *, const uint64_t *, int, Work *);
    int (*delta)(const Snapshot *, const uint64_t *, int, Work *);
} Form;

static const Form forms[] = {
    {"plain", scan_segment_plain, scan_delta_plain},
#if defined(__x86_64__)
    {"avx2", scan_segment_avx2, scan_delta_avx2},
    {"avx512", scan_segment_avx512, scan_delta_avx512},
#endif
};
static const Form *form = forms;

static void begin(void)
{
    for (uint32_t bits = 1; bits <= 16; bits++)
        make_shells(&shells_of[bits], bits);
    pthread_key_create(&work_key, end_work);
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512bitalg") && __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        form = &forms[2];
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi2"))
        form = &forms[1];
#endif
}

/* Which form of the loops serves; another may be asked for, by its number, where the processor has it. NULL where it has not. */
SEEN const char *index_form(int asked)
{
    static int best = -1;
    pthread_once(&once, begin);
    if (best < 0)
        best = (int)(form - forms);
    if (asked > best)
        return NULL;
    if (asked >= 0)
        form = &forms[asked];
    return form->name;
}

static int by_row(const void *left, const void *right)
{
    const Near *a = left, *b = right;
    return a->row < b->row ? -1 : a->row > b->row;
}

static int by_distance(const void *left, const void *right)
{
    const Hit *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

/* The ids of the rows that are near, each row once, without those removed since. */
static int ids_of(const Snapshot *snapshot, const Segment *segment, Work *work)
{
    if (work->near_count > 1)
        qsort(work->near, work->near_count, sizeof *work->near, by_row);
    for (uint64_t i = 0; i < work->near_count; i++) {
        Near near = work->near[i];
        if (i && near.row == work->near[i - 1].row)
            continue;
        uint64_t id = segment->ids[near.row], low = 0, high = segment->extras;
        if (removed(snapshot, id) <= segment->up_to && !hit(work, id, (int)near.distance))
            return 0;
        while (low < high) {
            uint64_t middle = low + (high - low) / 2;
            if (segment->extra_row[middle] < near.row)
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < segment->extras && segment->extra_row[low] == near.row; low++)
            if (removed(snapshot, segment->extra_id[low]) <= segment->up_to && !hit(work, segment->extra_id[low], (int)near.distance))
                return 0;
    }
    return 1;
}

static int search_one(const Snapshot *snapshot, const uint8_t *hash, uint32_t number, int radius, Work *work)
{
    uint64_t query[WORDS], from = work->hits;
    int failed; 
    index_permute(snapshot->table, hash, 1, query);
    work->query = number;
    for (uint64_t i = 0; i < snapshot->segments; i++) {
        work->near_count = 0;
        if ((failed = form->segment(&snapshot->segment[i], query, radius, work)))
            return failed;
        if (work->near_count && !ids_of(snapshot, &snapshot->segment[i], work))
            return -1;
    }
    if ((failed = form->delta(snapshot, query, radius, work)))
        return failed;
    for (uint64_t i = from + 1; i < work->hits; i++)
        if (by_distance(&work->hit[i - 1], &work->hit[i]) > 0) {
            qsort(work->hit + from, work->hits - from, sizeof *work->hit, by_distance);
            break;
        }
    return 0;
}

static Work *work_of_thread(void)
{
    pthread_once(&once, begin);
    Work *work = pthread_getspecific(work_key);
    if (!work && (work = calloc(1, sizeof *work)))
        pthread_setspecific(work_key, work);
    return work;
}

typedef struct { const Snapshot *snapshot; const uint8_t *queries; uint64_t from, until; int radius, failed; Work *work; } Part;

static void *search_part(void *given)
{
    Part *part = given;
    for (uint64_t i = part->from; i < part->until && !part->failed; i++)
        part->failed = search_one(part->snapshot, part->queries + i * 32, (uint32_t)i, part->radius, part->work);
    return NULL;
}

/* How to ask, and where the first hits go: filled once for many searches, since each argument of a call costs as much as a line of memory. */
typedef struct {
    const Snapshot *snapshot;
    uint64_t radius, threads;
    int64_t *query;
    uint64_t *id;
    int64_t *distance;
    uint64_t room;
} Ask;

/* Search for `count` hashes. The hits stay with the thread until its next search; those that there is room for are written.
   How many there are; -1 without memory, -2 where a file is damaged. */
SEEN int64_t index_search(const Ask *ask, const uint8_t *queries, uint64_t count)
{
    const Snapshot *snapshot = ask->snapshot;
    const int radius = (int)ask->radius;
    uint32_t threads = (uint32_t)ask->threads;
    Work *work = work_of_thread();
    if (!work)
        return -1;
    work->hits = 0;
    if (threads > 32)
        threads = 32;
    if (count < 64 || threads < 2) {
        Part whole = {snapshot, queries, 0, count, radius, 0, work};
        search_part(&whole);
        if (whole.failed)
            return whole.failed;
    } else {
        Part part[32];
        pthread_t thread[32];
        int failed = 0, running[32] = {0};
        for (uint32_t i = 0; i < threads; i++)
            part[i] = (Part){snapshot, queries, count * i / threads, count * (i + 1) / threads, radius, 0, i ? calloc(1, sizeof(Work)) : work};
        for (uint32_t i = 1; i < threads; i++)
            running[i] = part[i].work && !pthread_create(&thread[i], NULL, search_part, &part[i]);
        search_part(&part[0]);
        failed = part[0].failed;
        for (uint32_t i = 1; i < threads; i++) {
            if (running[i])
                pthread_join(thread[i], NULL);
            else if (part[i].work)
                search_part(&part[i]);
            if (!part[i].work || part[i].failed)
                failed = part[i].work ? part[i].failed : -1;
            if (!failed && !grow((void **)&work->hit, &work->hits_room, work->hits + part[i].work->hits, sizeof(Hit)))
                failed = -1;
            if (!failed && part[i].work->hits) {
                memcpy(work->hit + work->hits, part[i].work->hit, part[i].work->hits * sizeof(Hit));
                work->hits += part[i].work->hits;
            }
            if (part[i].work)
                end_work(part[i].work);
        }
        if (failed)
            return failed;
    }
    for (uint64_t i = 0; i < work->hits && i < ask->room; i++) {
        ask->query[i] = work->hit[i].query;
        ask->id[i] = work->hit[i].id;
        ask->distance[i] = work->hit[i].distance;
    }
    return (int64_t)work->hits;
}

/* The hits of this thread's latest search, all of them. */
SEEN void index_hits(int64_t *query, uint64_t *id, int64_t *distance)
{
    Work *work = work_of_thread();
    for (uint64_t i = 0; work && i < work->hits; i++) {
        query[i] = work->hit[i].query;
        id[i] = work->hit[i].id;
        distance[i] = work->hit[i].distance;
    }
}
