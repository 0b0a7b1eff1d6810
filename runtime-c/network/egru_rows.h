/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of a layer whose weights are tables: what the kernels have in common. Applications need nothing of this.
 */
#ifndef EGRU_ROWS_H
#define EGRU_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "egru_config.h"

/* Outputs live in the caller's words: this type lets the compiler know that they alias. */
typedef int16_t EGRU_MAY_ALIAS egru_q15;

/* Words that egru_i_packed_rows works with: the sums of four pairs of columns. */
enum { EGRU_PACKED_PAIR_WORDS = 56, EGRU_PACKED_TABLE_WORDS = 4 * EGRU_PACKED_PAIR_WORDS };

/* Adds packed weights (egru_packed_rows.c) times inputs to accumulators.
 * u: the inputs, at a multiple of 4 bytes; columns: how many, at least one.
 * table: EGRU_PACKED_TABLE_WORDS words; acc: one int32 for each row; rows: a multiple of 4. */
void egru_i_packed_rows(const uint32_t *codes, const egru_q15 *u, unsigned columns, int32_t *table,
                        int32_t *acc, unsigned rows);

/* Words of codes of such a call. */
static inline size_t egru_packed_words(unsigned columns, unsigned rows) {
    const size_t group = (size_t)rows / 4u * 3u;
    const unsigned rest = columns % 8u;
    return columns / 8u * group + (rest == 0u ? 0u : rest > 4u ? group : (group + 1u) / 2u);
}

/* Writes the cells of inputs (egru_sparse.c). u: 4 * fours of them; cells: 26 * fours. */
void egru_i_sparse_cells(const egru_q15 *u, unsigned fours, egru_q15 *cells);

/* Computes sparse rows: rows accumulators, each of a word for its start and `words` words of cells; returns what stands behind
 * them. single: whether every number of a word moves on, or every other one. */
const uint32_t *egru_i_sparse_rows(const uint32_t *data, const egru_q15 *cells, unsigned words,
                                   unsigned single, int32_t *acc, unsigned rows);

#endif
