/* A segment of an index, and how its bits are cut (ADR 0081). Offsets are checked against the count, so that a damaged file leads nowhere. */
#ifndef HAVENLINE_SEGMENT_H
#define HAVENLINE_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

#define WORDS 4       /* of 64 bits, in a hash; the first holds its most significant bits */
#define MOST_CHUNKS 32
#define BLOCK 32      /* buckets whose offsets stand beside one base */
#define ROW_BITS 24   /* of a posting; the other eight are those that follow its tag */
#define LARGEST_RADIUS 63

/* Immutable. Rows are distinct hashes, permuted and sorted; a chunk's postings lie in the order of their buckets. As segment.py knows it. */
typedef struct {
    uint64_t count;               /* of rows: at most 2^24 */
    uint64_t extras;              /* ids beyond the first of a row */
    uint64_t up_to;               /* changes up to this number are in it */
    const uint64_t *rows;         /* [count][WORDS] */
    const uint64_t *ids;          /* [count]: the first id of each row */
    const uint32_t *extra_row;    /* [extras], rising */
    const uint64_t *extra_id;     /* [extras] */
    uint32_t chunks, width;       /* chunks * width = 256 */
    uint32_t bucket;              /* bits of a chunk, its first, that name a bucket */
    uint32_t unused;
    const uint32_t *base[MOST_CHUNKS]; /* [2^bucket / BLOCK + 1]: where the postings of each block of buckets begin */
    const uint16_t *rel[MOST_CHUNKS];  /* [2^bucket + 1]: how far after that a bucket's begin */
    const uint32_t *wide[MOST_CHUNKS]; /* [2^bucket + 1]: where each bucket's begin, for a chunk with a block too long for 16 bits; else none */
    const uint16_t *tag[MOST_CHUNKS];  /* [count + 32]: the 16 bits that follow those of the bucket, around the ring */
    const uint32_t *row[MOST_CHUNKS];  /* [count]: eight bits that follow the tag, and the row; none for the first chunk: its postings are the rows */
} Segment;

/* All that a search reads. It is never changed: other segments make another. What is added and removed meanwhile is published by a
   count, and by a number: a reader sees each whole, or not yet. As snapshot.py knows it. */
typedef struct {
    const Segment *segment;
    uint64_t segments;
    const uint64_t *table;        /* [64][16][WORDS]: the permutation of bits, by nibble */
    const uint64_t *delta;        /* blocks of [WORDS][8]: eight hashes, word by word */
    const uint64_t *delta_id;     /* [room] */
    const uint64_t *delta_number; /* [room]: each change has a number, rising from 1 */
    const uint64_t *delta_count;  /* [1] */
    const uint64_t *graves;       /* [slots][2]: id, number of its latest removal (0: empty); open addressing */
    uint64_t slots;               /* a power of two; 0: nothing was removed */
} Snapshot;

/* 16 bits or fewer of a permuted hash, from bit `first` on (0 is the most significant), around the ring. */
static inline uint32_t bits_of(const uint64_t *row, uint32_t first, uint32_t width)
{
    uint32_t word = (first >> 6) & (WORDS - 1), at = first & 63;
    uint64_t high = row[word] << at;
    if (at + width > 64)
        high |= row[(word + 1) & (WORDS - 1)] >> (64 - at);
    return (uint32_t)(high >> (64 - width));
}

static inline uint64_t mixed(uint64_t id)
{
    id = (id ^ id >> 32) * 0x9e3779b97f4a7c15u;
    return (id ^ id >> 29) * 0xbf58476d1ce4e5b9u;
}

void index_permute(const uint64_t *table, const uint8_t *hashes, uint64_t count, uint64_t *rows);

#endif
