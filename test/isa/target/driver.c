/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs every instruction form on boundary operands with all sixteen flag inputs and hashes what comes out.
 * With DUMP_FORM it writes every result of one form instead, for the search of the first difference.
 */
#include "image.h"

#ifndef DUMP_FORM
#define DUMP_FORM -1
#endif

#define MEMORY_WORDS 40u

/* Offsets are known to the generated assembly (forms.ts). */
struct state {
    uint32_t in[8];   /* r0..r7 */
    uint32_t flags;   /* APSR before */
    uint32_t out[8];  /* r0..r7 after */
    uint32_t apsr;    /* after */
    uint32_t sp;      /* after */
    uint32_t high[3]; /* r11, r12, lr after */
    uint32_t memory[MEMORY_WORDS];
};

struct form {
    const char *name;
    void (*run)(struct state *);
    uint32_t operands; /* 0: none, 1: r1 varies, 2: r1 and r2 vary */
    uint32_t uses_memory;
};

extern const struct form isa_forms[];
extern const uint32_t isa_form_count;
void isa_main(void);

static const uint32_t values[] = {
    0x00000000u, 0x00000001u, 0x00000002u, 0x00000003u, 0x00000008u, 0x0000001fu, 0x00000020u,
    0x00000021u, 0x0000003fu, 0x0000007fu, 0x00000080u, 0x000000ffu, 0x00000100u, 0x00007fffu,
    0x00008000u, 0x0000ffffu, 0x00010000u, 0x55555555u, 0xaaaaaaaau, 0x7ffffffeu, 0x7fffffffu,
    0x80000000u, 0x80000001u, 0xdeadbee1u, 0xffffff00u, 0xfffffffeu, 0xffffffffu,
};
#define VALUES (sizeof values / sizeof values[0])

static struct state state;

static uint32_t run_one(const struct form *form, uint32_t h, uint32_t a, uint32_t b, uint32_t flags,
                        uint32_t k) {
    state.in[0] = (uint32_t)(uintptr_t)state.memory;
    state.in[1] = a;
    state.in[2] = b;
    state.in[3] = a ^ 0x9e3779b9u;
    state.in[4] = (uint32_t)(uintptr_t)&state.memory[4];
    state.in[5] = 4u * (k & 3u);
    state.in[6] = 2u * (k & 7u);
    state.in[7] = k & 15u;
    state.flags = flags << 28;
    if (form->uses_memory) {
        for (uint32_t i = 0; i < MEMORY_WORDS; i++) {
            state.memory[i] = (a ^ (i * 0x9e3779b9u)) + (b << (i & 15u));
        }
    }
    form->run(&state);
    const uint32_t *const out = state.out;
    for (uint32_t i = 0; i < 13u; i++) {
        h = image_hash(h, out[i]);
    }
    if (form->uses_memory) {
        for (uint32_t i = 0; i < MEMORY_WORDS; i++) {
            h = image_hash(h, state.memory[i]);
        }
    }
    return h;
}

static void dump(uint32_t h, uint32_t a, uint32_t b, uint32_t flags) {
    image_write_hex(a);
    image_write(" ");
    image_write_hex(b);
    image_write(" ");
    image_write_hex(flags << 28);
    image_write(" ->");
    for (uint32_t i = 0; i < 13u; i++) {
        image_write(" ");
        image_write_hex(state.out[i]);
    }
    image_write(" #");
    image_write_hex(h);
    image_write("\n");
}

void isa_main(void) {
    for (uint32_t i = 0; i < isa_form_count; i++) {
        if (DUMP_FORM >= 0 && i != (uint32_t)DUMP_FORM) {
            continue;
        }
        const struct form *const form = &isa_forms[i];
        const uint32_t many_a = form->operands > 0u ? VALUES : 1u;
        const uint32_t many_b = form->operands > 1u ? VALUES : 1u;
        uint32_t h = 0x811c9dc5u;
        uint32_t count = 0;
        for (uint32_t a = 0; a < many_a; a++) {
            for (uint32_t b = 0; b < many_b; b++) {
                for (uint32_t flags = 0; flags < 16u; flags++) {
                    h = run_one(form, h, values[(a + 23u) % VALUES], values[(b + 17u) % VALUES], flags,
                                count);
                    count++;
                    if (DUMP_FORM >= 0) {
                        dump(h, values[(a + 23u) % VALUES], values[(b + 17u) % VALUES], flags);
                    }
                }
            }
        }
        image_write_unsigned(i);
        image_write(" ");
        image_write(form->name);
        image_write(" ");
        image_write_unsigned(count);
        image_write(" ");
        image_write_hex(h);
        image_write("\n");
    }
}
