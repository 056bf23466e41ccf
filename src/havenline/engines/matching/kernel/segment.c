/* Making a segment: permute, sort, count, and put each chunk's postings in the order of their buckets. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "segment.h"

/* table[64][16][WORDS]: what each nibble of a hash becomes under the index's permutation of bits. */
SEEN void index_permute(const uint64_t *table, const uint8_t *hashes, uint64_t count, uint64_t *rows)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t a = 0, b = 0, c = 0, d = 0;
        for (int byte = 0; byte < 32; byte++) {
            const uint64_t *high = table + ((size_t)(2 * byte) * 16 + (hashes[i * 32 + byte] >> 4)) * WORDS;
            const uint64_t *low = table + ((size_t)(2 * byte + 1) * 16 + (hashes[i * 32 + byte] & 15)) * WORDS;
            a |= high[0] | low[0];
            b |= high[1] | low[1];
            c |= high[2] | low[2];
            d |= high[3] | low[3];
        }
        uint64_t *row = rows + i * WORDS;
        row[0] = a, row[1] = b, row[2] = c, row[3] = d;
    }
}

typedef struct { const uint64_t *row; uint64_t id; uint32_t at; } Tied;

static int in_order(const void *left, const void *right)
{
    const Tied *a = left, *b = right;
    for (int word = 0; word < WORDS; word++)
        if (a->row[word] != b->row[word])
            return a->row[word] < b->row[word] ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static int same(const uint64_t *a, const uint64_t *b)
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

/* order[count]: where each row of the sorted whole stands in `rows`. By rows, then ids. Radix on 32 bits, then the ties.
   The number of distinct rows; -1 where there is no memory. */
SEEN int64_t segment_sort(const uint64_t *rows, const uint64_t *ids, uint64_t count, uint32_t *order)
{
    uint64_t *keys = malloc((count + 1) * sizeof *keys), *other = malloc((count + 1) * sizeof *other);
    Tied *tied = NULL;
    uint64_t room = 0, distinct = 0;
    if (!keys || !other)
        goto without_memory;
    for (uint64_t i = 0; i < count; i++)
        keys[i] = (rows[i * WORDS] & 0xffffffff00000000u) | i;
    for (int shift = 32; shift < 64; shift += 11) {
        size_t start[2049] = {0};
        int mask = shift == 54 ? 1023 : 2047;
        for (uint64_t i = 0; i < count; i++)
            start[((keys[i] >> shift) & mask) + 1]++;
        for (int digit = 0; digit < 2048; digit++)
            start[digit + 1] += start[digit];
        for (uint64_t i = 0; i < count; i++)
            other[start[(keys[i] >> shift) & mask]++] = keys[i];
        uint64_t *swap = keys;
        keys = other, other = swap;
    }
    for (uint64_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && keys[end] >> 32 == keys[begin] >> 32; end++) {}
        uint64_t ties = end - begin;
        if (ties == 1) {
            order[begin] = (uint32_t)keys[begin];
            distinct++;
            continue;
        }
        if (ties > room) {
            free(tied);
            room = ties * 2;
            if (!(tied = malloc(room * sizeof *tied)))
                goto without_memory;
        }
        for (uint64_t i = 0; i < ties; i++) {
            uint32_t at = (uint32_t)keys[begin + i];
            tied[i] = (Tied){rows + (size_t)at * WORDS, ids[at], at};
        }
        qsort(tied, ties, sizeof *tied, in_order);
        for (uint64_t i = 0; i < ties; i++) {
            order[begin + i] = tied[i].at;
            distinct += i == 0 || !same(tied[i].row, tied[i - 1].row);
        }
    }
    free(keys), free(other), free(tied);
    return (int64_t)distinct;
without_memory:
    free(keys), free(other), free(tied);
    return -1;
}

/* Write the distinct rows in order, the first id of each, and what other ids they have. */
SEEN void segment_gather(const uint64_t *rows, const uint64_t *ids, const uint32_t *order, uint64_t count, uint64_t *to_rows, uint64_t *to_ids,
                      uint32_t *extra_row, uint64_t *extra_id)
{
    uint64_t made = 0, extras = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (i + 16 < count)
            __builtin_prefetch(rows + (size_t)order[i + 16] * WORDS);
        const uint64_t *row = rows + (size_t)order[i] * WORDS;
        if (made && same(row, to_rows + (made - 1) * WORDS)) {
            extra_row[extras] = (uint32_t)(made - 1);
            extra_id[extras++] = ids[order[i]];
        } else {
            memcpy(to_rows + made * WORDS, row, WORDS * sizeof *row);
            to_ids[made++] = ids[order[i]];
        }
    }
}

typedef struct { const Segment *segment; uint32_t first, step; int failed; } Share;

