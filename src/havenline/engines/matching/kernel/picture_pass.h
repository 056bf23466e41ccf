/* The passes over all pixels, included twice by picture.c: with AVX2 and FMA, and for any processor. PASS(name) names the copy, TARGET is its
 * target. Sixteen rows go side by side, since along one row every sum waits for the one before it.
 */

#define INSIDE static inline __attribute__((always_inline)) TARGET

INSIDE void PASS(transpose)(v8 r[8]) {
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define ODD(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define NEAR(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define FAR(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
    v8 a0 = LOW(r[0], r[1]), a1 = HIGH(r[0], r[1]), a2 = LOW(r[2], r[3]), a3 = HIGH(r[2], r[3]);
    v8 a4 = LOW(r[4], r[5]), a5 = HIGH(r[4], r[5]), a6 = LOW(r[6], r[7]), a7 = HIGH(r[6], r[7]);
    v8 b0 = EVEN(a0, a2), b1 = ODD(a0, a2), b2 = EVEN(a1, a3), b3 = ODD(a1, a3);
    v8 b4 = EVEN(a4, a6), b5 = ODD(a4, a6), b6 = EVEN(a5, a7), b7 = ODD(a5, a7);
    r[0] = NEAR(b0, b4), r[1] = NEAR(b1, b5), r[2] = NEAR(b2, b6), r[3] = NEAR(b3, b7);
    r[4] = FAR(b0, b4), r[5] = FAR(b1, b5), r[6] = FAR(b2, b6), r[7] = FAR(b3, b7);
#undef LOW
#undef HIGH
#undef EVEN
#undef ODD
#undef NEAR
#undef FAR
}

/* a / b, correctly rounded. With FMA three cheap steps do it, where `reciprocal` is 1/b correctly rounded (Markstein, 1990). */
INSIDE v8 PASS(divided)(v8 a, float b, float reciprocal) {
#if FUSED
    __m256 d = _mm256_set1_ps(b), y = _mm256_set1_ps(reciprocal);
    __m256 q = _mm256_mul_ps((__m256)a, y);
    return (v8)_mm256_fmadd_ps(_mm256_fnmadd_ps(d, q, (__m256)a), y, q);
#else
    (void)reciprocal;
    return a / b;
#endif
}

/* Eight pixels as luma: the reference sums doubles and rounds to float; that is always (299 r + 587 g + 114 b) / 1000 rounded once, since
 * 24 bits of whole numbers are exact in a float, and no such quotient lies near the middle of two floats. Tests try every colour. */
INSIDE v8 PASS(luma)(const uint8_t *p, int channels) {
#if FUSED
    if (channels == 1) return (v8)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)p)));
    const __m256i spread = _mm256_setr_epi32(0, 1, 2, 2, 3, 4, 5, 5);
    const __m256i red_green = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
    const __m256i blue = _mm256_broadcastsi128_si256(_mm_setr_epi8(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
    __m256i x = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)p), spread);
    __m256i n = _mm256_add_epi32(_mm256_madd_epi16(_mm256_shuffle_epi8(x, red_green), _mm256_set1_epi32(587 << 16 | 299)),
                                 _mm256_madd_epi16(_mm256_shuffle_epi8(x, blue), _mm256_set1_epi32(114)));
    return PASS(divided)((v8)_mm256_cvtepi32_ps(n), 1000.0f, 1.0f / 1000.0f);
#else
    v8 n;
    if (channels == 1)
        for (int i = 0; i < 8; i++) n[i] = p[i];
    else
        for (int i = 0; i < 8; i++) n[i] = (float)(299 * p[3 * i] + 587 * p[3 * i + 1] + 114 * p[3 * i + 2]) / 1000.0f;
    return n;
#endif
}

/* `count` red, green and blue pixels, a whole number of eights and three more that are only read. */
TARGET static void PASS(luma_of)(const uint8_t *pixels, long count, float *to) {
    for (long i = 0; i < count; i += 8) {
        v8 eight = PASS(luma)(pixels + 3 * i, 3);
        memcpy(to + i, &eight, sizeof eight);
    }
}

/* Eight columns of sixteen rows of a picture as luma, turned on their side: to[column][row]. */
INSIDE void PASS(read_tile)(const uint8_t *const rows[16], long x, long width, int channels, v8 (*to)[2]) {
    uint8_t edge[40];
    v8 tile[8];
    int at_the_edge = x + 11 > width; /* 32 bytes are read for eight pixels: none past the row's end */
    for (int half = 0; half < 2; half++) {
        for (int i = 0; i < 8; i++) {
            const uint8_t *p = rows[half * 8 + i] + x * channels;
            if (at_the_edge) {
                memset(edge, 0, sizeof edge);
                memcpy(edge, p, (size_t)((width - x < 8 ? width - x : 8) * channels));
                p = edge;
            }
            tile[i] = PASS(luma)(p, channels);
        }
        PASS(transpose)(tile);
        for (int i = 0; i < 8; i++) to[i][half] = tile[i];
    }
}

