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

enum {
    TILE = 4,           /* rows and columns */
    TILE_HALFWORDS = 3, /* TILE * TILE * 3 bits */
    PAIR_WORDS = 64,    /* sums of one pair of columns; those with a code 3 are never read */
    TABLE_WORDS = TILE / 2 * PAIR_WORDS
};

/* Outputs live in the caller's words: this type tells the compiler that they alias. */
typedef int16_t __attribute__((may_alias)) q15;

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

/* sums[code] = term(code, a) + b for the seven codes; |a| <= 32768, |b| <= 32768. */
static inline void fill_row(int32_t *sums, int32_t a, int32_t b) {
    sums[0] = b + egru_term(0, a);
    sums[1] = b + egru_term(1, a);
    sums[2] = b + egru_term(2, a);
    sums[4] = b + egru_term(4, a);
    sums[5] = b + egru_term(5, a);
    sums[6] = b + egru_term(6, a);
    sums[EGRU_CODE_ZERO] = b;
}

/* The next row of a table. Thumb stores reach 31 words from their base; a compiler that sees through the
 * addition takes all rows from the first one and needs a second instruction for most stores: 3,900 cycles a
 * step with 8,120 weights. */
static inline int32_t *next_row(int32_t *sums, int words) {
    sums += words;
    __asm__("" : "+r"(sums));
    return sums;
}

/* table[8 * code_b + code_a] = term(code_a, a) + term(code_b, b). */
static void fill_pair(int32_t *table, int32_t a, int32_t b) {
    fill_row(table, a, egru_term(0, b));
    table = next_row(table, 8);
    fill_row(table, a, egru_term(1, b));
    table = next_row(table, 8);
    fill_row(table, a, egru_term(2, b));
    table = next_row(table, 16);
    fill_row(table, a, egru_term(4, b));
    table = next_row(table, 8);
    fill_row(table, a, egru_term(5, b));
    table = next_row(table, 8);
    fill_row(table, a, egru_term(6, b));
    table = next_row(table, 8);
    fill_row(table, a, egru_term(EGRU_CODE_ZERO, b));
}

/* The sum that six bits of codes choose: those at the bits 2 .. 7 of `offset`, which `mask` selects, count
 * bytes. */
static inline int32_t sum_at(const int32_t *table, uint32_t offset, uint32_t mask) {
    return *(const int32_t *)(const void *)((const char *)table + (offset & mask));
}

/* Adds one column group to all rows: row_groups tiles, 4 * row_groups accumulators. The inner loop: alone in
 * its function, with the mask in a register that the compiler does not see through, it fits the eight low
 * registers of Thumb: 75 cycles a tile of 16 weights, otherwise 81. */
static __attribute__((noinline)) void add_tiles(const uint16_t *codes, const int32_t *table, int32_t *acc,
                                                unsigned row_groups) {
    const int32_t *const second = table + PAIR_WORDS;
    const int32_t *const end = acc + (size_t)TILE * row_groups;
    uint32_t mask = 0xfcu;
    __asm__("" : "+r"(mask));
    do {
        uint32_t h = codes[0];
        int32_t sum = sum_at(table, h << 2, mask);
        sum += sum_at(second, h >> 4, mask);
        acc[0] += sum;
        uint32_t straddling = h >> 10; /* the low bits of a pair of codes that ends in the next halfword */
        h = codes[1];
        sum = sum_at(table, straddling | (h << 6), mask);
        sum += sum_at(second, h, mask);
        acc[1] += sum;
        sum = sum_at(table, h >> 6, mask);
        straddling = h >> 12;
        h = codes[2];
        sum += sum_at(second, straddling | (h << 4), mask);
        acc[2] += sum;
        sum = sum_at(table, h >> 2, mask);
        sum += sum_at(second, h >> 8, mask);
        acc[3] += sum;
        acc += TILE;
        codes += TILE_HALFWORDS;
    } while (acc != end);
}

/* acc[row] = bias[row] + sum over the columns; acc has room for `rows` rounded up to a multiple of 4. */
static void multiply(const egru_layer *layer, unsigned rows, const operand *u, int32_t *table, int32_t *acc) {
    const unsigned row_groups = (rows + TILE - 1) / TILE;
    for (unsigned row = 0; row < rows; row++) {
        acc[row] = layer->bias[row];
    }
    for (unsigned row = rows; row < TILE * row_groups; row++) {
        acc[row] = 0;
    }
    const uint16_t *codes = layer->codes;
    for (unsigned column = 0; column < u->columns; column += TILE) {
        fill_pair(table, element(u, column), element(u, column + 1));
        fill_pair(table + PAIR_WORDS, element(u, column + 2), element(u, column + 3));
        add_tiles(codes, table, acc, row_groups);
        codes += (size_t)TILE_HALFWORDS * row_groups;
    }
}

static void egru_cell(const egru_layer *layer, const q15 *x, q15 *h, int32_t *scratch) {
    const unsigned units = layer->units;
    int32_t *const acc = scratch + TABLE_WORDS;
    const operand u = {x, h, layer->inputs, layer->inputs + units};
    multiply(layer, 2 * units, &u, scratch, acc);
    for (unsigned i = 0; i < units; i++) {
        const int32_t z = egru_gate(acc[i]);
        const int32_t g = egru_softsign(acc[units + i]);
        h[i] = (q15)egru_blend(h[i], z, g); /* between h and g: a Q15 */
    }
}

/* Leaves the accumulators at scratch + TABLE_WORDS. */
static const int32_t *dense(const egru_layer *layer, const q15 *x, int32_t *scratch) {
    const operand u = {x, x, layer->inputs, layer->inputs};
    multiply(layer, layer->units, &u, scratch, scratch + TABLE_WORDS);
    return scratch + TABLE_WORDS;
}

void egru_packed_step(const egru_model *model, int32_t *state, const int16_t *features, int32_t *logits) {
    int32_t *const scratch = state + model->scratch;
    const unsigned last = model->layer_count - 1u;
    const q15 *x = features;
    for (unsigned index = 0; index <= last; index++) {
        const egru_layer *const layer = &model->layers[index];
        q15 *const out = (q15 *)state + layer->output;
        if (layer->type == EGRU_LAYER_EGRU) {
            egru_cell(layer, x, out, scratch);
        } else {
            const int32_t *const acc = dense(layer, x, scratch);
            if (layer->activation == EGRU_ACTIVATION_NONE) {
                for (unsigned i = 0; i < layer->units; i++) {
                    logits[i] = acc[i];
                }
                return; /* only a last layer has no activation */
            }
            for (unsigned i = 0; i < layer->units; i++) {
                out[i] = (q15)egru_relu(acc[i]);
            }
        }
        x = out;
    }
    for (unsigned i = 0; i < model->outputs; i++) {
        logits[i] = x[i];
    }
}