/* One chunk after another. Its offsets are counted whole, and written in the short form, or in the wide one where it was given. */
static void *fill_chunks(void *given)
{
    Share *share = given;
    const Segment *segment = share->segment;
    const uint32_t width = segment->width, bits = segment->bucket;
    const size_t buckets = (size_t)1 << bits;
    uint32_t *next = malloc((buckets + 1) * sizeof *next);
    if (!next) {
        share->failed = 1;
        return NULL;
    }
    for (uint32_t chunk = share->first; chunk < segment->chunks; chunk += share->step) {
        uint32_t *base = (uint32_t *)segment->base[chunk], *wide = (uint32_t *)segment->wide[chunk], *row = (uint32_t *)segment->row[chunk];
        uint16_t *rel = (uint16_t *)segment->rel[chunk], *tag = (uint16_t *)segment->tag[chunk];
        memset(next, 0, (buckets + 1) * sizeof *next);
        for (uint64_t i = 0; i < segment->count; i++)
            next[bits_of(segment->rows + i * WORDS, chunk * width, bits) + 1]++;
        for (size_t bucket = 0; bucket < buckets; bucket++)
            next[bucket + 1] += next[bucket];
        for (size_t bucket = 0; bucket <= buckets; bucket++) {
            if (bucket % BLOCK == 0)
                base[bucket / BLOCK] = next[bucket];
            rel[bucket] = (uint16_t)(next[bucket] - base[bucket / BLOCK]);
            if (wide)
                wide[bucket] = next[bucket];
        }
        for (uint64_t i = 0; i < segment->count; i++) {
            const uint64_t *hash = segment->rows + i * WORDS;
            uint32_t at = next[bits_of(hash, chunk * width, bits)]++;
            tag[at] = (uint16_t)bits_of(hash, chunk * width + bits, 16);
            if (row)
                row[at] = (uint32_t)i | bits_of(hash, chunk * width + bits + 16, 8) << ROW_BITS;
        }
    }
    free(next);
    return NULL;
}

/* Which chunks need the wide form: wide[chunks] becomes 1 where a block of buckets has more postings than 16 bits can say. */
SEEN int segment_wide(const uint64_t *rows, uint64_t count, uint32_t chunks, uint32_t width, uint32_t bits, uint8_t *wide)
{
    const size_t blocks = ((size_t)1 << bits) / BLOCK + 1;
    uint32_t *held = calloc(blocks * chunks, sizeof *held);
    if (!held)
        return -1;
    for (uint64_t i = 0; i < count; i++)
        for (uint32_t chunk = 0; chunk < chunks; chunk++)
            held[chunk * blocks + bits_of(rows + i * WORDS, chunk * width, bits) / BLOCK]++;
    for (uint32_t chunk = 0; chunk < chunks; chunk++) {
        wide[chunk] = 0;
        for (size_t block = 0; block < blocks; block++)
            wide[chunk] |= held[chunk * blocks + block] > UINT16_MAX;
    }
    free(held);
    return 0;
}

/* The postings of every chunk, from the rows that stand there. 0, or -1 where there is no memory. */
SEEN int segment_fill(const Segment *segment, uint32_t threads)
{
    pthread_t workers[MOST_CHUNKS];
    Share shares[MOST_CHUNKS];
    int failed = 0, running[MOST_CHUNKS] = {0};
    if (threads < 1 || segment->count < 65536)
        threads = 1;
    if (threads > segment->chunks)
        threads = segment->chunks;
    for (uint32_t i = 0; i < threads; i++)
        shares[i] = (Share){segment, i, threads, 0};
    for (uint32_t i = 1; i < threads; i++)
        running[i] = !pthread_create(&workers[i], NULL, fill_chunks, &shares[i]);
    for (uint32_t i = 0; i < threads; i++)
        if (!running[i])
            fill_chunks(&shares[i]);
    for (uint32_t i = 1; i < threads; i++)
        if (running[i])
            pthread_join(workers[i], NULL);
    for (uint32_t i = 0; i < threads; i++)
        failed |= shares[i].failed;
    return failed ? -1 : 0;
}

/* A Bloom filter of ids, 4 bits in one word for each: whether a segment may hold an id, without a look at all of them. */
static inline uint64_t marks_of(uint64_t mix) { return 1ull << (mix & 63) | 1ull << (mix >> 6 & 63) | 1ull << (mix >> 12 & 63) | 1ull << (mix >> 18 & 63); }

static inline uint64_t word_of(uint64_t mix, uint64_t words) { return (uint64_t)((unsigned __int128)mix * words >> 64); }

SEEN void ids_mark(uint64_t *filter, uint64_t words, const uint64_t *ids, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t mix = mixed(ids[i]);
        filter[word_of(mix, words)] |= marks_of(mix);
    }
}

/* held[asked]: 1 where the filter may hold an id. How many. */
SEEN uint64_t ids_marked(const uint64_t *filter, uint64_t words, const uint64_t *ids, uint64_t asked, uint8_t *held)
{
    uint64_t some = 0;
    for (uint64_t i = 0; i < asked; i++) {
        uint64_t mix = mixed(ids[i]), marks = marks_of(mix);
        some += held[i] = (filter[word_of(mix, words)] & marks) == marks;
    }
    return some;
}

/* An id was removed by the change of this number. There is room: less than half of the slots are taken. */
SEEN void graves_put(uint64_t *graves, uint64_t slots, const uint64_t *ids, const uint64_t *numbers, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t slot = mixed(ids[i]) & (slots - 1);
        while (graves[slot * 2 + 1] && graves[slot * 2] != ids[i])
            slot = (slot + 1) & (slots - 1);
        graves[slot * 2] = ids[i];
        __atomic_store_n(&graves[slot * 2 + 1], numbers[i], __ATOMIC_RELEASE);
    }
}

/* Readers see what was written before it. */
SEEN void publish(uint64_t *where, uint64_t value) { __atomic_store_n(where, value, __ATOMIC_RELEASE); }
