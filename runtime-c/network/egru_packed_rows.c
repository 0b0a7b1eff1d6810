/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of packed weights, 3 bits each.
 *
 * Weights. Rows are filled up to a multiple of 4. Columns are cut into groups of eight; where at most four are left, they
 * are a group of their own. What a group has beyond the matrix is no weight. The six bits of a pair of columns are
 * a + 8 b, a the code of the first one; codes are those of egru_fixed.h, but 3 stands for no weight. Groups follow one
 * another; within one, four rows stand behind the other four.
 *
 * Eight columns of four rows are three words. Their 16 pairs, row by row, take 6 bits from bit 0 on, five in each word; the
 * last one is spread over bits 30 and 31 of the three, its lowest bits in the first.
 *
 * Four columns of four rows are three halfwords, h[0] + (h[1] << 16) + (h[2] << 32), the first at the lower address; pair
 * p of row r is at bits 12 r + 6 p .. 12 r + 6 p + 5. They end with a whole word.
 *
 * Arithmetic. What two neighbouring columns can add to a row are 49 sums, so each pair of columns gets a table of them,
 * which all rows share, and a row then looks four of them up for eight weights. Addition is exact (the compiler has
 * proved that no partial sum leaves int32), so its order does not matter.
 */
#include "egru_rows.h"
#include "egru_fixed.h"
#include "egru_target.h"

#ifndef EGRU_M0 /* otherwise egru_packed_rows_m0.S */

enum { NO_WEIGHT = 3, ROWS = 4, WIDE = 8, NARROW = 4 };

/* The product with a code of the tables. */
static int32_t product(unsigned code, int32_t x) {
    return egru_term(code == NO_WEIGHT ? EGRU_CODE_ZERO : code, x);
}

/* table[8 * code_b + code_a] = product(code_a, a) + product(code_b, b) for the seven codes. */
static void fill_pair(int32_t *table, int32_t a, int32_t b) {
    for (unsigned code = 0; code < EGRU_PACKED_PAIR_WORDS; code++) {
        if ((code & 7u) != EGRU_CODE_ZERO) {
            table[code] = product(code & 7u, a) + product(code >> 3, b);
        }
    }
}

/* Pair p, row by row, of eight columns of four rows: five in each word, the sixteenth in their upper bits. */
static uint32_t pair_of_eight(const uint32_t *w, unsigned p) {
    const unsigned word = (13u * p) >> 6; /* p / 5 for p = 0 .. 14: the chip does not divide */
    return p < 15u ? (w[word] >> (6u * (p - 5u * word))) & 63u
                   : w[0] >> 30 | w[1] >> 30 << 2 | w[2] >> 30 << 4;
}

/* Halfword i of the words. */
static uint32_t half(const uint32_t *w, unsigned i) {
    return (w[i >> 1] >> ((i & 1u) * 16u)) & 0xffffu;
}

/* Pair p, row by row, of four columns of four rows, whose first halfword is `first`. */
static uint32_t pair_of_four(const uint32_t *w, unsigned first, unsigned p) {
    const unsigned at = first + (6u * p >> 4);
    const unsigned bit = 6u * p & 15u;
    const uint32_t next = bit > 10u ? half(w, at + 1u) << 16 : 0u;
    return ((half(w, at) | next) >> bit) & 63u;
}

void egru_i_packed_rows(const uint32_t *codes, const egru_q15 *u, unsigned columns, int32_t *table,
                        int32_t *acc, unsigned rows) {
    for (unsigned column = 0; column < columns; column += WIDE) {
        const unsigned pairs = columns - column > NARROW ? WIDE / 2 : NARROW / 2;
        for (unsigned pair = 0; pair < pairs; pair++) {
            const unsigned a = column + 2u * pair;
            fill_pair(table + (size_t)EGRU_PACKED_PAIR_WORDS * pair, a < columns ? u[a] : 0,
                      a + 1u < columns ? u[a + 1u] : 0);
        }
        for (unsigned row = 0; row < rows; row++) {
            for (unsigned pair = 0; pair < pairs; pair++) {
                const unsigned p = row % ROWS * pairs + pair;
                const unsigned first = row / ROWS * 3u;
                const uint32_t code =
                    pairs == WIDE / 2 ? pair_of_eight(codes + first, p) : pair_of_four(codes, first, p);
                acc[row] += table[EGRU_PACKED_PAIR_WORDS * pair + code];
            }
        }
        codes += rows / ROWS * 3u;
    }
}
#endif
