/* What NumPy computes slowly in a browser, for float32: products of matrices, e^x and e^x - 1.

   It has no BLAS there, and takes ten to twenty times as long as `sgemm`; its exponentials take one
   number after the other, `expf_all` and `expm1f_all` take four. */

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
typedef int four_ints __attribute__((vector_size(16)));
#define EXPORT __attribute__((visibility("default")))

static inline __attribute__((always_inline)) void
tile(const float *a, int a_row, int a_column, const float *b, int b_row, float *c, int c_row, int k,
     const int rows, const int quads)
{
    four sum[4][2] = {0};
    for (int p = 0; p < k; p++, a += a_column, b += b_row)
        for (int i = 0; i < rows; i++)
            for (int q = 0; q < quads; q++)
                sum[i][q] += a[i * a_row] * ((const four *)b)[q];
    for (int i = 0; i < rows; i++)
        for (int q = 0; q < quads; q++)
            ((four *)(c + i * c_row))[q] = sum[i][q];
}

/* c = a b: a (m, k), b (k, n), c (m, n). Numbers are stored row by row: neighbours of a row of b and
   c touch; a is read at any strides, so that a transposed matrix needs no copy. Strides are counted
   in numbers. a_row, for instance, leads to the next row.

   Each number of c is the sum over k in its order, as NumPy's own loop has it. Four rows by eight
   columns are summed at once, in eight registers of four numbers. Where that does not come out
   even, the last four rows, or the last eight columns, begin a little earlier, and some numbers are
   computed twice. */
EXPORT void
sgemm(const float *a, int a_row, int a_column, const float *b, int b_row, float *c, int c_row, int m,
      int k, int n)
{
    int j = 0;
    for (; n >= 8 && j < n; j += 8) {
        int i = 0;
        if (j + 8 > n)
            j = n - 8;
        for (; m >= 4 && i < m; i += 4) {
            if (i + 4 > m)
                i = m - 4;
            tile(a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row, k, 4, 2);
        }
        for (; i < m; i++)
            tile(a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row, k, 1, 2);
    }
    for (; j + 4 <= n; j += 4)
        for (int i = 0; i < m; i++)
            tile(a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row, k, 1, 1);
    for (; j < n; j++)
        for (int i = 0; i < m; i++) {
            float sum = 0;
            for (int p = 0; p < k; p++)
                sum += a[i * a_row + p * a_column] * b[p * b_row + j];
            c[i * c_row + j] = sum;
        }
}

/* e^x - less = 2^h (e^r - 1) + (2^h - less), where x = h ln 2 + r, h whole and r at most half of
   ln 2; less is 0 or 1. Below `lowest` it stays what it is there. */
static inline __attribute__((always_inline)) four
power_of(four x, const float less, const float lowest)
{
    const four low = (four){0} + lowest, high = (four){0} + 89.0f, round = (four){0} + 12582912.0f;
    four_ints below = x < low, above = x > high;
    x = (four)(((four_ints)x & ~below) | ((four_ints)low & below)); /* NaN stays */
    x = (four)(((four_ints)x & ~above) | ((four_ints)high & above));
    four shifted = x * 1.44269504f + round; /* 3 * 2^22: its last bits count h */
    four h = shifted - round;
    four r = x - h * 0.693359375f + h * 2.12194440e-4f; /* ln 2 in two parts, the first of few bits */
    four s = r * 1.9875691500e-4f + 1.3981999507e-3f; /* Cephes, expf */
    s = s * r + 8.3334519073e-3f;
    s = s * r + 4.1665795894e-2f;
    s = s * r + 1.6666665459e-1f;
    s = s * r + 5.0000001201e-1f;
    s = s * r * r + r;
    four half = (four)(((four_ints)shifted << 23) + 0x3F000000); /* 2^h / 2: 2^h itself overflows */
    return (half * s + (half - 0.5f * less)) * 2.0f;
}

EXPORT void
expm1f_all(const float *x, float *y, int n)
{
    int i = 0;
    for (; i + 4 <= n; i += 4)
        *(four *)(y + i) = power_of(*(const four *)(x + i), 1.0f, -20.0f);
    for (; i < n; i++)
        y[i] = power_of((four){x[i]}, 1.0f, -20.0f)[0];
}

EXPORT void
expf_all(const float *x, float *y, int n)
{
    int i = 0;
    for (; i + 4 <= n; i += 4)
        *(four *)(y + i) = power_of(*(const four *)(x + i), 0.0f, -86.0f);
    for (; i < n; i++)
        y[i] = power_of((four){x[i]}, 0.0f, -86.0f)[0];
}
