/* SPDX-License-Identifier: Apache-2.0
 *
 * The first row of the model's region. Checksum, digest and stack are entered after the link.
 */
#include "identity.h"
#include "model.h"
#include "region.h"

/* Set by the linker script: an address that is a number. */
extern const uint8_t __model_length[];

static const region_entry model_entry = {
    .model = &model,
#ifdef MODEL_STREAM_WORDS
    .detect = &model_detect,
#endif
};

__attribute__((section(".header"), used)) const region_header model_header = {
    .magic = REGION_MAGIC,
    .abi = REGION_ABI_VERSION,
    .length = (uint32_t)__model_length,
    .entry = &model_entry,
    .name = IDENTITY_NAME,
    .compiler = IDENTITY_COMPILER,
    .toolchain = IDENTITY_TOOLCHAIN,
    .kernel = IDENTITY_KERNEL,
    .weights = IDENTITY_WEIGHTS,
    .program = IDENTITY_PROGRAM,
    .vectors = IDENTITY_VECTORS,
};
