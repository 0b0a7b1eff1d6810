/* SPDX-License-Identifier: Apache-2.0 */
#include "learn_area.h"

#include <stddef.h>

#include "crc32.h"
#include "nvm.h"
#include "wdt.h"

enum { CHECKED = offsetof(learn_area, sequence) };

_Static_assert(sizeof(learn_area) % NVM_PAGE == 0, "values begin with a page");

/* Set by the linker script: two copies of whole rows. */
extern const uint8_t __learn_start[];
extern const uint8_t __learn_end[];

static uint32_t room(void) {
    return (uint32_t)((uintptr_t)__learn_end - (uintptr_t)__learn_start) / 2u;
}

static const learn_area *copy_of(unsigned index) {
    return (const learn_area *)(const void *)(__learn_start + (index != 0u ? room() : 0u));
}

static uint32_t add(uint32_t crc, const void *data, unsigned bytes) {
    const uint8_t *at = data;
    for (const uint8_t *const end = at + bytes; at != end; at++) {
        crc = crc32_add(crc, *at);
    }
    return crc;
}

static uint32_t checksum(const learn_area *header, const int16_t *learnt) {
    const uint32_t crc = add(CRC32_START, &header->sequence, sizeof *header - CHECKED);
    return crc32_value(add(crc, learnt, header->values * sizeof *learnt));
}

area_state area_find(const uint8_t *digest, unsigned values, const learn_area **found) {
    area_state state = AREA_EMPTY;
    *found = NULL;
    for (unsigned i = 0; i < 2u; i++) {
        const learn_area *const copy = copy_of(i);
        if (copy->magic != AREA_MAGIC) {
            continue;
        }
        if (copy->values > (room() - sizeof *copy) / sizeof(int16_t) ||
            checksum(copy, copy->learnt) != copy->crc) {
            state = state == AREA_EMPTY || state == AREA_OTHER ? AREA_DAMAGED : state;
            continue;
        }
        unsigned same = copy->values == values;
        for (unsigned at = 0; at < sizeof copy->digest; at++) {
            same &= copy->digest[at] == digest[at];
        }
        if (!same) {
            state = state == AREA_EMPTY ? AREA_OTHER : state;
        } else if (*found == NULL || copy->sequence > (*found)->sequence) {
            *found = copy;
            state = AREA_WHOLE;
        }
    }
    return state;
}

/* A page, read back. */
static int write(const void *to, const uint32_t *page) {
    wdt_clear();
    if (!nvm_write_page((uint32_t)(uintptr_t)to, page)) {
        return 0;
    }
    const uint32_t *const written = to;
    for (unsigned i = 0; i < NVM_PAGE / sizeof *page; i++) {
        if (written[i] != page[i]) {
            return 0;
        }
    }
    return 1;
}

int area_save(const uint8_t *digest, const int16_t *learnt, unsigned values, uint32_t examples) {
    const learn_area *now = NULL;
    (void)area_find(digest, values, &now);
    const learn_area *const copy = copy_of(now == copy_of(0));
    union {
        learn_area header;
        int16_t halves[NVM_PAGE / 2];
        uint32_t words[NVM_PAGE / 4];
    } page;
    const uint8_t *const start = (const uint8_t *)copy;
    const unsigned bytes = sizeof *copy + values * sizeof *learnt;
    for (unsigned at = 0; at < bytes; at += NVM_ROW) { /* the first row, with the magic number, first */
        wdt_clear();
        if (!nvm_erase_row((uint32_t)(uintptr_t)(start + at))) {
            return 0;
        }
    }
    for (unsigned done = 0; done < values; done += NVM_PAGE / 2) {
        for (unsigned i = 0; i < NVM_PAGE / 2; i++) {
            page.halves[i] = done + i < values ? learnt[done + i] : -1;
        }
        if (!write(copy->learnt + done, page.words)) {
            return 0;
        }
    }
    page.header = (learn_area){.magic = AREA_MAGIC, .examples = examples, .values = values};
    page.header.sequence = now != NULL ? now->sequence + 1u : 1u;
    for (unsigned i = 0; i < sizeof page.header.digest; i++) {
        page.header.digest[i] = digest[i];
    }
    page.header.crc = checksum(&page.header, learnt);
    return write(copy, page.words);
}
