/* The loops that search spends its time in, compiled once for each kind of processor: FORM(name), TARGET, and one of WIDE, AVX2 or neither. */

/* In how many bits two hashes differ. */
TARGET static inline int FORM(differing)(const uint64_t *a, const uint64_t *b)
{
    return __builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]) + __builtin_popcountll(a[2] ^ b[2]) +
           __builtin_popcountll(a[3] ^ b[3]);
}

TARGET static int FORM(scan_delta)(const Snapshot *snapshot, const uint64_t *query, int radius, Work *work)
{
    uint64_t count = __atomic_load_n(snapshot->delta_count, __ATOMIC_ACQUIRE);
    for (uint64_t block = 0; block * 8 < count; block++) {
        const uint64_t *words = snapshot->delta + block * 8 * WORDS;
        uint64_t bits[8];
#ifdef WIDE
        __m512i sum = _mm512_setzero_si512();
        for (int word = 0; word < WORDS; word++)
            sum = _mm512_add_epi64(
                sum, _mm512_popcnt_epi64(_mm512_xor_si512(_mm512_loadu_si512(words + word * 8), _mm512_set1_epi64((long long)query[word]))));
        if (!_mm512_cmple_epu64_mask(sum, _mm512_set1_epi64(radius)))
            continue;
        _mm512_storeu_si512(bits, sum);
#else
        for (int lane = 0; lane < 8; lane++) {
            bits[lane] = 0;
            for (int word = 0; word < WORDS; word++)
                bits[lane] += (uint64_t)__builtin_popcountll(words[word * 8 + lane] ^ query[word]);
        }
#endif
        for (int lane = 0; lane < 8 && block * 8 + lane < count; lane++) {
            uint64_t at = block * 8 + lane;
            if (bits[lane] <= (uint64_t)radius && removed(snapshot, snapshot->delta_id[at]) <= snapshot->delta_number[at] &&
                !hit(work, snapshot->delta_id[at], (int)bits[lane]))
                return -1;
        }
    }
    return 0;
}

/* Every row, compared whole. */
TARGET static int FORM(scan_rows)(const Segment *segment, const uint64_t *query, int radius, Work *work)
{
    for (uint64_t row = 0; row < segment->count; row++) {
        int bits = FORM(differing)(segment->rows + row * WORDS, query);
        if (bits <= radius && !near_row(work, (uint32_t)row, bits))
            return -1;
    }
    return 0;
}

/* The rows whose chunk and tag differ little enough, by the numbers of their postings: read whole, those near kept. */
TARGET static int FORM(verify)(const Segment *segment, const uint64_t *query, int radius, Work *work, const Passed *passed, uint32_t count)
{
    uint32_t rows[MOST_PASSED], kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t chunk = passed[i].chunk, row = passed[i].posting;
        if (chunk) {
            row = segment->row[chunk][row];
            if (passed[i].left < __builtin_popcount((row >> ROW_BITS) ^ work->next[chunk]))
                continue;
            row &= (1u << ROW_BITS) - 1;
        }
        if (row >= segment->count)
            return -2; /* a damaged file */
        __builtin_prefetch(segment->rows + (size_t)row * WORDS);
        rows[kept++] = row;
    }
    for (uint32_t i = 0; i < kept; i++) {
        int bits = FORM(differing)(segment->rows + (size_t)rows[i] * WORDS, query);
        if (bits <= radius && !near_row(work, rows[i], bits))
            return -1;
    }
    return 0;
}

