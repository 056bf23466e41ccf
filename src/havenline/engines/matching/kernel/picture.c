/* Picture -> PDQ, equal to the bit to the reference implementation.
 *
 * Facts of the algorithm from "PDQ & TMK + PDQF" (Facebook, 2019): luma; twice a box filter along rows and along columns; 64 x 64 values; the
 * 16 x 16 lowest frequencies of its cosine transform without the constant ones; a bit for each that is above the median. Floats do not add up
 * in any order, so every sum here is made in the reference's order, and what is never looked at is never made: of the second passes only 64
 * columns and 64 rows are divided and kept.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "kernel.h"

typedef float v8 __attribute__((vector_size(32), may_alias));

#if defined(__x86_64__)
#define PASS(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define FUSED 1
#include "picture_pass.h"
#undef PASS
#undef TARGET
#undef FUSED
#endif

#define PASS(name) name##_anywhere
#define TARGET
#define FUSED 0
#include "picture_pass.h"

static float cosines[16][64];

__attribute__((constructor)) static void make_cosines(void) {
    const float scale = (float)sqrt(2.0 / 64.0);
    for (size_t i = 0; i < 16; i++)
        for (size_t j = 0; j < 64; j++)
            cosines[i][j] = (float)((double)scale * cos((3.14159265358979323846 / 2.0 / 64.0) * (double)(i + 1) * (double)(2 * j + 1)));
}

static void transform(const float small[64][64], float dct[16][16]) {
    float half[16][64] = {{0}};
    memset(dct, 0, 16 * 16 * sizeof(float));
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 64; k++)
            for (int j = 0; j < 64; j++) half[i][j] += cosines[i][k] * small[k][j];
    for (int i = 0; i < 16; i++)
        for (int k = 0; k < 64; k++)
            for (int j = 0; j < 16; j++) dct[i][j] += half[i][k] * cosines[j][k];
}

static int quality_of(const float small[64][64]) {
    int gradients = 0;
    for (int i = 0; i < 64; i++)
        for (int j = 0; j < 64; j++) {
            if (i < 63) gradients += abs((int)((small[i][j] - small[i + 1][j]) * 100 / 255));
            if (j < 63) gradients += abs((int)((small[i][j] - small[i][j + 1]) * 100 / 255));
        }
    return gradients / 90 > 100 ? 100 : gradients / 90;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* A bit for each frequency above the lower median; the last frequency is the first bit that is written. */
static void write_bits(const float dct[16][16], uint8_t out[32]) {
    float sorted[256];
    const float *all = &dct[0][0];
    memcpy(sorted, all, sizeof sorted);
    qsort(sorted, 256, sizeof(float), ascending);
    memset(out, 0, 32);
    for (int k = 0; k < 256; k++)
        if (all[k] > sorted[127]) out[31 - k / 8] |= (uint8_t)(1 << (k % 8));
}

/* The picture turned by 90, 180 and 270 degrees, mirrored at x, at y and at both diagonals: frequencies change their sign, or places. */
static void write_dihedral(const float dct[16][16], uint8_t out[8][32]) {
    static const struct { int by_row, by_column, turned, negated; } how[8] = {
        {0, 0, 0, 0}, {0, 1, 1, 1}, {1, 1, 0, 0}, {1, 0, 1, 1}, {1, 0, 0, 1}, {0, 1, 0, 1}, {0, 0, 1, 0}, {1, 1, 1, 0},
    };
    for (int one = 0; one < 8; one++) {
        float changed[16][16];
        for (int i = 0; i < 16; i++)
            for (int j = 0; j < 16; j++) {
                int minus = ((how[one].by_row & i) ^ (how[one].by_column & j) ^ how[one].negated) & 1;
                float value = minus ? -dct[i][j] : dct[i][j];
                if (how[one].turned) changed[j][i] = value;
                else changed[i][j] = value;
            }
        write_bits((const float(*)[16])changed, out[one]);
    }
}

static int is_newer(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 0;
#endif
}

/* The luma of so many pixels, as the passes see it: for the test that tries every colour. */
SEEN void picture_luma(const uint8_t *pixels, long count, int plain, float *to) {
#if defined(__x86_64__)
    if (!plain && is_newer()) {
        luma_of_avx2(pixels, count, to);
        return;
    }
#endif
    (void)plain;
    luma_of_anywhere(pixels, count, to);
}

/* pixels: rows of `width` pixels, each of 1 byte (grey) or 3 (red, green, blue), `stride` bytes from row to row. out: 32 bytes, or 8 x 32 where
 * `dihedral`. `plain` leaves the processor's newer instructions out. Returns the quality, 0 to 100; -1 where there is no memory. */
SEEN int picture_pdq(const uint8_t *pixels, long height, long width, long stride, int channels, int dihedral, int plain, uint8_t *out) {
    float small[64][64], dct[16][16];
    if (height < 5 || width < 5) { /* as the reference: too small for a hash */
        memset(out, 0, dihedral ? 256 : 32);
        return 0;
    }
    if (height == 64 && width == 64) { /* as the reference: already of the size that is wanted */
        for (int i = 0; i < 64; i++)
            for (int j = 0; j < 64; j++) {
                const uint8_t *p = pixels + i * stride + j * channels;
                small[i][j] = channels == 1 ? (float)p[0] : (float)(299 * p[0] + 587 * p[1] + 114 * p[2]) / 1000.0f;
            }
    } else {
        int failed;
#if defined(__x86_64__)
        if (!plain && is_newer())
            failed = shrink_avx2(pixels, height, width, stride, channels, small);
        else
#endif
            failed = shrink_anywhere(pixels, height, width, stride, channels, small);
        (void)plain;
        if (failed) return -1;
    }
    transform((const float(*)[64])small, dct);
    if (dihedral) write_dihedral((const float(*)[16])dct, (uint8_t(*)[32])out);
    else write_bits((const float(*)[16])dct, out);
    int quality = quality_of((const float(*)[64])small);
    explicit_bzero(small, sizeof small);
    return quality;
}
