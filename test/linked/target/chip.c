/* SPDX-License-Identifier: Apache-2.0
 *
 * The test writes a frame and lets the chip run until test_done.
 */
#include "models.h"

extern uint32_t __stack_top[];
void entry(void);
void test_done(void);

typedef void handler(void);
struct vectors {
    uint32_t *stack;
    handler *entry;
};
__attribute__((section(".vectors"), used)) const struct vectors vectors = {__stack_top, entry};

union {
    int32_t alignment;
    int16_t pcm[MODELS_FRAME];
} test_frame;
int32_t test_out[MODELS_MOST];
volatile uint32_t test_count;

__attribute__((noinline)) void test_done(void) {
    __asm__ volatile("" ::: "memory");
}

void entry(void) {
    test_count = models_start() != 0 ? 1000u : 0u;
    for (;;) {
        test_done();
        test_count = models_frame(test_frame.pcm, test_out);
    }
}