TARGET static int FORM(scan_segment)(const Segment *segment, const uint64_t *query, int radius, Work *work)
{
    const uint32_t width = segment->width, chunks = segment->chunks, bucket = segment->bucket, rest = width - bucket;
    const Shells *of = shells(bucket);
    uint8_t allowed[MOST_CHUNKS];
    uint64_t most = plan(segment, radius, allowed);
    uint32_t values[MOST_CHUNKS + 2], buckets[MOST_CHUNKS + 2];
    Passed passed[MOST_PASSED];
again:
    if (most == SCAN_ALL)
        return FORM(scan_rows)(segment, query, radius, work);
    for (uint32_t chunk = 0; chunk < chunks; chunk++) {
        values[chunk] = bits_of(query, chunk * width, bucket);
        buckets[chunk] = allowed[chunk] ? of->until[allowed[chunk] - 1] : 0;
        work->next[chunk] = bits_of(query, chunk * width + bucket + 16, 8);
    }
    uint32_t waiting = 0;
    uint64_t postings = 0, here[MOST_CHUNKS];
    uint32_t runs = 0;
    for (uint32_t chunk = 0; chunk < chunks; chunk++)
        runs += buckets[chunk];
    if (!grow((void **)&work->probe, &work->probes_room, runs + 64, sizeof(Probe)))
        return -1;
    fetch_offsets(segment, 0, values[0]);
    fetch_offsets(segment, 1, values[1]);
    Probe *made = work->probe;
    for (uint32_t chunk = 0; chunk < chunks; chunk++) {
        if (chunk + 2 < chunks)
            fetch_offsets(segment, chunk + 2, values[chunk + 2]);
        postings += here[chunk] = probes_of(segment, chunk, values[chunk], buckets[chunk], made);
        made += buckets[chunk];
    }
    if (postings > most) { /* skew: once more, by what each chunk costs */
        most = plan_anew(segment, query, radius, allowed);
        goto again;
    }
    const Probe *probe = work->probe;
    for (uint32_t chunk = 0; chunk < chunks; probe += buckets[chunk], chunk++) {
        const uint16_t tag = (uint16_t)bits_of(query, chunk * width + bucket, 16);
        const uint16_t *tags = segment->tag[chunk];
        const uint32_t *row = segment->row[chunk];
        /* every running sum from a start on is below what is allowed: here of this chunk and those that the tag holds, whole or in part */
        int limit = allowed[chunk] - 1, further;
        uint32_t next = 0;
        for (; next * width < 16 - rest; next++)
            limit += allowed[(chunk + next + 1) % chunks];
        further = limit;
        for (; next * width < 24 - rest; next++)
            further += allowed[(chunk + next + 1) % chunks];
        if (!grow((void **)&work->seen, &work->seen_room, here[chunk] / 16 + 2 * (uint64_t)buckets[chunk] + 1, sizeof(Seen)))
            return -1;
        Seen *seen = work->seen; /* without a branch for each: whether a tag is near is nothing that a processor foresees */
        for (uint32_t i = 0; i < buckets[chunk]; i++) {
            const int most_here = limit - of->differ[i];
            uint32_t at = probe[i].begin, end = probe[i].end;
#ifdef WIDE
            const __m512i wanted = _mm512_set1_epi16((short)tag), most_lanes = _mm512_set1_epi16((short)most_here);
            do {
                __mmask32 lanes = _bzhi_u32(~0u, end - at < 32 ? end - at : 32);
                __m512i differ = _mm512_xor_si512(_mm512_maskz_loadu_epi16(lanes, tags + at), wanted);
                uint32_t near = _mm512_mask_cmple_epu16_mask(lanes, _mm512_popcnt_epi16(differ), most_lanes);
                const uint32_t step = 32;
#elif defined(AVX2)
            const __m256i wanted = _mm256_set1_epi16((short)tag), most_lanes = _mm256_set1_epi16((short)most_here), low = _mm256_set1_epi8(15);
            const __m256i ones = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
            do {
                __m256i differ = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)(tags + at)), wanted);
                __m256i bits = _mm256_add_epi8(_mm256_shuffle_epi8(ones, _mm256_and_si256(differ, low)),
                                               _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16(differ, 4), low)));
                bits = _mm256_maddubs_epi16(bits, _mm256_set1_epi8(1));
                uint32_t near = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi16(bits, most_lanes));
                near = _bzhi_u32(_pext_u32(near, 0x55555555u), end - at < 16 ? end - at : 16);
                const uint32_t step = 16;
#else
            do {
                uint32_t near = 0;
                const uint32_t step = 16;
                for (uint32_t lane = 0; lane < step && at + lane < end; lane++)
                    near |= (uint32_t)(__builtin_popcount(tags[at + lane] ^ tag) <= most_here) << lane;
#endif
                *seen = (Seen){at, near, of->differ[i]};
                seen += near != 0;
                at += step;
            } while (at < end);
        }
        for (const Seen *one = work->seen; one < seen; one++)
            for (uint32_t near = one->lanes; near; near &= near - 1) {
                uint32_t posting = one->at + (uint32_t)__builtin_ctz(near), differs = tags[posting] ^ tag;
                /* of the chunk's own bits fewer than allowed may differ */
                if (rest && __builtin_popcount(differs >> (16 - rest)) + (int)one->differ >= allowed[chunk])
                    continue;
                __builtin_prefetch(row ? (const void *)(row + posting) : (const void *)(segment->rows + (size_t)posting * WORDS));
                passed[waiting++] = (Passed){chunk, posting, further - (int)one->differ - __builtin_popcount(differs)};
                if (waiting == MOST_PASSED) {
                    int failed = FORM(verify)(segment, query, radius, work, passed, waiting);
                    if (failed)
                        return failed;
                    waiting = 0;
                }
            }
    }
    return FORM(verify)(segment, query, radius, work, passed, waiting);
}
