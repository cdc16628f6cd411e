/* What NumPy computes slowly in a browser: products of matrices, and exponentials.

   It has no BLAS there, and takes ten to twenty times as long as these products; its exponentials
   take one number after the other, ours take four. */

struct Float32 {
    typedef float number;
    typedef float vector __attribute__((vector_size(16), aligned(4), may_alias));
};
struct Float64 {
    typedef double number;
    typedef double vector __attribute__((vector_size(16), aligned(8), may_alias));
};
#define EXPORT extern "C" __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))

template <class Kind, int rows, int vectors>
INLINE void
tile(const typename Kind::number *a, int a_row, int a_column, const typename Kind::number *b,
     int b_row, typename Kind::number *c, int c_row, int k)
{
    typedef typename Kind::vector vector;
    vector sum[rows][vectors] = {};
    for (int p = 0; p < k; p++, a += a_column, b += b_row)
        for (int i = 0; i < rows; i++)
            for (int q = 0; q < vectors; q++)
                sum[i][q] += a[i * a_row] * ((const vector *)b)[q];
    for (int i = 0; i < rows; i++)
        for (int q = 0; q < vectors; q++)
            ((vector *)(c + i * c_row))[q] = sum[i][q];
}

/* c = a b: a (m, k), b (k, n), c (m, n). Numbers are stored row by row: neighbours of a row of b and
   c touch; a is read at any strides, so that a transposed matrix needs no copy. Strides are counted
   in numbers. a_row, for instance, leads to the next row.

   Each number of c is the sum over k in its order, as NumPy's own loop has it. Four rows by two
   vectors of columns are summed at once, in eight registers. Where that does not come out even, the
   last four rows, or the last columns, begin a little earlier, and some numbers are computed
   twice. */
template <class Kind>
INLINE void
product(const typename Kind::number *a, int a_row, int a_column, const typename Kind::number *b,
        int b_row, typename Kind::number *c, int c_row, int m, int k, int n)
{
    const int narrow = sizeof(typename Kind::vector) / sizeof(typename Kind::number);
    const int wide = 2 * narrow;
    int j = 0;
    for (; n >= wide && j < n; j += wide) {
        int i = 0;
        if (j + wide > n)
            j = n - wide;
        for (; m >= 4 && i < m; i += 4) {
            if (i + 4 > m)
                i = m - 4;
            tile<Kind, 4, 2>(a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row,
                             k);
        }
        for (; i < m; i++)
            tile<Kind, 1, 2>(a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row,
                             k);
    }
    for (; j + narrow <= n; j += narrow)
        for (int i = 0; i < m; i++)
            tile<Kind, 1, 1>(a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row,
                             k);
    for (; j < n; j++)
        for (int i = 0; i < m; i++) {
            typename Kind::number sum = 0;
            for (int p = 0; p < k; p++)
                sum += a[i * a_row + p * a_column] * b[p * b_row + j];
            c[i * c_row + j] = sum;
        }
}

EXPORT void
sgemm(const float *a, int a_row, int a_column, const float *b, int b_row, float *c, int c_row, int m,
      int k, int n)
{
    product<Float32>(a, a_row, a_column, b, b_row, c, c_row, m, k, n);
}

EXPORT void
dgemm(const double *a, int a_row, int a_column, const double *b, int b_row, double *c, int c_row,
      int m, int k, int n)
{
    product<Float64>(a, a_row, a_column, b, b_row, c, c_row, m, k, n);
}

typedef Float32::vector four;
typedef int four_ints __attribute__((vector_size(16)));

INLINE four
all(float x)
{
    return four{x, x, x, x};
}

INLINE four
choose(four_ints yes, four x, four y)
{
    return (four)(((four_ints)x & yes) | ((four_ints)y & ~yes));
}

/* 2^h / 2 and e^r - 1, where x = h ln 2 + r, h whole and r at most half of ln 2; x is from -126 ln 2
   to 128 ln 2. Half, because 2^128 is too large for a float. */
INLINE void
taken_apart(four x, four *half, four *s)
{
    const four round = all(12582912.0f); /* 3 * 2^22: the last bits of a sum with it count h */
    four shifted = x * 1.44269504f + round;
    four h = shifted - round;
    four r = x - h * 0.693359375f + h * 2.12194440e-4f; /* ln 2 in two parts, the first of few bits */
    four t = r * 1.9875691500e-4f + 1.3981999507e-3f; /* Cephes, expf */
    t = t * r + 8.3334519073e-3f;
    t = t * r + 4.1665795894e-2f;
    t = t * r + 1.6666665459e-1f;
    t = t * r + 5.0000001201e-1f;
    *s = t * r * r + r;
    *half = (four)(((four_ints)shifted << 23) + 0x3F000000);
}

/* e^x; 0 below -87, where float32 has fewer and fewer digits. */
struct Exp {
    INLINE four
    of(four x)
    {
        const four low = all(-87.0f), high = all(89.0f);
        four half, s, inside = choose(x < low, low, choose(x > high, high, x)); /* NaN stays */
        taken_apart(inside, &half, &s);
        return choose(x < low, all(0.0f), (half * s + half) * 2.0f);
    }
};

/* e^x - 1. */
struct Expm1 {
    INLINE four
    of(four x)
    {
        const four low = all(-20.0f), high = all(89.0f);
        four half, s;
        taken_apart(choose(x < low, low, choose(x > high, high, x)), &half, &s);
        return (half * s + (half - 0.5f)) * 2.0f;
    }
};

/* tanh x = (e^2x - 1) / (e^2x + 1). */
struct Tanh {
    INLINE four
    of(four x)
    {
        const four high = all(20.0f); /* tanh 20 is 1 in float32 */
        four power = Expm1::of(choose(x > high, high, x) * 2.0f);
        return power / (power + 2.0f);
    }
};

template <class Function>
INLINE void
each(const float *x, float *y, int n)
{
    int i = 0;
    for (; i + 4 <= n; i += 4)
        *(four *)(y + i) = Function::of(*(const four *)(x + i));
    for (; i < n; i++)
        y[i] = Function::of(all(x[i]))[0];
}

/* y = f(x) for n numbers; y may be x. */
EXPORT void
exp_each(const float *x, float *y, int n)
{
    each<Exp>(x, y, n);
}

EXPORT void
expm1_each(const float *x, float *y, int n)
{
    each<Expm1>(x, y, n);
}

EXPORT void
tanh_each(const float *x, float *y, int n)
{
    each<Tanh>(x, y, n);
}
