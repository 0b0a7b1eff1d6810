/* SPDX-License-Identifier: Apache-2.0
 *
 * A new model, page by page, in order, but page 0 of the region, with the magic number, last: until
 * it is written there is no model, whatever happens.
 */
#ifndef UPDATE_H
#define UPDATE_H

#include <stddef.h>
#include <stdint.h>

/* Whether a model may have that many bytes; NULL, or why not. */
const char *update_fits(uint32_t length);
/* Removes the model for one of that many bytes, which fit: its header is erased. Returns NULL, or what is
 * wrong; there is no model then, either. */
const char *update_begin(uint32_t length);
/* Whether an update is under way. */
int update_open(void);
/* Whether this page may be written now; NULL, or why not. */
const char *update_check(uint32_t page);
/* A page of NVM_PAGE bytes; the first of a row erases it. Returns NULL, or what is wrong. */
const char *update_page(uint32_t page, const uint32_t *data);
/* Opens the model. Returns NULL, or why there is none. */
const char *update_end(void);

#endif