/* The first pass along rows, for sixteen of them: the mean of each pixel's window. In place of the reference's four phases, a window that first
 * only grows, then moves, then shrinks; sums are added and taken away in the reference's order. `turned` holds the last `mask` + 1 columns,
 * at least as many as the window and eight more. */
INSIDE void PASS(box_all)(const uint8_t *const rows[16], long width, int channels, long window, const float *reciprocals, v8 (*turned)[2],
                          long mask, float *const to[16]) {
    const long ahead = (window + 2) / 2 - 1;
    v8 a = {0}, b = {0}, low[8], high[8];
    long at = 0;
    for (long x = 0; at < width; x += 8) {
        if (x < width) PASS(read_tile)(rows, x, width, channels, turned + (x & mask));
        int steady = x >= window && x + 8 <= width;
        for (long right = x; right < x + 8; right++) {
            const v8 *take = turned[(right - window) & mask];
            long count = window;
            if (steady) {
                a += turned[right & mask][0], b += turned[right & mask][1];
                a -= take[0], b -= take[1];
            } else {
                if (right < width) a += turned[right & mask][0], b += turned[right & mask][1];
                if (right < ahead) continue;
                if (right >= window) a -= take[0], b -= take[1];
                count = (right < width ? right + 1 : width) - (right >= window ? right - window + 1 : 0);
            }
            low[at & 7] = PASS(divided)(a, (float)count, reciprocals[count]);
            high[at & 7] = PASS(divided)(b, (float)count, reciprocals[count]);
            at++;
            if ((at & 7) && at < width) continue;
            PASS(transpose)(low);
            PASS(transpose)(high);
            long first = (at - 1) & ~7L;
            for (int i = 0; i < 8; i++) *(v8 *)(to[i] + first) = low[i], *(v8 *)(to[8 + i] + first) = high[i];
            if (at == width) break;
        }
    }
}

/* The second pass along rows, for sixteen of them, of which only 64 places are wanted: to[row][64]. */
INSIDE void PASS(box_some)(const float *const rows[16], long width, long window, const long wanted[64], v8 (*turned)[2], long mask,
                           float *const to[16]) {
    const long ahead = (window + 2) / 2 - 1;
    v8 a = {0}, b = {0}, tile[8];
    int next = 0;
    for (long x = 0; next < 64; x += 8) {
        if (x < width)
            for (int half = 0; half < 2; half++) {
                for (int i = 0; i < 8; i++) tile[i] = *(const v8 *)(rows[half * 8 + i] + x);
                PASS(transpose)(tile);
                for (int i = 0; i < 8; i++) turned[(x & mask) + i][half] = tile[i];
            }
        if (x >= window && x + 8 <= width && wanted[next] >= x + 8 - ahead) { /* nothing of these eight is wanted */
            for (int i = 0; i < 8; i++) {
                const v8 *add = turned[(x & mask) + i], *take = turned[(x + i - window) & mask];
                a += add[0], b += add[1];
                a -= take[0], b -= take[1];
            }
            continue;
        }
        for (long right = x; right < x + 8; right++) {
            if (right < width) a += turned[right & mask][0], b += turned[right & mask][1];
            if (right >= window) a -= turned[(right - window) & mask][0], b -= turned[(right - window) & mask][1];
            for (; next < 64 && wanted[next] == right - ahead; next++) {
                v8 low = a, high = b;
                float count = (float)((right < width ? right + 1 : width) - (right >= window ? right - window + 1 : 0));
                low /= count, high /= count;
                for (int i = 0; i < 8; i++) to[i][next] = low[i], to[8 + i][next] = high[i];
            }
        }
    }
}

