/* SPDX-License-Identifier: Apache-2.0
 *
 * Prints a generated model's name and labels, each ended by a NUL, byte for byte as C sees them.
 */
#include <stdio.h>
#include <string.h>

#include "model.h"

static void print(const char *text) {
    fwrite(text, 1, strlen(text) + 1, stdout);
}

int main(void) {
    print(model.name);
    for (unsigned i = 0; i < model.outputs; i++) {
        print(model.labels[i]);
    }
    return 0;
}
