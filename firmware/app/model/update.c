/* SPDX-License-Identifier: Apache-2.0 */
#include "update.h"

#include "arena.h"
#include "nvm.h"
#include "region.h"
#include "session.h"
#include "wdt.h"

enum { PAGES_OF_ROW = NVM_ROW / NVM_PAGE };

static struct {
    uint32_t pages; /* of the new model; 0: no update is under way */
    uint32_t next;  /* the page that has to come; the first page is the last */
} update;

static uint32_t address_of(uint32_t page) {
    return (uint32_t)__model_start + NVM_PAGE * page;
}

const char *update_fits(uint32_t length) {
    const uint32_t room = (uint32_t)((uintptr_t)__model_end - (uintptr_t)__model_start);
    return length < sizeof(region_header) || length > room
               ? "a model has 256 bytes at least, and no more than its region"
               : NULL;
}

const char *update_begin(uint32_t length) {
    update.pages = 0;
    arena.model = NULL;
    /* The page with the magic number first: from here on there is no model. */
    if (!nvm_erase_row(address_of(0))) {
        return "the flash cannot be erased";
    }
    update.pages = (length + NVM_PAGE - 1u) / NVM_PAGE;
    update.next = 1;
    return NULL;
}

int update_open(void) {
    return update.pages != 0u;
}

const char *update_check(uint32_t page) {
    if (update.pages == 0u) {
        return "no update is under way";
    }
    return page == update.next ? NULL : "another page is due";
}

const char *update_page(uint32_t page, const uint32_t *data) {
    wdt_clear();
    if (page % PAGES_OF_ROW == 0u && page != 0u && !nvm_erase_row(address_of(page))) {
        return "the flash cannot be erased";
    }
    if (!nvm_write_page(address_of(page), data)) {
        return "the flash cannot be written";
    }
    const uint32_t *const written = (const uint32_t *)address_of(page);
    for (unsigned i = 0; i < NVM_PAGE / sizeof *written; i++) {
        if (written[i] != data[i]) {
            return "the flash holds something else than was written";
        }
    }
    update.next = page + 1u < update.pages ? page + 1u : 0u;
    if (page == 0u) {
        update.next = update.pages; /* complete: no page is due */
    }
    return NULL;
}

const char *update_end(void) {
    if (update.pages == 0u || update.next != update.pages) {
        return update.pages == 0u ? "no update is under way" : "pages are missing";
    }
    update.pages = 0;
    const char *const defect = arena_open();
    if (defect == NULL) {
        session_open();
    }
    return defect;
}
