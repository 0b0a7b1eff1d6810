/* SPDX-License-Identifier: Apache-2.0
 *
 * Weights of the bits of a group in the third-order CIC filter of 25; egru_mic_filters.h has the format. Bit
 * i of the group, 0 being the earliest, counts (25 - i) (26 - i) / 2 in this group's sum, i (i - 1) / 2 in
 * the sum after next, and in the next one what is missing to 625. All bits together: 2,925, 2,300 and 10,400.
 * test/microphone/tables.test.ts recomputes the table.
 */
#include "egru_config.h"
#include "egru_mic_filters.h"

/* clang-format off */
#define FIRST(i) ((25 - (i)) * (26 - (i)) / 2)
#define LAST(i) ((i) * ((i) - 1) / 2)
#define BIT(i) F##i = FIRST(i) + (625 - FIRST(i) - LAST(i)) * 65536, L##i = LAST(i) * 65536
enum {
    BIT(0), BIT(1), BIT(2), BIT(3), BIT(4), BIT(5), BIT(6), BIT(7), BIT(8),
    BIT(9), BIT(10), BIT(11), BIT(12), BIT(13), BIT(14), BIT(15), BIT(16), BIT(17),
    BIT(18), BIT(19), BIT(20), BIT(21), BIT(22), BIT(23), BIT(24),
};

/* An(f, l): pairs for all bits from n on, when those before them add f and l. */
#define A8(f, l) {f, l}, {(f) + F8, (l) + L8}
#define A7(f, l) A8(f, l), A8((f) + F7, (l) + L7)
#define A6(f, l) A7(f, l), A7((f) + F6, (l) + L6)
#define A5(f, l) A6(f, l), A6((f) + F5, (l) + L5)
#define A4(f, l) A5(f, l), A5((f) + F4, (l) + L4)
#define A3(f, l) A4(f, l), A4((f) + F3, (l) + L3)
#define A2(f, l) A3(f, l), A3((f) + F2, (l) + L2)
#define A1(f, l) A2(f, l), A2((f) + F1, (l) + L1)
#define A0(f, l) A1(f, l), A1((f) + F0, (l) + L0)

/* Bn(f, l, g, m): the same for bits from 9 + n on and from 17 + n on, in turns. */
#define B7(f, l, g, m) {f, l}, {g, m}, {(f) + F16, (l) + L16}, {(g) + F24, (m) + L24}
#define B6(f, l, g, m) B7(f, l, g, m), B7((f) + F15, (l) + L15, (g) + F23, (m) + L23)
#define B5(f, l, g, m) B6(f, l, g, m), B6((f) + F14, (l) + L14, (g) + F22, (m) + L22)
#define B4(f, l, g, m) B5(f, l, g, m), B5((f) + F13, (l) + L13, (g) + F21, (m) + L21)
#define B3(f, l, g, m) B4(f, l, g, m), B4((f) + F12, (l) + L12, (g) + F20, (m) + L20)
#define B2(f, l, g, m) B3(f, l, g, m), B3((f) + F11, (l) + L11, (g) + F19, (m) + L19)
#define B1(f, l, g, m) B2(f, l, g, m), B2((f) + F10, (l) + L10, (g) + F18, (m) + L18)
#define B0(f, l, g, m) B1(f, l, g, m), B1((f) + F9, (l) + L9, (g) + F17, (m) + L17)

EGRU_ALIGNED(8) const uint32_t egru_i_mic_pdm_table[1024][2] = {A0(0, 0), B0(0, 0, 0, 0)};
/* clang-format on */
