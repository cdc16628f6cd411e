/* c = a b for matrices of float32: a (m, k), b (k, n), c (m, n).

   NumPy in a browser has no BLAS, and takes ten to twenty times as long as this. Numbers are stored
   row by row: neighbours of a row of b and c touch; a is read at any strides, so that a transposed
   matrix needs no copy. Strides are counted in numbers. a_row, for instance, leads to the next row.

   Each number of c is the sum over k in its order, as NumPy's own loop has it. Four rows by eight
   columns are summed at once, in eight registers of four numbers. */

typedef float four __attribute__((vector_size(16), aligned(4), may_alias));

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

__attribute__((visibility("default"))) void
sgemm(const float *a, int a_row, int a_column, const float *b, int b_row, float *c, int c_row, int m,
      int k, int n)
{
    int j = 0;
    for (; j + 8 <= n; j += 8) {
        int i = 0;
        for (; i + 4 <= m; i += 4)
            tile(a + i * a_row, a_row, a_column, b + j, b_row, c + i * c_row + j, c_row, k, 4, 2);
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
