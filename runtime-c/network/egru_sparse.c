/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse rows: about a byte for a weight that is not zero, nothing for one that is.
 *
 * Cells. Whatever a weight can make of an input stands ready as an int16: 26 cells for every four inputs, of a pair x[0],
 * x[1] and of its neighbour x[2], x[3]:
 *
 *     x[0], x[1], x[0] >> 1, x[1] >> 1, x[0] >> 2, x[1] >> 2, ~x[0], ~x[1], ~(x[0] >> 1), ~(x[1] >> 1), ~(x[0] >> 2),
 *     ~(x[1] >> 2), the same of x[2] and x[3], then 0, 0
 *
 * ~v is -v - 1: a row starts from its bias and one more for each negative weight.
 *
 * Rows. A word to start from, then words of four numbers 0 .. 255, the first in the lowest bits. A row reads the cell that
 * is a number behind where it stands, and moves there: with `single` after every number, otherwise after the second and
 * the fourth of a word, so that two cells are found from one place. Where no weight is within reach, and behind the last
 * one, it visits cells that are 0.
 *
 * Sums may leave int32 on their way, their last value does not: they are computed as uint32.
 */
#include "egru_rows.h"
#include "egru_target.h"

#ifndef EGRU_M0 /* otherwise egru_sparse_m0.S */

enum { FOUR = 26, LEVELS = 3, NUMBERS = 4 };

void egru_i_sparse_cells(const egru_q15 *u, unsigned fours, egru_q15 *cells) {
    for (unsigned four = 0; four < fours; four++) {
        egru_q15 *next = cells + (size_t)FOUR * four;
        for (unsigned first = 0; first < 4u; first += 2u) {
            for (unsigned i = 0; i < 2u * LEVELS; i++) {
                const int32_t value = u[4u * four + first + (i & 1u)] >> (i >> 1);
                next[i] = (egru_q15)value;
                next[i + 2u * LEVELS] = (egru_q15)~value;
            }
            next += 4 * LEVELS;
        }
        next[0] = 0;
        next[1] = 0;
    }
}

const uint32_t *egru_i_sparse_rows(const uint32_t *data, const egru_q15 *cells, unsigned words,
                                   unsigned single, int32_t *acc, unsigned rows) {
    for (unsigned row = 0; row < rows; row++) {
        uint32_t sum = *data++;
        const egru_q15 *at = cells;
        for (unsigned word = 0; word < words; word++) {
            const uint32_t numbers = *data++;
            for (unsigned i = 0; i < NUMBERS; i++) {
                const unsigned number = (numbers >> (8u * i)) & 255u;
                const int32_t value = at[number];
                sum += (uint32_t)value;
                at += single != 0u || (i & 1u) != 0u ? number : 0u;
            }
        }
        acc[row] = (int32_t)sum;
    }
    return data;
}
#endif
