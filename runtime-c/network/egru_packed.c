/* SPDX-License-Identifier: Apache-2.0
 *
 * The packed kernel: 3 bits per weight, one generic step for every model.
 *
 * Weights. The rows of a layer (eGRU: the update gate's rows, then the candidate's) and its columns (inputs,
 * then the previous state) are cut into tiles of 4 x 4; what a tile has beyond the matrix is code 7 (zero). A
 * tile is three halfwords, h[0] + (h[1] << 16) + (h[2] << 32); the code of its row r and column c is at bits
 * 12 r + 3 c .. 12 r + 3 c + 2. Tiles stand column group by column group, within one by ascending rows:
 *
 *     codes + 3 * (column / 4 * row_groups + row / 4)
 *
 * Arithmetic. What two neighbouring columns can add to a row are 49 sums, so each pair of columns gets a
 * table of them, indexed by the two codes as they stand in the tile (6 bits), which all rows of the layer
 * share. A weight then costs half a shift, a mask, a load and an addition. Two tables are live at a time.
 * Addition is exact (the compiler has proved that no partial sum leaves int32), so its order does not matter.
 */
#include "egru.h"
#include "egru_fixed.h"
#include "egru_packed.h"
#include "egru_target.h"

enum {
    TILE = 4,           /* rows and columns */
    TILE_HALFWORDS = 3, /* TILE * TILE * 3 bits */
    PAIR_WORDS = 64,    /* sums of one pair of columns; those with a code 3 are never read */
    TABLE_WORDS = TILE / 2 * PAIR_WORDS
};

/* Outputs live in the caller's words: this type lets the compiler know that they alias. */
typedef int16_t EGRU_MAY_ALIAS q15;

/* The vector that a layer's rows are multiplied with: inputs, then the previous state, then zeros. */
typedef struct {
    const q15 *x;
    const q15 *h;
    unsigned inputs;
    unsigned columns;
} operand;

static int32_t element(const operand *u, unsigned column) {
    if (column < u->inputs) {
        return u->x[column];
    }
    return column < u->columns ? u->h[column - u->inputs] : 0;
}

#ifdef EGRU_M0
/* egru_packed_m0.S. The first also writes the sums with a code 3. */
void egru_i_packed_fill_pair(int32_t *table, int32_t a, int32_t b);
void egru_i_packed_add_tiles(const uint16_t *codes, const int32_t *table, int32_t *acc, unsigned row_groups);
#else
/* sums[code] = term(code, a) + b for the seven codes; |a| <= 32768, |b| <= 32768. */
static void fill_row(int32_t *sums, int32_t a, int32_t b) {
    sums[0] = b + egru_term(0, a);
    sums[1] = b + egru_term(1, a);
    sums[2] = b + egru_term(2, a);
    sums[4] = b + egru_term(4, a);
    sums[5] = b + egru_term(5, a);
    sums[6] = b + egru_term(6, a);
    sums[EGRU_CODE_ZERO] = b;
}

/* table[8 * code_b + code_a] = term(code_a, a) + term(code_b, b). */
static void egru_i_packed_fill_pair(int32_t *table, int32_t a, int32_t b) {
    static const uint8_t codes[] = {0, 1, 2, 4, 5, 6, EGRU_CODE_ZERO};
    for (unsigned i = 0; i < sizeof codes; i++) {
        fill_row(table + (size_t)8 * codes[i], a, egru_term(codes[i], b));
    }
}
/* The sum that six bits of codes choose: the low ones of `codes`. */
static inline int32_t sum_at(const int32_t *table, uint32_t codes) {
    return table[codes & 63u];
}

/* Adds one column group to all rows: row_groups tiles, 4 * row_groups accumulators. */
static void egru_i_packed_add_tiles(const uint16_t *codes, const int32_t *table, int32_t *acc,
                                    unsigned row_groups) {
    const int32_t *const second = table + PAIR_WORDS;
    for (unsigned group = 0; group < row_groups; group++) {
        const uint32_t low = codes[0] | ((uint32_t)codes[1] << 16);  /* bits 0 .. 31 of the tile */
        const uint32_t high = codes[1] | ((uint32_t)codes[2] << 16); /* bits 16 .. 47 */
        acc[0] += sum_at(table, low) + sum_at(second, low >> 6);
        acc[1] += sum_at(table, low >> 12) + sum_at(second, low >> 18);
        acc[2] += sum_at(table, low >> 24) + sum_at(second, high >> 14);
        acc[3] += sum_at(table, high >> 20) + sum_at(second, high >> 26);
        acc += TILE;
        codes += TILE_HALFWORDS;
    }
}
#endif