TARGET static int PASS(shrink)(const uint8_t *pixels, long height, long width, long stride, int channels, float small[64][64]) {
    const long across = (width + 127) / 128, down = (height + 127) / 128; /* the windows: half of a 64th, rounded up */
    const long ahead = (down + 2) / 2 - 1, padded = (width + 7) / 8 * 8, kept = down + 1;
    const long widest = across > down ? across : down;
    long column[64], row[64];
    for (long i = 0; i < 64; i++) column[i] = (2 * i + 1) * width / 128, row[i] = (2 * i + 1) * height / 128;

    long mask = 16;
    while (mask < across + 8) mask *= 2;
    size_t band_size = (size_t)padded * 16, ring_size = (size_t)padded * (size_t)(kept + 16);
    size_t floats = (size_t)mask * 16 + band_size + ring_size + (size_t)padded + (size_t)height * 64 + (size_t)widest + 64;
    mask -= 1;
    float *room = aligned_alloc(64, (floats * sizeof(float) + 63) / 64 * 64);
    if (!room) return -1;
    v8(*turned)[2] = (v8(*)[2])room;
    float *band = room + (mask + 1) * 16, *ring = band + band_size, *sums = ring + ring_size, *columns = sums + padded;
    float *reciprocals = columns + height * 64;
    for (long n = 1; n <= widest; n++) reciprocals[n] = 1.0f / (float)n;
    memset(sums, 0, (size_t)padded * sizeof(float));

    long in_ring = kept + 16; /* rows of the first pass that are still to be taken away, and the sixteen that come */
    long read = 0, right = 0, left = 0, written = 0, in_band = 0;
    while (written < height) {
        if (read < height) { /* the first pass along rows: sixteen more of them */
            const uint8_t *rows[16];
            for (long i = 0; i < 16; i++) rows[i] = pixels + (read + i < height ? read + i : height - 1) * stride;
            float *to[16];
            for (long i = 0; i < 16; i++) to[i] = ring + (read + i) % in_ring * padded;
            PASS(box_all)(rows, width, channels, across, reciprocals, turned, mask, to);
            read += 16;
        }
        long there = read < height ? read : height;
        while (written < height && (right < there || there == height)) { /* the first pass along columns, as far as rows are there */
            if (right < height) {
                const float *add = ring + right % in_ring * padded;
                if (right < ahead) { /* the window only grows */
                    for (long x = 0; x < padded; x += 8) *(v8 *)(sums + x) += *(const v8 *)(add + x);
                    right++;
                    continue;
                }
                right++;
                float *out = band + in_band * padded;
                if (right > down) {
                    const float *take = ring + left % in_ring * padded;
                    float n = (float)down, y = reciprocals[down];
                    for (long x = 0; x < padded; x += 8) {
                        v8 sum = *(v8 *)(sums + x) + *(const v8 *)(add + x) - *(const v8 *)(take + x);
                        *(v8 *)(sums + x) = sum;
                        *(v8 *)(out + x) = PASS(divided)(sum, n, y);
                    }
                    left++;
                } else {
                    float n = (float)right, y = reciprocals[right];
                    for (long x = 0; x < padded; x += 8) {
                        v8 sum = *(v8 *)(sums + x) + *(const v8 *)(add + x);
                        *(v8 *)(sums + x) = sum;
                        *(v8 *)(out + x) = PASS(divided)(sum, n, y);
                    }
                }
            } else { /* the window shrinks */
                const float *take = ring + left % in_ring * padded;
                float *out = band + in_band * padded;
                left++;
                float n = (float)(right - left), y = reciprocals[right - left];
                for (long x = 0; x < padded; x += 8) {
                    v8 sum = *(v8 *)(sums + x) - *(const v8 *)(take + x);
                    *(v8 *)(sums + x) = sum;
                    *(v8 *)(out + x) = PASS(divided)(sum, n, y);
                }
            }
            written++, in_band++;
            if (in_band == 16 || written == height) { /* the second pass along rows; of it 64 columns are wanted */
                float *to[16], nowhere[64];
                for (long i = 0; i < 16; i++) to[i] = i < in_band ? columns + (written - in_band + i) * 64 : nowhere;
                const float *rows[16];
                for (long i = 0; i < 16; i++) rows[i] = band + (i < in_band ? i : 0) * padded;
                PASS(box_some)(rows, width, across, column, turned, mask, to);
                in_band = 0;
            }
        }
    }

    /* The second pass along columns; of it 64 rows are wanted. */
    float sum[64] = {0};
    right = left = 0;
    int next = 0;
    for (; right < ahead; right++)
        for (int x = 0; x < 64; x++) sum[x] += columns[right * 64 + x];
    for (long at = 0; at < height && next < 64; at++) {
        if (right < height) {
            for (int x = 0; x < 64; x++) sum[x] += columns[right * 64 + x];
            right++;
        }
        if (at + ahead + 1 > down) {
            for (int x = 0; x < 64; x++) sum[x] -= columns[left * 64 + x];
            left++;
        }
        for (; next < 64 && row[next] == at; next++)
            for (int x = 0; x < 64; x++) small[next][x] = sum[x] / (float)(right - left);
    }
    explicit_bzero(room, floats * sizeof(float)); /* nothing of a picture stays in memory that is given back */
    free(room);
    return 0;
}

#undef INSIDE
