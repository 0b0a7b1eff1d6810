/* SPDX-License-Identifier: Apache-2.0 */
#include "region.h"

#include "crc32.h"

region_state region_check(void) {
    const region_header *const header = __model_start;
    if (header->magic != REGION_MAGIC) {
        return REGION_EMPTY;
    }
    if (header->abi != REGION_ABI_VERSION) {
        return REGION_ABI;
    }
    const uint8_t *at = (const uint8_t *)&header->entry;
    const uint8_t *const start = (const uint8_t *)header;
    if (header->length < sizeof *header || header->length > (uint32_t)(__model_end - start)) {
        return REGION_DAMAGED;
    }
    uint32_t crc = CRC32_START;
    for (const uint8_t *const end = start + header->length; at != end; at++) {
        crc = crc32_add(crc, *at);
    }
    return crc32_value(crc) == header->crc ? REGION_OK : REGION_DAMAGED;
}