/* Four elements from `column` on: where they stand, or copied to `mixed` where they are no neighbours in
 * memory. */
static const q15 *four_at(const operand *u, unsigned column, q15 *mixed) {
    if (column + TILE <= u->inputs) {
        return u->x + column;
    }
    if (column >= u->inputs && column + TILE <= u->columns) {
        return u->h + (column - u->inputs);
    }
    for (unsigned i = 0; i < TILE; i++) {
        mixed[i] = (q15)element(u, column + i);
    }
    return mixed;
}

/* acc[row] = bias[row] + sum over the columns; acc has room for `rows` rounded up to a multiple of 4, and for the
 * inputs where there are no rows. A function of its own, so that measurements see where a layer begins. */
static EGRU_NOINLINE void multiply(const egru_layer *layer, unsigned rows, const operand *u, int32_t *table,
                                   int32_t *acc) {
    const unsigned row_groups = (rows + TILE - 1) / TILE;
    if (rows == 0) { /* no matrices: the cell takes its inputs as they are */
        for (unsigned i = 0; i < u->inputs; i++) {
            acc[i] = u->x[i];
        }
        return;
    }
    for (unsigned row = 0; row < rows; row++) {
        acc[row] = layer->bias[row];
    }
    for (unsigned row = rows; row < TILE * row_groups; row++) {
        acc[row] = 0;
    }
    const uint16_t *codes = layer->codes;
    unsigned column = 0;
    do {
        q15 mixed[TILE];
        const q15 *const four = four_at(u, column, mixed);
        egru_i_packed_fill_pair(table, four[0], four[1]);
        egru_i_packed_fill_pair(table + PAIR_WORDS, four[2], four[3]);
        egru_i_packed_add_tiles(codes, table, acc, row_groups);
        codes += (size_t)TILE_HALFWORDS * row_groups;
        column += TILE;
    } while (column < u->columns);
}

void egru_packed_egru(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const unsigned units = layer->units;
    q15 *const h = out;
    (void)logits;
    for (unsigned i = 0; i < units; i++) {
        const int32_t z = egru_gate(acc[i]);
        const int32_t g = egru_i_softsign(acc[units + i]);
        h[i] = (q15)egru_blend(h[i], z, g); /* between h and g: a Q15 */
    }
}

void egru_packed_dense(const egru_layer *layer, const int32_t *acc, int16_t *out, int32_t *logits) {
    const unsigned units = layer->units;
    if (layer->activation == EGRU_ACTIVATION_NONE) {
        for (unsigned i = 0; i < units; i++) {
            logits[i] = acc[i];
        }
    } else {
        q15 *const y = out;
        for (unsigned i = 0; i < units; i++) {
            y[i] = (q15)egru_relu(acc[i]);
        }
    }
}

EGRU_NOINLINE void egru_packed_walk(const egru_model *model, int32_t *state, const int16_t *features,
                                    int32_t *logits, const egru_packed_cell *cells) {
    int32_t *const table = state + model->scratch;
    int32_t *const acc = table + TABLE_WORDS;
    const egru_layer *layer = model->layers;
    const egru_layer *const last = layer + model->layer_count - 1;
    const q15 *x = features;
    for (;; layer++) {
        const egru_packed_cell *const cell = &cells[layer->type];
        const unsigned states = cell->recurrent != 0 ? layer->units : 0u;
        q15 *const out = (q15 *)state + layer->output;
        const operand u = {x, out, layer->inputs, layer->inputs + states};
        multiply(layer, cell->matrices * layer->units, &u, table, acc);
        cell->finish(layer, acc, out, logits);
        x = out;
        if (layer == last) {
            break;
        }
    }
    if (last->type == EGRU_LAYER_DENSE && last->activation == EGRU_ACTIVATION_NONE) {
        return; /* the logits are there already */
    }
    for (unsigned i = 0; i < model->outputs; i++) {
        logits[i] = x[i];
    }
}

/* By egru_layer_type. */
static const egru_packed_cell egru_packed_cells[] = {
    {2, 1, egru_packed_egru},
    {1, 0, egru_packed_dense},
};

void egru_packed_step(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits) {
    egru_packed_walk(model, state, features, logits, egru_packed_cells);
}
